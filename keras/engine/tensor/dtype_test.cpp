#include "keras/engine/tensor/dtype.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>

#include "keras/engine/error.h"

namespace keras {
namespace {

constexpr std::array<const char*, 12> kNames{"bool",    "uint8",    "uint16",  "uint32",
                                             "int8",    "int16",    "int32",   "int64",
                                             "float16", "bfloat16", "float32", "float64"};

// keras.backend.result_type of Keras 3.15 on JAX: row with column, then with int and with float.
// JAX narrows what is 64 bits wide; here it stays, as with Keras's other backends' own arithmetic.
constexpr const char* kPromotions = R"(
bool bool uint8 uint16 uint32 int8 int16 int32 int64 float16 bfloat16 float32 float64 int32 float32
uint8 uint8 uint8 uint16 uint32 int16 int16 int32 int64 float16 bfloat16 float32 float64 uint8 float32
uint16 uint16 uint16 uint16 uint32 int32 int32 int32 int64 float16 bfloat16 float32 float64 uint16 float32
uint32 uint32 uint32 uint32 uint32 int32 int32 int32 int64 float16 bfloat16 float32 float64 uint32 float32
int8 int8 int16 int32 int32 int8 int16 int32 int64 float16 bfloat16 float32 float64 int8 float32
int16 int16 int16 int32 int32 int16 int16 int32 int64 float16 bfloat16 float32 float64 int16 float32
int32 int32 int32 int32 int32 int32 int32 int32 int64 float16 bfloat16 float32 float64 int32 float32
int64 int64 int64 int64 int64 int64 int64 int64 int64 float16 bfloat16 float32 float64 int64 float32
float16 float16 float16 float16 float16 float16 float16 float16 float16 float16 float32 float32 float64 float16 float16
bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 float32 bfloat16 float32 float64 bfloat16 bfloat16
float32 float32 float32 float32 float32 float32 float32 float32 float32 float32 float32 float32 float64 float32 float32
float64 float64 float64 float64 float64 float64 float64 float64 float64 float64 float64 float64 float64 float64 float64
)";

TEST(DType, NamesGoBothWays) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const auto dtype = static_cast<DType>(i);
    EXPECT_EQ(dtype_name(dtype), kNames[i]);
    EXPECT_EQ(dtype_from_name(kNames[i]), dtype);
  }
  EXPECT_EQ(dtype_from_name("int"), DType::kInt32);
  EXPECT_EQ(dtype_from_name("float"), DType::kFloat32);
}

TEST(DType, UnknownNameIsAnErrorWithNearNames) {
  try {
    dtype_from_name("floot32");
    FAIL() << "no error";
  } catch (const ValueError& error) {
    EXPECT_NE(std::string(error.what()).find("Invalid dtype: floot32"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("float32"), std::string::npos);
  }
  EXPECT_THROW(dtype_from_name(""), ValueError);
  EXPECT_THROW(dtype_from_name("complex64"), ValueError);
}

TEST(DType, PromotesAsKeras) {
  std::istringstream table(kPromotions);
  for (const char* row : kNames) {
    std::string name;
    table >> name;
    ASSERT_EQ(name, row);
    const DType a = dtype_from_name(row);
    for (const char* column : kNames) {
      table >> name;
      EXPECT_EQ(dtype_name(promote(a, dtype_from_name(column))), name) << row << ", " << column;
    }
    table >> name;
    EXPECT_EQ(dtype_name(promote_with_int(a)), name) << row << ", int";
    table >> name;
    EXPECT_EQ(dtype_name(promote_with_float(a)), name) << row << ", float";
  }
}

TEST(DType, KindsAndSizes) {
  EXPECT_FALSE(is_integer(DType::kBool));
  EXPECT_FALSE(is_float(DType::kBool));
  EXPECT_TRUE(is_integer(DType::kUint32));
  EXPECT_TRUE(is_float(DType::kBfloat16));
  EXPECT_EQ(to_float_dtype(DType::kInt64), DType::kFloat32);
  EXPECT_EQ(to_float_dtype(DType::kFloat64), DType::kFloat64);
  EXPECT_EQ(dtype_size(DType::kBool), 1u);
  EXPECT_EQ(dtype_size(DType::kBfloat16), 2u);
  EXPECT_EQ(dtype_size(DType::kInt64), 8u);
}

TEST(DType, EveryFloat16SurvivesTheWayThere) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = to_float32(float16{static_cast<std::uint16_t>(bits)});
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(to_float32(to_float16(value))));
      continue;
    }
    EXPECT_EQ(to_float16(value).bits, bits);
  }
}

TEST(DType, Float16RoundsToNearestEven) {
  EXPECT_EQ(to_float16(1.0f).bits, 0x3c00);
  EXPECT_EQ(to_float16(1.0f + 0x1p-11f).bits, 0x3c00);
  EXPECT_EQ(to_float16(1.0f + 3 * 0x1p-11f).bits, 0x3c02);
  EXPECT_EQ(to_float16(65519.0f).bits, 0x7bff);
  EXPECT_EQ(to_float16(65520.0f).bits, 0x7c00);
  EXPECT_EQ(to_float16(0x1p-25f).bits, 0x0000);
  EXPECT_EQ(to_float16(-0x1.8p-25f).bits, 0x8001);
  EXPECT_EQ(to_float16(0x1.ffbp-15f).bits, 0x03ff);
  EXPECT_EQ(to_float16(0x1.ffcp-15f).bits, 0x0400);
  EXPECT_EQ(to_float16(-std::numeric_limits<float>::infinity()).bits, 0xfc00);
}

TEST(DType, Bfloat16RoundsToNearestEven) {
  EXPECT_EQ(to_bfloat16(1.0f).bits, 0x3f80);
  EXPECT_EQ(to_bfloat16(1.0f + 0x1p-8f).bits, 0x3f80);
  EXPECT_EQ(to_bfloat16(1.0f + 3 * 0x1p-8f).bits, 0x3f82);
  EXPECT_EQ(to_bfloat16(std::numeric_limits<float>::max()).bits, 0x7f80);
  EXPECT_TRUE(std::isnan(to_float32(to_bfloat16(std::bit_cast<float>(0x7f800001u)))));
  EXPECT_EQ(to_float32(bfloat16{0xc040}), -3.0f);
}

}  // namespace
}  // namespace keras
