# The command line `keras`, and one program for each file in examples/ and benchmarks/.
file(GLOB cli_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cli/*.cpp)
list(FILTER cli_sources EXCLUDE REGEX "_test\\.cpp$")
if(cli_sources)
  add_executable(keras_cli ${cli_sources})
  set_target_properties(keras_cli PROPERTIES OUTPUT_NAME keras)
  target_link_libraries(keras_cli PRIVATE keras::keras keras_warnings)
endif()

file(GLOB program_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.cpp
                                            ${PROJECT_SOURCE_DIR}/benchmarks/*.cpp)
foreach(source ${program_sources})
  cmake_path(GET source STEM program)
  add_executable(${program} ${source})
  target_link_libraries(${program} PRIVATE keras::keras keras_warnings)
endforeach()
