# One program for each door that untrusted files come through. With KERAS_FUZZ (clang only) they are
# libFuzzer targets, which ctest runs for half a minute each; otherwise it replays the seeds and
# damaged copies of them. The preset `asan` has the flags that instrument all code for them.
option(KERAS_FUZZ "Build tests/fuzz with libFuzzer" OFF)
if(KERAS_FUZZ AND NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "KERAS_FUZZ needs clang: libFuzzer is a part of it")
endif()

file(GLOB fuzz_targets CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*_fuzz.cpp)
foreach(source ${fuzz_targets})
  cmake_path(GET source STEM name)
  string(REPLACE "_fuzz" "" door ${name})
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE keras::keras)
  set(seeds ${PROJECT_SOURCE_DIR}/tests/fuzz/seeds/${door})
  if(KERAS_FUZZ)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set(found ${CMAKE_BINARY_DIR}/fuzz/${door})
    file(MAKE_DIRECTORY ${found})
    add_test(NAME fuzz.${door}
             COMMAND ${name} -max_total_time=30 -timeout=60 -rss_limit_mb=2048 -max_len=20000
                     -artifact_prefix=${found}/ -print_final_stats=1 ${found} ${seeds})
  else()
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp)
    add_test(NAME fuzz.${door} COMMAND ${name} ${seeds})
  endif()
  # Those that take longest come first.
  set_tests_properties(fuzz.${door} PROPERTIES LABELS fuzz TIMEOUT 120 COST 100)
endforeach()
