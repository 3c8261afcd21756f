#include "keras/engine/tensor/convert.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "keras/engine/error.h"
#include "keras/engine/tensor/strings.h"
#include "keras/engine/text.h"

namespace keras::engine {
namespace {

template <typename T>
auto widen(T value) {
  if constexpr (std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>) {
    return to_float32(value);
  } else {
    return value;
  }
}

template <typename To, typename From>
To convert(From value) {
  if constexpr (std::is_same_v<To, float16>) {
    return to_float16(static_cast<float>(value));
  } else if constexpr (std::is_same_v<To, bfloat16>) {
    return to_bfloat16(static_cast<float>(value));
  } else if constexpr (std::is_same_v<To, bool>) {
    return value != From{0};
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    if (std::isnan(value)) return 0;
    constexpr auto low = std::numeric_limits<To>::lowest();
    constexpr auto high = std::numeric_limits<To>::max();
    if (static_cast<double>(value) <= static_cast<double>(low)) return low;
    if (static_cast<double>(value) >= static_cast<double>(high)) return high;
    return static_cast<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

template <typename From, typename To>
void convert_all(const void* from, void* to, std::size_t count) {
  const auto* source = static_cast<const From*>(from);
  auto* target = static_cast<To*>(to);
  for (std::size_t i = 0; i < count; ++i) target[i] = convert<To>(widen(source[i]));
}

template <typename Visitor>
void with_type(DType dtype, Visitor&& visitor) {
  switch (dtype) {
    case DType::kBool:
      return visitor.template operator()<bool>();
    case DType::kUint8:
      return visitor.template operator()<std::uint8_t>();
    case DType::kUint16:
      return visitor.template operator()<std::uint16_t>();
    case DType::kUint32:
      return visitor.template operator()<std::uint32_t>();
    case DType::kInt8:
      return visitor.template operator()<std::int8_t>();
    case DType::kInt16:
      return visitor.template operator()<std::int16_t>();
    case DType::kInt32:
      return visitor.template operator()<std::int32_t>();
    case DType::kInt64:
      return visitor.template operator()<std::int64_t>();
    case DType::kFloat16:
      return visitor.template operator()<float16>();
    case DType::kBfloat16:
      return visitor.template operator()<bfloat16>();
    case DType::kFloat32:
      return visitor.template operator()<float>();
    case DType::kFloat64:
      return visitor.template operator()<double>();
  }
}

}  // namespace

void convert_elements(const void* from, DType from_dtype, void* to, DType to_dtype,
                      std::size_t count) {
  if (from_dtype == to_dtype) {
    if (count > 0) std::memcpy(to, from, count * dtype_size(from_dtype));
    return;
  }
  if (from_dtype == kString || to_dtype == kString)
    throw DtypeError(
        str("Elements of dtype ", from_dtype, " cannot be converted to ", to_dtype, "."),
        "turn text into numbers with StringLookup, TextVectorization or Hashing.");
  with_type(from_dtype, [&]<typename From>() {
    with_type(to_dtype, [&]<typename To>() { convert_all<From, To>(from, to, count); });
  });
}

}  // namespace keras::engine
