#pragma once

#include <utility>
#include <vector>

#include "keras/layers/config_reader.h"
#include "keras/ops/axes.h"

namespace keras {

/// The last thing `from_config` does: reads `name`, `trainable` and `dtype` into a layer's options.
/// Throws ValueError when the config has arguments that nobody asked for.
template <typename Options>
Options finish_options(const ConfigReader& reader, Options options) {
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
  return options;
}

/// An axis or a list of them, as Keras writes an `axis` argument; null is none given.
inline Axes axes_from_config(const Config& config) {
  if (config.is_null()) return {};
  if (!config.is_list()) return Axes(static_cast<int>(config.as_int()));
  std::vector<int> axes;
  for (const auto& axis : config.as_list()) axes.push_back(static_cast<int>(axis.as_int()));
  return axes;
}

/// The same back; a single axis as a number.
inline Config axes_to_config(const Axes& axes) {
  if (!axes.value()) return nullptr;
  return axes.value()->size() == 1 ? Config(axes.value()->front()) : Config::list_of(*axes.value());
}

}  // namespace keras
