#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
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

/// A piece of a message without its type: a function for each type, none for each message.
struct MessagePiece {
  const void* value;
  void (*append)(std::string& out, const void* value);
};
void append_characters(std::string& out, const void* value);
template <typename T>
void append_value(std::string& out, const void* value) {
  out += to_text(*static_cast<const T*>(value));
}
template <typename T>
MessagePiece message_piece(const T& value) {
  if constexpr (std::is_array_v<T>) {
    return {value, append_characters};
  } else {
    return {&value, append_value<T>};
  }
}
std::string concatenate(std::span<const MessagePiece> pieces);

/// One string out of many pieces: `str("axis ", axis, " of ", shape)`.
template <typename... Pieces>
[[gnu::always_inline]] inline std::string str(const Pieces&... pieces) {
  const MessagePiece list[] = {message_piece(pieces)...};
  return concatenate(list);
}

/// The pieces with a separator between them.
std::string join(const std::vector<std::string>& pieces, std::string_view separator);

/// The names nearest to `name` by edit distance, best first, for "did you mean"; at most three,
/// none that shares too little.
std::vector<std::string> near_matches(std::string_view name, const std::vector<std::string>& known);

}  // namespace keras
