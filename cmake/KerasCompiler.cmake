# What every target of this project is compiled with.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Kind of build" FORCE)
  endif()
endif()

find_program(KERAS_CCACHE ccache)
if(KERAS_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${KERAS_CCACHE})
endif()

# ccache wants to be told that it may keep what uses precompiled headers.
function(keras_let_ccache_use_headers target)
  if(KERAS_CCACHE)
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
    set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${KERAS_CCACHE}")
  endif()
endfunction()

# g++'s optimizer warns wrongly about <regex>, std::string and std::vector, each release elsewhere
# and each set of flags elsewhere. These warnings are shown, but never an error.
set(keras_warnings_only "")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  foreach(name maybe-uninitialized array-bounds stringop-overflow stringop-overread restrict
               free-nonheap-object)
    list(APPEND keras_warnings_only -Wno-error=${name})
  endforeach()
endif()

add_library(keras_warnings INTERFACE)
target_compile_options(keras_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                                "$<$<BOOL:${KERAS_WERROR}>:-Werror;${keras_warnings_only}>")
