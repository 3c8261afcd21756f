#pragma once

#include <vector>

#include "keras/engine/graph/op.h"

namespace keras::testing {

/// A call to try a primitive with. float64 inputs lie where the operation is smooth.
struct OpSample {
  const engine::Op* op;
  Tensors inputs;
  engine::Attrs attrs = engine::NoAttrs{};
  /// The inputs that finite differences must agree with the gradient for; all if empty.
  std::vector<bool> smooth_in = {};
};

/// At least one for each primitive.
std::vector<OpSample> op_samples();

}  // namespace keras::testing
