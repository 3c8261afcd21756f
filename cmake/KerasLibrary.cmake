# keras::keras, from every source under keras/ that is no test.
file(GLOB_RECURSE KERAS_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/keras/*.cpp)
set(KERAS_UNIT_TESTS ${KERAS_SOURCES})
list(FILTER KERAS_SOURCES EXCLUDE REGEX "_test\\.cpp$")
list(FILTER KERAS_UNIT_TESTS INCLUDE REGEX "_test\\.cpp$")

# Kernels compiled once for each instruction set; which one runs is decided at run time.
# clang warns of each `omp simd` loop that it leaves alone; g++ knows no such warning.
set(simd_flags -O3 -fno-math-errno -fno-trapping-math -ffp-contract=fast -fopenmp-simd
               -Wno-pass-failed)
set(avx2_flags -mavx2 -mfma -mf16c -mprfchw)
set(avx512_flags -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mf16c -mprfchw
                 -mprefer-vector-width=512)
if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(FILTER KERAS_SOURCES EXCLUDE REGEX "/simd/targets/.*_avx(2|512)\\.cpp$")
endif()
foreach(source ${KERAS_SOURCES})
  if(source MATCHES "/simd/targets/.*_avx512\\.cpp$")
    set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${simd_flags};${avx512_flags}")
  elseif(source MATCHES "/simd/targets/.*_avx2\\.cpp$")
    set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${simd_flags};${avx2_flags}")
  elseif(source MATCHES "/simd/targets/.*_baseline\\.cpp$")
    set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${simd_flags}")
  endif()
  if(source MATCHES "/simd/targets/")  # none of the headers' functions may be another target's
    set_source_files_properties(${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  endif()
  # The same bits everywhere; as the loops of one operation each.
  if(source MATCHES "/preprocessing/.*/simd/targets/|/simd/targets/chains_")
    set_property(SOURCE ${source} APPEND PROPERTY COMPILE_OPTIONS -ffp-contract=off)
  endif()
endforeach()

# What describes models, composes layers of operations, reads files and words errors, but has no loop
# over data, is compiled for size: a third to a half of it, in two thirds of the time.
set(folders "activations|applications|callbacks|constraints|initializers|layers|losses|metrics|models"
            "|optimizers|quantizers|regularizers|saving|trainers|utils|backend/cpu/fusions"
            "|ops/(control|image|indexing|linalg|nn|reduction|registry|shape|signal|sorting)")
string(CONCAT folders "/keras/(" ${folders} ")/")
set(loops "layers/preprocessing/(categorical|discretization|hash|index|lookup|nested|norm|quantile|text)"
          "|ops/(nn/ctc_beam|reduction/statistics|signal/stft|sorting/selection)"
          "|saving/hdf5/"
          "|utils/(audio|gzip|image|jpeg|md5|numerical|png|sequence|sha256|string_hash|timeseries)")
if(KERAS_FUZZ)  # its loops read the same small files again and again
  list(APPEND loops "|saving/")
endif()
string(CONCAT loops "/keras/(" ${loops} ")")
set(descriptions ${KERAS_SOURCES})
list(FILTER descriptions INCLUDE REGEX "${folders}")
list(FILTER descriptions EXCLUDE REGEX "${loops}")
list(REMOVE_ITEM KERAS_SOURCES ${descriptions})
set(KERAS_DESCRIPTION_OPTIONS $<$<CONFIG:Release>:-Os> CACHE STRING
    "How sources without loops over data are compiled, after the other options")

# The standard headers that most files include, compiled once: they are a third of what a file takes.
# None of the project's own are among them, and tools/check sees to it that each file names what it
# uses of these.
option(KERAS_PCH "Compile the standard headers once" ${PROJECT_IS_TOP_LEVEL})
set(standard_headers <algorithm> <array> <cmath> <cstddef> <cstdint> <functional> <map> <memory>
                     <optional> <span> <string> <string_view> <unordered_map> <utility> <variant>
                     <vector>)

# Two targets, since each has headers compiled with its own options.
add_library(keras_descriptions OBJECT ${descriptions})
target_compile_options(keras_descriptions PRIVATE ${KERAS_DESCRIPTION_OPTIONS})
add_library(keras ${KERAS_SOURCES} $<TARGET_OBJECTS:keras_descriptions>)
add_library(keras::keras ALIAS keras)
foreach(target keras keras_descriptions)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                              $<INSTALL_INTERFACE:include>)
  target_link_libraries(${target}
    PUBLIC Threads::Threads
    PRIVATE DNNL::dnnl gomp ZLIB::ZLIB PNG::PNG JPEG::JPEG
            $<BUILD_INTERFACE:keras_libzip> $<INSTALL_INTERFACE:zip>
            $<BUILD_INTERFACE:nlohmann_json::nlohmann_json> $<BUILD_INTERFACE:keras_warnings>)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  if(KERAS_PCH)
    target_precompile_headers(${target} PRIVATE ${standard_headers})
    keras_let_ccache_use_headers(${target})
  endif()
endforeach()
