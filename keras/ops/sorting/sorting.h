#pragma once

#include "keras/engine/graph/op.h"

namespace keras::ops {

struct ArgsortAttrs {
  int axis = 0;
  bool descending = false;
  bool operator==(const ArgsortAttrs&) const = default;
  void visit(auto&& field) const {
    field("axis", axis);
    field("descending", descending);
  }
};
/// x → the int32 places of its elements in sorted order along an axis. Equal elements keep their
/// order; NaN is larger than all else.
extern const engine::Op argsort_op;

}  // namespace keras::ops
