#pragma once

#include <limits>

#include "keras/engine/graph/graph.h"
#include "keras/engine/runtime/kernel.h"
#include "keras/ops/nn/normalization.h"

namespace keras::backend::cpu {

/// Batch normalization in training, what is added to it, and the rectifier behind.
struct FusedBatchNormAttrs {
  ops::BatchNormAttrs norm;
  bool residual = false;   ///< another tensor of x's shape is added
  bool rectified = false;  ///< the outcome is brought to [0, max_value]
  double max_value = std::numeric_limits<double>::infinity();
  bool sums = false;  ///< of a gradient: what dx is by column, added up, is a result

  bool operator==(const FusedBatchNormAttrs&) const = default;
  void visit(auto&& field) const {
    norm.visit(field);
    field("residual", residual);
    field("rectified", rectified);
    field("max_value", max_value);
    field("sums", sums);
  }
};

/// (x, gamma?, beta?, residual?) → (y, mean, variance)
extern const engine::Op fused_batch_norm_op;
/// (x, gamma?, beta?, mean, variance, dy) → (dx, dgamma, dbeta, sums of dx?), where dy counts only
/// for what the rectifier, which is computed again from x, let pass. There is no residual.
extern const engine::Op fused_batch_norm_gradient_op;

/// What a call, fused or not, asks of the kernel.
FusedBatchNormAttrs batch_norm_problem(const engine::KernelCall& call);

/// The pass: a residual and a rectifier into the batch normalization before them, where nobody else
/// needs what lies between, and the rectifier's gradient into the normalization's, which then gives
/// the gradient of a bias before it, too: memory is gone through twice instead of five times.
engine::Graph fuse_batch_norm(engine::Graph graph);

}  // namespace keras::backend::cpu
