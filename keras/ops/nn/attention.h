#pragma once

#include "keras/engine/graph/op.h"
#include "keras/engine/tensor/dtype.h"

namespace keras::ops {

/// Attributes of scaled dot-product attention and of its gradient.
struct AttentionAttrs {
  double scale = 1;     ///< of the products of queries and keys
  bool causal = false;  ///< query t sees the keys 0 … t
  bool biased = false;  ///< a bias of the scores is among the inputs; never of the gradient
  bool masked = false;  ///< a mask is among the inputs
  bool operator==(const AttentionAttrs&) const = default;
  void visit(auto&& field) const {
    field("scale", scale);
    field("causal", causal);
    field("biased", biased);
    field("masked", masked);
  }
};

/// (query (batch, T, N, H), key (batch, S, K, H), value (batch, S, K, V), bias?, mask?) →
/// (y (batch, T, N, V), maximum (batch, N, T), sum (batch, N, T)): y is softmax(scores)·value, with
/// scores = scale · query·key + bias (batch, N, T, S) where the bool mask is true; their softmax is
/// exp(scores - maximum) / sum. K divides N: N / K heads side by side share a head of the keys.
/// Bias and mask have four axes, each of the scores' size or 1. A query that sees no key weighs all
/// alike. All but the mask is of one dtype.
/// A. Vaswani et al., "Attention Is All You Need" (2017); that the gradient works the scores out
/// again, which takes less time than their memory: T. Dao et al., "FlashAttention" (2022).
extern const engine::Op attention_op;
/// (query, key, value, mask?, maximum, sum, dy) → (dquery, dkey, dvalue), with the statistics that
/// attention gave
extern const engine::Op attention_gradient_op;

/// What stands for a score that a mask hides: so low that it vanishes beside others, and yet a
/// number, so that a row of nothing else has no NaN.
double hidden_score(DType dtype);

}  // namespace keras::ops
