# Everything that the library stands on. None of it shows in a public header but threads.
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)
find_package(nlohmann_json 3.9 REQUIRED)
include(KerasOneDNN)

# By hand: the config files that some distributions ship for libzip want its tools installed too.
find_path(LIBZIP_INCLUDE_DIR zip.h REQUIRED)
find_library(LIBZIP_LIBRARY zip REQUIRED)
mark_as_advanced(LIBZIP_INCLUDE_DIR LIBZIP_LIBRARY)
add_library(keras_libzip INTERFACE IMPORTED)
target_include_directories(keras_libzip INTERFACE ${LIBZIP_INCLUDE_DIR})
target_link_libraries(keras_libzip INTERFACE ${LIBZIP_LIBRARY})
