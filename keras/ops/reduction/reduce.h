#pragma once

#include <vector>

#include "keras/engine/graph/op.h"

namespace keras::ops {

enum class ReduceKind : std::uint8_t { kSum, kProd, kMax, kMin, kAny, kAll };

/// Axes are sorted and count from the front.
struct ReduceAttrs {
  ReduceKind kind = ReduceKind::kSum;
  std::vector<int> axes;
  bool keepdims = false;
  bool operator==(const ReduceAttrs&) const = default;
  void visit(auto&& field) const {
    field("kind", kind);
    field("axes", axes);
    field("keepdims", keepdims);
  }
};
/// x → y of x's dtype; any and all take bool.
extern const engine::Op reduce_op;

struct ArgReduceAttrs {
  bool max = true;
  int axis = 0;
  bool operator==(const ArgReduceAttrs&) const = default;
  void visit(auto&& field) const {
    field("max", max);
    field("axis", axis);
  }
};
/// x → int32 index of the first extremum (or the first NaN) along an axis, which goes away.
extern const engine::Op arg_reduce_op;

struct CumulativeAttrs {
  bool product = false;
  int axis = 0;
  bool reverse = false;
  bool operator==(const CumulativeAttrs&) const = default;
  void visit(auto&& field) const {
    field("product", product);
    field("axis", axis);
    field("reverse", reverse);
  }
};
/// x → running sums or products along an axis.
extern const engine::Op cumulative_op;

}  // namespace keras::ops
