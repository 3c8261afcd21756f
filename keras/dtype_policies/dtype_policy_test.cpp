#include "keras/dtype_policies/dtype_policy.h"

#include <gtest/gtest.h>

#include "keras/dtype_policies/quantization_mode.h"
#include "keras/engine/error.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;

Config written(const char* class_name, const char* mode, const char* source) {
  return {{"module", "keras.dtype_policies"},
          {"class_name", class_name},
          {"config", {{"mode", mode}, {"source_name", source}}},
          {"registered_name", nullptr}};
}

TEST(DTypePolicy, ReadsQuantizedNames) {
  const DTypePolicy int8("int8_from_mixed_bfloat16");
  EXPECT_EQ(int8.name(), "int8_from_mixed_bfloat16");
  EXPECT_EQ(quantization_mode(int8), "int8");
  EXPECT_EQ(int8.compute_dtype(), DType::kBfloat16);
  EXPECT_EQ(int8.variable_dtype(), DType::kFloat32);
  EXPECT_FALSE(quantization_block_size(int8));
  EXPECT_EQ(quantization_block_size("int4/64_from_float32"), 64);
  EXPECT_FALSE(quantization_block_size("int4/-1_from_float32"));
  EXPECT_FALSE(quantization_block_size("int4_from_float32"));
  EXPECT_EQ(quantization_mode("float32"), "");
}

TEST(DTypePolicy, WritesQuantizedPoliciesAsKerasDoes) {
  const std::vector<std::pair<const char*, Config>> rows = {
      {"int8_from_float32", written("QuantizedDTypePolicy", "int8", "float32")},
      {"int4_from_float32", written("QuantizedDTypePolicy", "int4", "float32")},
      {"int4/64_from_bfloat16", written("Int4DTypePolicy", "int4/64", "bfloat16")},
      {"int4/-1_from_float32", written("Int4DTypePolicy", "int4/-1", "float32")},
      {"float8_from_float32", written("QuantizedFloat8DTypePolicy", "float8", "float32")},
      {"gptq/4/128_from_float32", written("GPTQDTypePolicy", "gptq/4/128", "float32")},
      {"awq/4/128_from_float32", written("AWQDTypePolicy", "awq/4/128", "float32")},
  };
  for (const auto& [name, config] : rows) {
    SCOPED_TRACE(name);
    EXPECT_EQ(DTypePolicy(name).serialize(), config);
    EXPECT_EQ(DTypePolicy::deserialize(config).name(), name);
    EXPECT_EQ(DTypePolicy::deserialize(name).name(), name);
  }
  const Config unnamed = {{"class_name", "QuantizedDTypePolicy"},
                          {"config", {{"mode", "int8"}, {"source_name", nullptr}}}};
  EXPECT_EQ(DTypePolicy::deserialize(unnamed).name(), "int8_from_float32");
}

TEST(DTypePolicy, RefusesQuantizationThatThereIsNot) {
  const auto make = [](const char* name) { return [=] { DTypePolicy policy(name); }; };
  expect_error<ValueError>(make("int9_from_float32"),
                           "Invalid quantization mode. Expected one of ('int8', 'float8', 'int4', "
                           "'gptq', 'awq'). Received: mode=int9");
  expect_error<ValueError>(
      make("int8_from_mixed_float16"),
      "Quantization mode='int8' doesn't work well with compute_dtype='float16'.");
  expect_error<ValueError>(make("int8_from_int8_from_float32"),
                           "Cannot convert `policy` into a valid pair (`mode`, `source_name`)");
  expect_error<ValueError>(make("int8_from_"), "Received: policy=int8_from_");
  expect_error<ValueError>(make("int8_from_int32"), "computes in a float dtype");
  expect_error<ValueError>(make("int8/3_from_float32"), "Received: mode=int8/3");
  expect_error<ValueError>(make("int4/0_from_float32"),
                           "Supported values are -1 (per-channel) or a positive integer "
                           "(sub-channel), but got 0 from 'int4/0'.");
  for (const char* digits : {"int4/x_from_float32", "int4/_from_float32", "int4/8x_from_float32",
                             "int4/99999999999_from_float32"})
    expect_error<ValueError>(make(digits), "<block_size> must be an integer");
  expect_error<ValueError>(
      [] {
        DTypePolicy::deserialize({{"class_name", "DTypePolicyMap"}, {"config", Config()}});
      },
      "The dtype policy class DTypePolicyMap is not supported.");
  expect_error<ValueError>(
      [] {
        DTypePolicy::deserialize(
            {{"class_name", "QuantizedDTypePolicy"}, {"config", Config::dict()}});
      },
      "mode");
}

}  // namespace
}  // namespace keras
