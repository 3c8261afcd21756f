# DNNL::dnnl, oneDNN 3.2 or newer: the system's, else the one in PyPI's wheels, unpacked into the
# build tree once for all presets.
set(KERAS_ONEDNN_FROM_WHEEL OFF)
find_package(dnnl 3.2 CONFIG QUIET)
if(TARGET DNNL::dnnl)
  if(NOT DNNL_CPU_THREADING_RUNTIME MATCHES "^(OMP|SEQ)$")
    message(FATAL_ERROR "The oneDNN in ${dnnl_DIR} runs on ${DNNL_CPU_THREADING_RUNTIME} threads; OMP "
                        "or SEQ is needed. CMAKE_DISABLE_FIND_PACKAGE_dnnl=ON takes another one.")
  endif()
  message(STATUS "oneDNN ${dnnl_VERSION} from the system")
  return()
endif()
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux" OR NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  message(FATAL_ERROR "oneDNN 3.2 or newer is needed: install it and set dnnl_DIR to the folder of "
                      "its dnnl-config.cmake. (The wheels used instead exist for Linux on x86-64.)")
endif()

set(version 2023.2.0)  # the wheels' number for oneDNN 3.2
cmake_path(GET CMAKE_BINARY_DIR PARENT_PATH dependencies)
if(NOT dependencies STREQUAL "${CMAKE_CURRENT_SOURCE_DIR}/build")
  set(dependencies ${CMAKE_BINARY_DIR})
endif()
set(folder ${dependencies}/_deps/onednn-${version})

# pip refuses a wheel whose SHA-256 is not the one in onednn_wheels.txt.
function(keras_fetch_onednn folder)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(python ${Python3_EXECUTABLE})
  string(RANDOM LENGTH 8 suffix)
  set(scratch ${folder}.${suffix})
  execute_process(COMMAND ${python} -m pip --version RESULT_VARIABLE no_pip OUTPUT_QUIET ERROR_QUIET)
  if(no_pip)
    execute_process(COMMAND ${python} -m venv ${scratch}/venv COMMAND_ERROR_IS_FATAL ANY)
    set(python ${scratch}/venv/bin/python)
  endif()
  message(STATUS "Downloading oneDNN 3.2 as Python wheels")
  execute_process(
    COMMAND ${python} -m pip download --quiet --disable-pip-version-check --no-deps
            --require-hashes --requirement ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/onednn_wheels.txt
            --dest ${scratch}
    RESULT_VARIABLE failed)
  if(failed)
    file(REMOVE_RECURSE ${scratch})
    message(FATAL_ERROR "oneDNN could not be downloaded. Install oneDNN 3.2 or newer (dnnl_DIR says "
                        "where its CMake package is), or let pip reach a package index.")
  endif()
  file(GLOB wheels ${scratch}/*.whl)
  foreach(wheel ${wheels})
    file(ARCHIVE_EXTRACT INPUT ${wheel} DESTINATION ${scratch})
  endforeach()
  file(GLOB copies ${scratch}/*/data/lib/libdnnl.so ${scratch}/*/data/lib/libdnnl.so.3.*)
  file(REMOVE_RECURSE ${scratch}/venv ${wheels} ${copies})
  file(TOUCH ${scratch}/done)
  # Where another configure run was quicker, its folder is as good.
  file(RENAME ${scratch} ${folder} RESULT lost)
  file(REMOVE_RECURSE ${scratch})
endfunction()

if(NOT EXISTS ${folder}/done)
  file(REMOVE_RECURSE ${folder})  # what a broken-off run may have left
  keras_fetch_onednn(${folder})
endif()
set(KERAS_ONEDNN_FROM_WHEEL ON)
set(KERAS_ONEDNN_FILES ${folder}/onednn_cpu_gomp-${version}.data/data)
message(STATUS "oneDNN 3.2 from ${folder}")
add_library(DNNL::dnnl SHARED IMPORTED)
set_target_properties(DNNL::dnnl PROPERTIES
  IMPORTED_LOCATION ${KERAS_ONEDNN_FILES}/lib/libdnnl.so.3
  IMPORTED_SONAME libdnnl.so.3
  INTERFACE_INCLUDE_DIRECTORIES ${folder}/onednn_devel_cpu_gomp-${version}.data/data/include)
