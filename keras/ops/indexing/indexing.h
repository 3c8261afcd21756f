#pragma once

#include "keras/engine/graph/op.h"

namespace keras::ops {

/// (x, indices) → x's slices at the indices along an axis, which the indices' axes replace.
/// Negative indices count from the end; one out of range gives NaN, or the dtype's smallest value
/// for integers, as in Keras on JAX.
struct TakeAttrs {
  int axis = 0;
  bool operator==(const TakeAttrs&) const = default;
  void visit(auto&& field) const { field("axis", axis); }
};
extern const engine::Op take_op;

/// (indices, updates) → zeros of a size along axis 0 into which rows of updates are added; indices
/// are of rank 1, those out of range are passed over.
struct ScatterAddAttrs {
  std::int64_t size = 0;
  bool operator==(const ScatterAddAttrs&) const = default;
  void visit(auto&& field) const { field("size", size); }
};
extern const engine::Op scatter_add_op;

enum class ScatterKind : std::uint8_t { kUpdate, kMax, kMin, kMultiply };

/// (x, indices, updates) → x whose rows at the indices are replaced by, or combined with, rows of
/// updates, in order; indices are of rank 1, those out of range are passed over.
struct ScatterAttrs {
  ScatterKind kind = ScatterKind::kUpdate;
  bool operator==(const ScatterAttrs&) const = default;
  void visit(auto&& field) const { field("kind", kind); }
};
extern const engine::Op scatter_op;

}  // namespace keras::ops
