#pragma once

#include <optional>

#include "keras/engine/tensor/tensor.h"

namespace keras::layers {

/// What keeps queries from looking at keys; empty tensors keep nobody from anything.
struct AttentionMasks {
  Tensor query;      ///< (batch, queries)
  Tensor value;      ///< (batch, keys)
  Tensor key;        ///< (batch, keys)
  Tensor attention;  ///< broadcasts with (batch, queries, keys)
  bool causal = false;
  std::optional<int> sliding_window = {};

  /// Whether being causal is all there is.
  bool only_causal() const {
    return causal && !sliding_window && !query.defined() && !value.defined() && !key.defined() &&
           !attention.defined();
  }
};

/// (1, queries, keys): True where the key's place is not after the query's.
Tensor causal_mask(std::int64_t queries, std::int64_t keys);

/// All of them together, (batch, queries, keys); undefined when there is none.
Tensor merge_masks(const AttentionMasks& masks, std::int64_t queries, std::int64_t keys);

/// Both; either may be undefined.
Tensor both_masks(const Tensor& a, const Tensor& b);

/// A mask with axes of size 1 put in before its last `2 * attention_axes` ones until it has `rank`
/// axes.
Tensor with_head_axes(Tensor mask, int rank, int attention_axes);

}  // namespace keras::layers
