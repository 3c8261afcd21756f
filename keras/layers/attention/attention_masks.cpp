#include "keras/layers/attention/attention_masks.h"

#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// The place of each query or key, along an axis of (1, queries, keys).
Tensor places(std::int64_t count, int axis) {
  Shape shape{1, 1, 1};
  shape[axis] = count;
  return ops::reshape(ops::arange(count), shape);
}

Tensor as_bool(const Tensor& mask) { return ops::cast(mask, DType::kBool); }

}  // namespace

Tensor causal_mask(std::int64_t queries, std::int64_t keys) {
  return ops::greater_equal(places(queries, 1), places(keys, 2));
}

Tensor both_masks(const Tensor& a, const Tensor& b) {
  if (!a.defined()) return b;
  return b.defined() ? ops::logical_and(a, b) : a;
}

Tensor merge_masks(const AttentionMasks& masks, std::int64_t queries, std::int64_t keys) {
  Tensor merged;
  if (masks.query.defined()) merged = ops::expand_dims(as_bool(masks.query), {.axis = -1});
  if (masks.value.defined())
    merged = both_masks(merged, ops::expand_dims(as_bool(masks.value), {.axis = -2}));
  if (masks.key.defined())
    merged = both_masks(merged, ops::expand_dims(as_bool(masks.key), {.axis = -2}));
  if (masks.causal) merged = both_masks(merged, causal_mask(queries, keys));
  if (masks.sliding_window)
    merged = both_masks(
        merged, ops::less(ops::abs(places(queries, 1) - places(keys, 2)), *masks.sliding_window));
  if (!masks.attention.defined()) return merged;
  return both_masks(as_bool(masks.attention), merged);
}

Tensor with_head_axes(Tensor mask, int rank, int attention_axes) {
  while (mask.rank() < rank) mask = ops::expand_dims(mask, {.axis = -attention_axes * 2 - 1});
  return mask;
}

}  // namespace keras::layers
