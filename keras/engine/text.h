#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace keras {

/// The pieces of a message as text; numbers print as Python prints them.
inline std::string to_text(std::string_view value) { return std::string(value); }
inline std::string to_text(const char* value) { return value; }
inline std::string to_text(bool value) { return value ? "True" : "False"; }
std::string to_text(double value);
std::string to_text(float value);
template <std::integral T>
std::string to_text(T value) {
  return std::to_string(value);
}
/// A type that knows its own text, such as Shape.
template <typename T>
requires requires(const T& value) {
  { value.to_string() } -> std::convertible_to<std::string>;
}
std::string to_text(const T& value) { return value.to_string(); }

/// One string out of many pieces: `str("axis ", axis, " of ", shape)`.
template <typename... Pieces>
std::string str(const Pieces&... pieces) {
  std::string out;
  (out.append(to_text(pieces)), ...);
  return out;
}

/// The pieces with a separator between them.
std::string join(const std::vector<std::string>& pieces, std::string_view separator);

/// The names nearest to `name` by edit distance, best first, for "did you mean"; at most three,
/// none that shares too little.
std::vector<std::string> near_matches(std::string_view name, const std::vector<std::string>& known);

}  // namespace keras
