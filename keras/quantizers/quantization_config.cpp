#include "keras/quantizers/quantization_config.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/object_registry.h"

namespace keras::quantizers {
namespace {

constexpr std::array<std::string_view, 5> kModes = {"int8", "float8", "int4", "gptq", "awq"};

std::optional<int> checked_block_size(const Int4QuantizationConfigOptions& options) {
  const std::optional<int> size = options.block_size;
  if (!size || *size == -1) return std::nullopt;
  if (*size <= 0)
    throw ValueError(
        str("block_size must be None, -1, or a positive integer. Received: block_size=", *size));
  if (options.weight_quantizer || options.activation_quantizer)
    throw ValueError(
        str("Int4 sub-channel quantization (block_size > 0) does not support custom quantizers. "
            "Received: block_size=",
            *size),
        "set block_size to None or -1 for per-channel quantization, or remove the custom "
        "quantizer arguments.");
  return size;
}

Config serialized(const std::optional<AbsMaxQuantizer>& quantizer) {
  return quantizer ? quantizer->serialize() : Config();
}

/// An entry that may be missing or null.
std::optional<AbsMaxQuantizer> quantizer_in(const Config& config, const char* key) {
  const Config* entry = config.find(key);
  if (!entry || entry->is_null()) return std::nullopt;
  return AbsMaxQuantizer::deserialize(*entry);
}

/// Throws ValueError for modes whose arithmetic there is not.
void check_mode(const std::string& mode) {
  if (std::find(kModes.begin(), kModes.end(), mode) == kModes.end())
    throw ValueError(
        str("Invalid quantization mode. Expected one of ('int8', 'float8', 'int4', 'gptq', "
            "'awq'). Received: mode=",
            mode));
  if (mode != "int8" && mode != "int4")
    throw ValueError(str("The quantization mode '", mode, "' is not supported."),
                     "use 'int8' or 'int4'.");
}

}  // namespace

QuantizationConfig::QuantizationConfig(Int8QuantizationConfigOptions options)
    : mode_("int8"),
      weight_quantizer_(std::move(options.weight_quantizer)),
      activation_quantizer_(std::move(options.activation_quantizer)) {}

QuantizationConfig::QuantizationConfig(Int4QuantizationConfigOptions options)
    : mode_("int4"),
      weight_quantizer_(options.weight_quantizer),
      activation_quantizer_(options.activation_quantizer),
      block_size_(checked_block_size(options)) {
  const auto fits = std::pair<int, int>{-8, 7};
  if (weight_quantizer_ && weight_quantizer_->options().value_range != fits)
    throw ValueError(
        str("Int4QuantizationConfig requires a weight_quantizer with value_range=(-8, 7). "
            "Received: value_range=(",
            weight_quantizer_->options().value_range.first, ", ",
            weight_quantizer_->options().value_range.second, ")"));
}

QuantizationConfig Int8QuantizationConfig(Int8QuantizationConfigOptions options) {
  return QuantizationConfig(std::move(options));
}

QuantizationConfig Int4QuantizationConfig(Int4QuantizationConfigOptions options) {
  return QuantizationConfig(std::move(options));
}

Config QuantizationConfig::serialize() const {
  if (!defined()) return {};
  Config config = {{"weight_quantizer", serialized(weight_quantizer_)},
                   {"activation_quantizer", serialized(activation_quantizer_)}};
  if (mode_ == "int8")
    return serialize_object("keras.quantizers", "Int8QuantizationConfig", std::move(config));
  config.set("block_size", block_size_ ? Config(*block_size_) : Config());
  return serialize_object("keras.quantizers", "Int4QuantizationConfig", std::move(config));
}

QuantizationConfig QuantizationConfig::deserialize(const Config& config) {
  if (config.is_null()) return {};
  const ObjectDescription object = describe_object("quantization config", config);
  auto weights = quantizer_in(object.config, "weight_quantizer");
  auto activations = quantizer_in(object.config, "activation_quantizer");
  if (object.name == "Int8QuantizationConfig")
    return QuantizationConfig(
        Int8QuantizationConfigOptions{std::move(weights), std::move(activations)});
  if (object.name != "Int4QuantizationConfig")
    throw ValueError(str("The quantization config ", object.name, " is not supported."),
                     "use Int8QuantizationConfig or Int4QuantizationConfig.");
  Int4QuantizationConfigOptions options{std::move(weights), std::move(activations), std::nullopt};
  // Files from before there were blocks have no such entry.
  if (const Config* size = object.config.find("block_size"); size && !size->is_null())
    options.block_size = object.config.get("block_size", 0);
  return QuantizationConfig(std::move(options));
}

QuantizationConfig validate_and_resolve_config(const std::string& mode,
                                               const QuantizationConfig& config) {
  if (!mode.empty()) check_mode(mode);
  if (!config.defined()) {
    if (mode.empty()) throw ValueError("You must provide either `mode` or `config` to `quantize`.");
    return mode == "int8" ? Int8QuantizationConfig() : Int4QuantizationConfig();
  }
  if (!mode.empty() && mode != config.mode())
    throw ValueError(
        str("Contradictory arguments: mode='", mode, "' but config.mode='", config.mode(), "'"));
  return config;
}

}  // namespace keras::quantizers
