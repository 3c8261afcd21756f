#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "keras/engine/tensor/tensor.h"

namespace keras {

/// What a layer asks of one of its inputs (Keras: keras.layers.InputSpec).
struct InputSpec {
  std::optional<int> ndim = {};
  std::optional<int> min_ndim = {};
  std::optional<int> max_ndim = {};
  /// Axis (negative ones count from the end) to required size.
  std::map<int, std::int64_t> axes = {};
};

/// Throws ShapeError, in Keras's words, unless the inputs meet the specs; no specs ask nothing.
void check_inputs(const std::string& layer_name, const std::vector<InputSpec>& specs,
                  const Tensors& inputs);

}  // namespace keras
