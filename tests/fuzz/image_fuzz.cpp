#include <cstddef>
#include <cstdint>
#include <span>

#include "keras/engine/error.h"
#include "keras/utils/image_codecs.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    keras::utils::decode_image(std::as_bytes(std::span(data, size)), "RGB", "input");
  } catch (const keras::Error&) {
  }
  return 0;
}
