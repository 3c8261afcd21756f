#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "keras/activations/activation.h"
#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/serialization.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

/// Calls `visit(key, field)` for each argument after `units` that the config of a recurrent layer
/// or cell has, in Keras's order.
template <typename Options, typename Visit>
void visit_cell_arguments(Options& o, const Visit& visit) {
  constexpr bool is_layer = requires { o.return_sequences; };
  constexpr bool has_forget_bias = requires { o.unit_forget_bias; };
  visit("activation", o.activation);
  if constexpr (requires { o.recurrent_activation; })
    visit("recurrent_activation", o.recurrent_activation);
  visit("use_bias", o.use_bias);
  if constexpr (has_forget_bias && !is_layer) visit("unit_forget_bias", o.unit_forget_bias);
  visit("kernel_initializer", o.kernel_initializer);
  visit("recurrent_initializer", o.recurrent_initializer);
  visit("bias_initializer", o.bias_initializer);
  if constexpr (has_forget_bias && is_layer) visit("unit_forget_bias", o.unit_forget_bias);
  visit("kernel_regularizer", o.kernel_regularizer);
  visit("recurrent_regularizer", o.recurrent_regularizer);
  visit("bias_regularizer", o.bias_regularizer);
  if constexpr (requires { o.activity_regularizer; })
    visit("activity_regularizer", o.activity_regularizer);
  visit("kernel_constraint", o.kernel_constraint);
  visit("recurrent_constraint", o.recurrent_constraint);
  visit("bias_constraint", o.bias_constraint);
  visit("dropout", o.dropout);
  visit("recurrent_dropout", o.recurrent_dropout);
  if constexpr (requires { o.reset_after; }) visit("reset_after", o.reset_after);
  visit("seed", o.seed);
}

/// Brings the rates of dropout into [0, 1], as Keras does.
template <typename Options>
void keep_rates_in_range(Options& o) {
  o.dropout = std::clamp(o.dropout, 0.0, 1.0);
  o.recurrent_dropout = std::clamp(o.recurrent_dropout, 0.0, 1.0);
}

inline Config argument_config(const activations::Activation& x) { return x.config(); }
inline Config argument_config(bool x) { return x; }
inline Config argument_config(double x) { return x; }
inline Config argument_config(const std::optional<std::int64_t>& x) {
  return x ? Config(*x) : Config();
}
template <typename T>
requires requires(const T& x) { x.serialize(); }
Config argument_config(const T& x) { return x.serialize(); }

inline void read_argument(ConfigReader& reader, const char* key, activations::Activation& into) {
  into = activation_from_config(reader.get(key));
}
inline void read_argument(ConfigReader& reader, const char* key, bool& into) {
  into = reader.get(key, into);
}
inline void read_argument(ConfigReader& reader, const char* key, double& into) {
  into = reader.get(key, into);
}
inline void read_argument(ConfigReader& reader, const char* key,
                          std::optional<std::int64_t>& into) {
  into = reader.get_optional_int(key);
}
template <typename T>
requires requires(const Config& c) { T::deserialize(c); }
void read_argument(ConfigReader& reader, const char* key, T& into) {
  if (const Config& given = reader.get(key); !given.is_null()) into = T::deserialize(given);
}

/// Writes these arguments behind `units`.
template <typename Options>
void write_cell_arguments(Config& config, const Options& options) {
  visit_cell_arguments(options, [&](const char* key, const auto& field) {
    config.set(key, argument_config(field));
  });
}

/// Reads them, and `implementation`, which older files have.
template <typename Options>
void read_cell_arguments(ConfigReader& reader, const Config& config, Options& options) {
  // A null activation is the linear one, a missing one the default.
  visit_cell_arguments(options, [&](const char* key, auto& field) {
    if (config.contains(key)) read_argument(reader, key, field);
  });
  if constexpr (requires { options.implementation; })
    options.implementation = reader.get("implementation", options.implementation);
}

}  // namespace keras::layers
