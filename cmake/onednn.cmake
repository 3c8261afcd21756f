# oneDNN 3.2 or newer: from the system, else from the PyPI wheels, unpacked into the build tree.
find_package(dnnl 3.2 CONFIG QUIET)
if(NOT TARGET DNNL::dnnl)
  set(folder ${CMAKE_SOURCE_DIR}/build/_deps/onednn-2023.2.0)
  if(NOT EXISTS ${folder}/done)
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    file(MAKE_DIRECTORY ${folder})
    execute_process(
      COMMAND ${Python3_EXECUTABLE} -m pip download --quiet --no-deps --dest ${folder}
              onednn-cpu-gomp==2023.2.0 onednn-devel-cpu-gomp==2023.2.0
      COMMAND_ERROR_IS_FATAL ANY)
    file(GLOB wheels ${folder}/*.whl)
    foreach(wheel ${wheels})
      file(ARCHIVE_EXTRACT INPUT ${wheel} DESTINATION ${folder})
    endforeach()
    file(TOUCH ${folder}/done)
  endif()
  add_library(DNNL::dnnl SHARED IMPORTED)
  set_target_properties(DNNL::dnnl PROPERTIES
    IMPORTED_LOCATION ${folder}/onednn_cpu_gomp-2023.2.0.data/data/lib/libdnnl.so.3
    INTERFACE_INCLUDE_DIRECTORIES ${folder}/onednn_devel_cpu_gomp-2023.2.0.data/data/include)
endif()
