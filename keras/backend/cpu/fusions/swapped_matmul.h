#pragma once

#include "keras/backend/cpu/onednn/matmul.h"
#include "keras/engine/graph/graph.h"
#include "keras/ops/linalg/matmul.h"

namespace keras::backend::cpu {

/// A product of tensors of four axes, some of which lie in memory with their two middle axes
/// swapped, as attention's heads do: (batch, steps, heads, width) for (batch, heads, steps, width).
struct SwappedMatmulAttrs {
  ops::MatmulAttrs product;
  bool a = false, b = false, c = false;  ///< what lies so

  bool operator==(const SwappedMatmulAttrs&) const = default;
  void visit(auto&& field) const {
    product.visit(field);
    field("a", a);
    field("b", b);
    field("c", c);
  }
};

extern const engine::Op swapped_matmul_op;
extern const engine::Kernel onednn_swapped_matmul;

/// The pass: products read and write heads as they lie, where copies would put them in order before
/// and after.
engine::Graph swap_in_matmul(engine::Graph graph);

}  // namespace keras::backend::cpu
