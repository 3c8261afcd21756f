#pragma once

#include <string>

#include "keras/layers/config_reader.h"
#include "keras/layers/core/einsum_dense.h"

namespace keras::layers {

/// An initializer that draws other values than the given one, unless that has a seed.
initializers::Initializer fresh(const initializers::Initializer& given);

/// A projection inside an attention layer, with what that was told for all of them. `bias_axes` are
/// used when there are biases.
template <typename Options>
EinsumDense make_projection(const std::string& name, const std::string& equation,
                            const Shape& output_shape, const std::string& bias_axes,
                            const Options& options, const DTypePolicy& dtype) {
  return EinsumDense(equation, output_shape,
                     {.activation = name == "gate" ? "sigmoid" : "linear",
                      .bias_axes = options.use_bias ? bias_axes : std::string(),
                      .kernel_initializer = fresh(options.kernel_initializer),
                      .bias_initializer = fresh(options.bias_initializer),
                      .kernel_regularizer = options.kernel_regularizer,
                      .bias_regularizer = options.bias_regularizer,
                      .activity_regularizer = options.activity_regularizer,
                      .kernel_constraint = options.kernel_constraint,
                      .bias_constraint = options.bias_constraint,
                      .name = name,
                      .dtype = dtype});
}

/// Writes the arguments of the projections, and the seed that follows them.
template <typename Options>
void set_projection_config(const Options& options, Config& config) {
  config.set("kernel_initializer", options.kernel_initializer.serialize());
  config.set("bias_initializer", options.bias_initializer.serialize());
  config.set("kernel_regularizer", options.kernel_regularizer.serialize());
  config.set("bias_regularizer", options.bias_regularizer.serialize());
  config.set("activity_regularizer", options.activity_regularizer.serialize());
  config.set("kernel_constraint", options.kernel_constraint.serialize());
  config.set("bias_constraint", options.bias_constraint.serialize());
  config.set("seed", options.seed ? Config(*options.seed) : Config());
}

/// Reads what all layers with heads have besides their sizes.
template <typename Options>
void read_attention_config(ConfigReader& reader, Options& options) {
  options.dropout = reader.get("dropout", 0.0);
  options.use_bias = reader.get("use_bias", true);
  options.use_gate = reader.get("use_gate", false);
  if (const auto window = reader.get_optional_int("sliding_window"))
    options.sliding_window = static_cast<int>(*window);
  if (const Config& flash = reader.get("flash_attention"); flash.is_bool())
    options.flash_attention = flash.as_bool();
  else if (!flash.is_null() && flash != Config("auto"))
    reader.expect("flash_attention", nullptr);
  options.kernel_initializer =
      initializers::Initializer::deserialize(reader.get("kernel_initializer"));
  options.bias_initializer = initializers::Initializer::deserialize(reader.get("bias_initializer"));
  options.kernel_regularizer =
      regularizers::Regularizer::deserialize(reader.get("kernel_regularizer"));
  options.bias_regularizer = regularizers::Regularizer::deserialize(reader.get("bias_regularizer"));
  options.activity_regularizer =
      regularizers::Regularizer::deserialize(reader.get("activity_regularizer"));
  options.kernel_constraint = constraints::Constraint::deserialize(reader.get("kernel_constraint"));
  options.bias_constraint = constraints::Constraint::deserialize(reader.get("bias_constraint"));
  options.seed = reader.get_optional_int("seed");
}

/// Throws ValueError for a window, a dropout rate or a way of computing that there is not.
void check_attention_options(const std::optional<int>& sliding_window, double dropout,
                             const std::optional<bool>& flash_attention);

}  // namespace keras::layers
