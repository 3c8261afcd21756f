#include "keras/engine/tensor/dtype.h"

#include <array>
#include <bit>
#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/tensor/strings.h"
#include "keras/engine/text.h"

namespace keras {
namespace {

using enum DType;

struct DTypeRow {
  std::string_view name;
  std::size_t size;
};

// In the order of the enumeration, and text after it.
constexpr std::array<DTypeRow, 13> kRows{{
    {"bool", 1},
    {"uint8", 1},
    {"uint16", 2},
    {"uint32", 4},
    {"int8", 1},
    {"int16", 2},
    {"int32", 4},
    {"int64", 8},
    {"float16", 2},
    {"bfloat16", 2},
    {"float32", 4},
    {"float64", 8},
    {"string", 8},
}};

const DTypeRow& row_of(DType dtype) { return kRows[static_cast<std::size_t>(dtype)]; }

/// The narrowest signed type that holds all values of an integer type, 64 bits counting as 32.
DType signed_partner(DType dtype) {
  if (dtype == kUint8) return kInt16;
  if (dtype == kUint16 || dtype == kUint32) return kInt32;
  return dtype;
}

bool is_unsigned(DType dtype) { return dtype == kUint8 || dtype == kUint16 || dtype == kUint32; }

DType wider(DType a, DType b) { return dtype_size(a) >= dtype_size(b) ? a : b; }

DType promote_floats(DType a, DType b) {
  if (a == b) return a;
  // The two 16-bit formats hold different values; only 32 bits hold both.
  if (dtype_size(a) == 2 && dtype_size(b) == 2) return kFloat32;
  return wider(a, b);
}

DType promote_integers(DType a, DType b) {
  if (is_unsigned(a) && is_unsigned(b)) return wider(a, b);
  return wider(signed_partner(a), signed_partner(b));
}

}  // namespace

std::string_view dtype_name(DType dtype) { return row_of(dtype).name; }

DType dtype_from_name(std::string_view name) {
  if (name == "int") return kInt32;
  if (name == "float") return kFloat32;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].name == name) return static_cast<DType>(i);
    known.emplace_back(kRows[i].name);
  }
  const auto near = near_matches(name, known);
  throw ValueError(str("Invalid dtype: ", name), near.empty()
                                                     ? str("use one of: ", join(known, ", "))
                                                     : str("did you mean ", join(near, ", "), "?"));
}

std::size_t dtype_size(DType dtype) { return row_of(dtype).size; }

bool is_float(DType dtype) {
  return dtype == kFloat16 || dtype == kBfloat16 || dtype == kFloat32 || dtype == kFloat64;
}

bool is_integer(DType dtype) { return dtype != kBool && dtype != kString && !is_float(dtype); }

DType to_float_dtype(DType dtype) { return is_float(dtype) ? dtype : kFloat32; }

DType promote(DType a, DType b) {
  if (a == kString || b == kString)
    throw DtypeError(str("There is no arithmetic on text: dtypes ", a, " and ", b, "."),
                     "turn it into numbers with StringLookup, TextVectorization or Hashing.");
  if (is_float(a) && is_float(b)) return promote_floats(a, b);
  if (is_float(a)) return a;
  if (is_float(b)) return b;
  if (a == kBool) return b;
  if (b == kBool) return a;
  return promote_integers(a, b);
}

DType promote_with_int(DType dtype) { return dtype == kBool ? kInt32 : dtype; }

DType promote_with_float(DType dtype) { return to_float_dtype(dtype); }

float to_float32(float16 value) {
  const std::uint32_t sign = (value.bits & 0x8000u) << 16;
  const std::uint32_t exponent = (value.bits >> 10) & 0x1fu;
  const std::uint32_t mantissa = value.bits & 0x3ffu;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide = exponent == 0x1f ? 0xffu : exponent + 112;
  return std::bit_cast<float>(sign | (wide << 23) | (mantissa << 13));
}

float to_float32(bfloat16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}

float16 to_float16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  std::uint32_t out = 0;
  if (magnitude > 0x7f800000u) {
    out = 0x7e00u;
  } else if (magnitude >= 0x477ff000u) {  // 65520 and above round to infinity
    out = 0x7c00u;
  } else if (magnitude < 0x38800000u) {
    // Below the smallest normal: adding 0.5 leaves the result, rounded by the FPU, in the low bits.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    out = std::bit_cast<std::uint32_t>(shifted) - 0x3f000000u;
  } else {
    out = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
  }
  return {static_cast<std::uint16_t>(sign | out)};
}

bfloat16 to_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u)  // Rounding could turn a NaN into infinity.
    return {static_cast<std::uint16_t>((bits >> 16) | 0x40u)};
  return {static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16)};
}

}  // namespace keras
