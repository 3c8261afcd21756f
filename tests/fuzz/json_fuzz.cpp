#include <cstddef>
#include <cstdint>
#include <string_view>

#include "keras/engine/error.h"
#include "keras/saving/json/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const keras::Config value = keras::saving::parse_json(text, "input");
    // What was read must be written so that it reads the same.
    const std::string written = keras::saving::dump_json(value);
    if (keras::saving::dump_json(keras::saving::parse_json(written, "written")) != written)
      __builtin_trap();
  } catch (const keras::Error&) {
  }
  return 0;
}
