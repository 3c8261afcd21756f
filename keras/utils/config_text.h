#pragma once

#include <string>
#include <string_view>

namespace keras {

class Config;

/// The value as JSON, byte for byte as Python's `json.dumps(value, indent=indent)` writes it:
/// escaped to ASCII, the shortest numbers that read back the same, NaN and Infinity by name.
/// A negative indent means one line.
std::string json_text(const Config& value, int indent = -1);

/// The string as a JSON literal, quotes included. Bytes that are no UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);

}  // namespace keras
