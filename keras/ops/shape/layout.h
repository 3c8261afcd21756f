#pragma once

#include <cstdint>
#include <vector>

#include "keras/engine/graph/op.h"

namespace keras::ops {

struct ReshapeAttrs {
  Shape shape;
  bool operator==(const ReshapeAttrs&) const = default;
  void visit(auto&& field) const { field("shape", shape); }
};
extern const engine::Op reshape_op;

/// Axis i of the output is axis `order[i]` of the input.
struct TransposeAttrs {
  std::vector<int> order;
  bool operator==(const TransposeAttrs&) const = default;
  void visit(auto&& field) const { field("order", order); }
};
extern const engine::Op transpose_op;

struct BroadcastAttrs {
  Shape shape;
  bool operator==(const BroadcastAttrs&) const = default;
  void visit(auto&& field) const { field("shape", shape); }
};
extern const engine::Op broadcast_to_op;

struct ConcatenateAttrs {
  int axis = 0;
  bool operator==(const ConcatenateAttrs&) const = default;
  void visit(auto&& field) const { field("axis", axis); }
};
extern const engine::Op concatenate_op;

/// Elements of `value` before and after each axis and `interior` ones between two elements; a
/// negative `low` or `high` cuts elements off.
struct PadAttrs {
  std::vector<std::int64_t> low, high, interior;
  double value = 0;
  bool operator==(const PadAttrs&) const = default;
  void visit(auto&& field) const {
    field("low", low);
    field("high", high);
    field("interior", interior);
    field("value", value);
  }
};
extern const engine::Op pad_op;

/// Elements start, start + step, … before stop, along each axis; steps are positive.
struct SliceAttrs {
  std::vector<std::int64_t> start, stop, step;
  bool operator==(const SliceAttrs&) const = default;
  void visit(auto&& field) const {
    field("start", start);
    field("stop", stop);
    field("step", step);
  }
};
extern const engine::Op slice_op;

/// Reverses axes.
struct FlipAttrs {
  std::vector<int> axes;
  bool operator==(const FlipAttrs&) const = default;
  void visit(auto&& field) const { field("axes", axes); }
};
extern const engine::Op flip_op;

/// 0, 1, 2 … along one axis of a shape.
struct IotaAttrs {
  Shape shape;
  int axis = 0;
  DType dtype = DType::kInt32;
  bool operator==(const IotaAttrs&) const = default;
  void visit(auto&& field) const {
    field("shape", shape);
    field("axis", axis);
    field("dtype", dtype);
  }
};
extern const engine::Op iota_op;

}  // namespace keras::ops
