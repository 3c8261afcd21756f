#pragma once

#include "keras/engine/graph/op.h"

namespace keras::ops {

/// Attributes of `softmax` and `log_softmax`: one axis, counted from the front.
struct SoftmaxAttrs {
  int axis = 0;
  bool operator==(const SoftmaxAttrs&) const = default;
  void visit(auto&& field) const { field("axis", axis); }
};

extern const engine::Op softmax_op;
extern const engine::Op log_softmax_op;

}  // namespace keras::ops
