# `cmake --install`: headers, library, `keras`, and a package for find_package(keras_cpp). oneDNN is
# laid beside the library when it is the wheel's, so that what is installed runs by itself.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/keras_cpp)
set(bundle_folder ${CMAKE_INSTALL_LIBDIR}/keras_cpp)

install(TARGETS keras EXPORT keras_cpp ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
                                       LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT keras_cpp NAMESPACE keras:: FILE keras_cpp-targets.cmake
        DESTINATION ${package_folder})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/keras DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h" PATTERN "*.inc"
        PATTERN "backend" EXCLUDE PATTERN "testing" EXCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/keras_cpp)
if(KERAS_ONEDNN_FROM_WHEEL)
  install(FILES ${KERAS_ONEDNN_FILES}/lib/libdnnl.so.3 DESTINATION ${bundle_folder})
  install(DIRECTORY ${KERAS_ONEDNN_FILES}/share/doc/onednn
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/keras_cpp)
endif()
if(TARGET keras_cli)
  install(TARGETS keras_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  file(RELATIVE_PATH from_bin_to_lib ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(keras_cli PROPERTIES
    INSTALL_RPATH "$ORIGIN/${from_bin_to_lib};$ORIGIN/${from_bin_to_lib}/keras_cpp")
endif()
set_target_properties(keras PROPERTIES INSTALL_RPATH "$ORIGIN/keras_cpp")

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/keras_cpp-config.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/keras_cpp-config.cmake
  INSTALL_DESTINATION ${package_folder} PATH_VARS bundle_folder)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/keras_cpp-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/keras_cpp-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/keras_cpp-config-version.cmake
        DESTINATION ${package_folder})
