#include <cstddef>
#include <cstdint>
#include <span>

#include "keras/engine/error.h"
#include "keras/saving/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    keras::saving::parse_npy(keras::Storage::copy_of(std::as_bytes(std::span(data, size))),
                             "input");
  } catch (const keras::Error&) {
  }
  return 0;
}
