# The command line `keras`, and one program for each file in examples/ and benchmarks/.
file(GLOB cli_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cli/*.cpp)
list(FILTER cli_sources EXCLUDE REGEX "_test\\.cpp$")
find_package(CLI11 CONFIG)
if(cli_sources AND NOT CLI11_FOUND)
  message(STATUS "CLI11 is not there: the command line `keras` is not built")
elseif(cli_sources)
  add_executable(keras_cli ${cli_sources})
  set_target_properties(keras_cli PROPERTIES OUTPUT_NAME keras)
  target_compile_definitions(keras_cli PRIVATE KERAS_VERSION="${PROJECT_VERSION}")
  target_compile_options(keras_cli PRIVATE $<$<CONFIG:Release>:-Os>)
  target_link_libraries(keras_cli PRIVATE keras::keras keras_warnings CLI11::CLI11)
endif()

file(GLOB program_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.cpp
                                            ${PROJECT_SOURCE_DIR}/benchmarks/*.cpp)
list(FILTER program_sources EXCLUDE REGEX "/benchmarks/workloads\\.cpp$")
foreach(source ${program_sources})
  cmake_path(GET source STEM program)
  add_executable(${program} ${source})
  target_link_libraries(${program} PRIVATE keras::keras keras_warnings ZLIB::ZLIB)
endforeach()

# What the programs of the bench share. They use the library's threads and time oneDNN's kernels.
file(GLOB bench_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/benchmarks/bare/*.cpp)
add_library(keras_bench STATIC ${PROJECT_SOURCE_DIR}/benchmarks/workloads.cpp ${bench_sources})
target_include_directories(keras_bench PUBLIC ${PROJECT_SOURCE_DIR}/benchmarks)
target_link_libraries(keras_bench PUBLIC keras::keras PRIVATE DNNL::dnnl gomp keras_warnings)
set_source_files_properties(${PROJECT_SOURCE_DIR}/benchmarks/bare/kernels.cpp
  PROPERTIES COMPILE_OPTIONS "-O3")
foreach(program measure limits growth passes)
  target_link_libraries(${program} PRIVATE keras_bench)
endforeach()
