#include "keras/quantizers/quantization_config.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "tests/support/tensors.h"

namespace keras::quantizers {
namespace {

using keras::testing::expect_error;

Config written(const char* class_name, Config config) {
  return {{"module", "keras.quantizers"},
          {"class_name", class_name},
          {"config", std::move(config)},
          {"registered_name", nullptr}};
}

TEST(QuantizationConfig, IsWrittenAsKerasWritesIt) {
  const Config quantizer = AbsMaxQuantizer().serialize();
  const Config int8 = written("Int8QuantizationConfig",
                              {{"weight_quantizer", nullptr}, {"activation_quantizer", quantizer}});
  const Config int4 = written(
      "Int4QuantizationConfig",
      {{"weight_quantizer", nullptr}, {"activation_quantizer", nullptr}, {"block_size", 128}});
  EXPECT_EQ(Int8QuantizationConfig().serialize(), int8);
  EXPECT_EQ(Int4QuantizationConfig().serialize(), int4);
  for (const auto& config : {int8, int4, Int4QuantizationConfig({.block_size = -1}).serialize(),
                             Int8QuantizationConfig({.weight_quantizer = AbsMaxQuantizer(),
                             .activation_quantizer = std::nullopt})
                                 .serialize()})
    EXPECT_EQ(QuantizationConfig::deserialize(config).serialize(), config);
  EXPECT_TRUE(QuantizationConfig().serialize().is_null());
  EXPECT_FALSE(QuantizationConfig::deserialize(nullptr).defined());
  const Config old = written("Int4QuantizationConfig", Config::dict());
  EXPECT_FALSE(QuantizationConfig::deserialize(old).block_size());
}

TEST(QuantizationConfig, RefusesWhatDoesNotFit) {
  expect_error<ValueError>([] { Int4QuantizationConfig({.block_size = 0}); },
                           "block_size must be None, -1, or a positive integer. Received: "
                           "block_size=0");
  expect_error<ValueError>(
      [] { Int4QuantizationConfig({.activation_quantizer = AbsMaxQuantizer()}); },
      "does not support custom quantizers. Received: block_size=128");
  expect_error<ValueError>(
      [] {
        Int4QuantizationConfig({.weight_quantizer = AbsMaxQuantizer(), .block_size = std::nullopt});
      },
      "requires a weight_quantizer with value_range=(-8, 7). Received: value_range=(-127, 127)");
  expect_error<ValueError>(
      [] { QuantizationConfig::deserialize(written("GPTQConfig", Config::dict())); },
      "The quantization config GPTQConfig is not supported.");
}

TEST(QuantizationConfig, IsFoundFromModeAndConfig) {
  EXPECT_EQ(validate_and_resolve_config("int8", {}).mode(), "int8");
  EXPECT_EQ(validate_and_resolve_config("int4", {}).block_size(), 128);
  EXPECT_EQ(validate_and_resolve_config("", Int8QuantizationConfig()).mode(), "int8");
  const auto resolve = [](const char* mode, QuantizationConfig config = {}) {
    return [=] { validate_and_resolve_config(mode, config); };
  };
  expect_error<ValueError>(resolve(""), "You must provide either `mode` or `config`");
  expect_error<ValueError>(resolve("int7"),
                           "Invalid quantization mode. Expected one of ('int8', 'float8', 'int4', "
                           "'gptq', 'awq'). Received: mode=int7");
  for (const char* mode : {"float8", "gptq", "awq"})
    expect_error<ValueError>(resolve(mode), "' is not supported.");
  expect_error<ValueError>(resolve("int8", Int4QuantizationConfig()),
                           "Contradictory arguments: mode='int8' but config.mode='int4'");
}

}  // namespace
}  // namespace keras::quantizers
