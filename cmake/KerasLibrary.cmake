# keras::keras, from every source under keras/ that is no test.
file(GLOB_RECURSE KERAS_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/keras/*.cpp)
set(KERAS_UNIT_TESTS ${KERAS_SOURCES})
list(FILTER KERAS_SOURCES EXCLUDE REGEX "_test\\.cpp$")
list(FILTER KERAS_UNIT_TESTS INCLUDE REGEX "_test\\.cpp$")

# Kernels compiled once for each instruction set; which one runs is decided at run time.
# clang warns of each `omp simd` loop that it leaves alone; g++ knows no such warning.
set(simd_flags -O3 -fno-math-errno -fno-trapping-math -ffp-contract=fast -fopenmp-simd
               -Wno-pass-failed)
set(avx2_flags -mavx2 -mfma -mf16c)
set(avx512_flags -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mf16c
                 -mprefer-vector-width=512)
if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(FILTER KERAS_SOURCES EXCLUDE REGEX "/simd/targets/.*_avx(2|512)\\.cpp$")
endif()
# What describes models, reads files and words errors, but has no loop over data, is compiled for
# size: a third to a half of it, in two thirds of the time.
set(descriptions "activations|applications|callbacks|constraints|initializers|layers|losses|metrics"
                 "|models|optimizers|quantizers|regularizers|saving|trainers")
string(CONCAT descriptions "/keras/(" ${descriptions} ")/")
foreach(source ${KERAS_SOURCES})
  if(source MATCHES "${descriptions}" AND NOT source MATCHES "/(layers/preprocessing|saving/hdf5)/")
    set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-Os>")
  elseif(source MATCHES "/simd/targets/.*_avx512\\.cpp$")
    set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${simd_flags};${avx512_flags}")
  elseif(source MATCHES "/simd/targets/.*_avx2\\.cpp$")
    set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${simd_flags};${avx2_flags}")
  elseif(source MATCHES "/simd/targets/.*_baseline\\.cpp$")
    set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${simd_flags}")
  endif()
  if(source MATCHES "/preprocessing/.*/simd/targets/")  # the same bits everywhere
    set_property(SOURCE ${source} APPEND PROPERTY COMPILE_OPTIONS -ffp-contract=off)
  endif()
endforeach()

add_library(keras ${KERAS_SOURCES})
add_library(keras::keras ALIAS keras)
target_compile_features(keras PUBLIC cxx_std_20)
target_include_directories(keras PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                        $<INSTALL_INTERFACE:include>)
target_link_libraries(keras
  PUBLIC Threads::Threads
  PRIVATE DNNL::dnnl gomp ZLIB::ZLIB PNG::PNG JPEG::JPEG
          $<BUILD_INTERFACE:keras_libzip> $<INSTALL_INTERFACE:zip>
          $<BUILD_INTERFACE:nlohmann_json::nlohmann_json> $<BUILD_INTERFACE:keras_warnings>)
set_target_properties(keras PROPERTIES POSITION_INDEPENDENT_CODE ON)
