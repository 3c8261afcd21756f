#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/layers/layer.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::testing {

/// Expects a layer made from the config of another to have that config, and a config with an
/// argument that the class does not have to be refused.
template <typename LayerClass>
void expect_config_round_trip(const LayerClass& layer) {
  const Config config = layer.get_config();
  EXPECT_EQ(LayerClass::from_config(config).get_config(), config);
  EXPECT_EQ(LayerClass::from_config(config).class_name(), layer.class_name());
  Config wrong = config;
  wrong.set("no_such_argument", 1);
  expect_error<ValueError>([&] { LayerClass::from_config(wrong); }, "no_such_argument");
}

/// Expects the keys of a config besides `name`, `trainable` and `dtype`, in this order.
inline void expect_config_keys(const Layer& layer, const std::vector<std::string>& keys) {
  std::vector<std::string> found;
  const Config config = layer.get_config();
  for (const auto& [key, value] : config.as_dict()) found.push_back(key);
  std::vector<std::string> expected = {"name", "trainable", "dtype"};
  expected.insert(expected.end(), keys.begin(), keys.end());
  EXPECT_EQ(found, expected);
}

/// The output for a ramp with ramps as weights.
inline Tensor of_ramps(const Layer& layer, const Shape& shape, CallOptions options = {}) {
  layer.build(shape);
  Tensors weights;
  for (const Variable& weight : layer.weights()) weights.push_back(ramp(weight.shape()));
  layer.set_weights(weights);
  return layer(ramp(shape), options);
}

/// Expects the gradient of a float64 layer's output with respect to its input to be right.
inline void expect_input_gradients(const Layer& layer, const Shape& shape,
                                   CallOptions options = {}) {
  expect_gradients([&](const Tensors& in) { return layer(in[0], options); }, {distinct(shape)});
}

}  // namespace keras::testing
