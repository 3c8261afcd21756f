#include <cstddef>
#include <cstdint>
#include <span>

#include "keras/engine/error.h"
#include "keras/saving/archive/archive.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kLimit = std::size_t{1} << 24;
  try {
    const auto bytes = keras::Storage::copy_of(std::as_bytes(std::span(data, size)));
    const auto archive = keras::saving::Archive::open(bytes, "input");
    for (const auto& name : archive.names()) {
      try {
        archive.read(name, kLimit);
      } catch (const keras::Error&) {
      }
    }
  } catch (const keras::Error&) {
  }
  return 0;
}
