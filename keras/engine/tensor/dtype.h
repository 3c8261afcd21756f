#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace keras {

/// Element types, with Keras's names.
enum class DType : std::uint8_t {
  kBool,
  kUint8,
  kUint16,
  kUint32,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kFloat16,
  kBfloat16,
  kFloat32,
  kFloat64,
};

/// Keras's name, such as "float32".
std::string_view dtype_name(DType dtype);
/// The dtype of a Keras name ("float32", also "int" and "float"). Throws ValueError with near
/// names.
DType dtype_from_name(std::string_view name);
std::size_t dtype_size(DType dtype);

bool is_float(DType dtype);
/// Signed or unsigned; bool is not an integer.
bool is_integer(DType dtype);
inline std::string to_text(DType dtype) { return std::string(dtype_name(dtype)); }

/// A float type for results that cannot be integers: floats stay, all else becomes float32.
DType to_float_dtype(DType dtype);

/// What Keras makes of two dtypes in one operation (keras.backend.result_type), except that 64-bit
/// inputs give 64-bit results.
DType promote(DType a, DType b);
/// A tensor's dtype with a Python-like scalar's: an int literal keeps the tensor's dtype unless
/// that is bool; a float literal makes integers float32.
DType promote_with_int(DType dtype);
DType promote_with_float(DType dtype);

/// 16-bit floats as bits; arithmetic is done in float.
struct float16 {
  std::uint16_t bits;
};
struct bfloat16 {
  std::uint16_t bits;
};
float to_float32(float16 value);
float to_float32(bfloat16 value);
/// Round to nearest, ties to even.
float16 to_float16(float value);
bfloat16 to_bfloat16(float value);

/// The C++ type of a dtype and back.
template <typename T>
struct dtype_of;
template <>
struct dtype_of<bool> {
  static constexpr DType value = DType::kBool;
};
template <>
struct dtype_of<std::uint8_t> {
  static constexpr DType value = DType::kUint8;
};
template <>
struct dtype_of<std::uint16_t> {
  static constexpr DType value = DType::kUint16;
};
template <>
struct dtype_of<std::uint32_t> {
  static constexpr DType value = DType::kUint32;
};
template <>
struct dtype_of<std::int8_t> {
  static constexpr DType value = DType::kInt8;
};
template <>
struct dtype_of<std::int16_t> {
  static constexpr DType value = DType::kInt16;
};
template <>
struct dtype_of<std::int32_t> {
  static constexpr DType value = DType::kInt32;
};
template <>
struct dtype_of<std::int64_t> {
  static constexpr DType value = DType::kInt64;
};
template <>
struct dtype_of<float16> {
  static constexpr DType value = DType::kFloat16;
};
template <>
struct dtype_of<bfloat16> {
  static constexpr DType value = DType::kBfloat16;
};
template <>
struct dtype_of<float> {
  static constexpr DType value = DType::kFloat32;
};
template <>
struct dtype_of<double> {
  static constexpr DType value = DType::kFloat64;
};
template <typename T>
inline constexpr DType dtype_of_v = dtype_of<T>::value;

}  // namespace keras
