#pragma once

#include "keras/engine/graph/op.h"

namespace keras::ops {

/// Attributes of `matmul`: whether an operand's last two axes are read swapped.
struct MatmulAttrs {
  bool transpose_a = false;
  bool transpose_b = false;
  bool operator==(const MatmulAttrs&) const = default;
  void visit(auto&& field) const {
    field("transpose_a", transpose_a);
    field("transpose_b", transpose_b);
  }
};

/// (…, m, k) times (…, k, n) of one dtype, both of rank 2 at least; the leading axes broadcast.
extern const engine::Op matmul_op;

}  // namespace keras::ops
