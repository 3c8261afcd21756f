#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/attention/attention_call.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct MultiHeadAttentionOptions {
  std::optional<int> value_dim = {};  ///< `key_dim` when not given
  double dropout = 0.0;               ///< the share of scores that training drops
  bool use_bias = true;
  /// The shape of an output step; the query's last axis when empty.
  Shape output_shape = {};
  /// The axes that are attended over; all but the batch and the last one when empty.
  std::vector<int> attention_axes = {};
  /// Queries look at keys at most `sliding_window - 1` places away.
  std::optional<int> sliding_window = {};
  std::optional<bool> flash_attention = {};  ///< true is an error: there is none
  initializers::Initializer kernel_initializer = "glorot_uniform";
  initializers::Initializer bias_initializer = "zeros";
  regularizers::Regularizer kernel_regularizer = {};
  regularizers::Regularizer bias_regularizer = {};
  regularizers::Regularizer activity_regularizer = {};
  constraints::Constraint kernel_constraint = {};
  constraints::Constraint bias_constraint = {};
  /// Whether a sigmoid of a projection of the query scales the result: Qiu et al., "Gated attention
  /// for large language models" (2025).
  bool use_gate = false;
  std::optional<std::int64_t> seed = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Attention with several heads over projections of query, key and value: Vaswani et al.,
/// "Attention is all you need" (2017). (batch, queries…, n) and (batch, keys…, m) →
/// (batch, queries…, n). Keras: keras.layers.MultiHeadAttention.
class MultiHeadAttention : public Layer {
 public:
  /// Throws ValueError unless the sizes are positive.
  MultiHeadAttention(int num_heads, int key_dim, MultiHeadAttentionOptions options = {});
  static MultiHeadAttention from_config(const Config& config);

  /// As in Keras, `query_mask` has no effect: the mask of the query itself has.
  Tensor operator()(const Tensor& query, const Tensor& value,
                    AttentionCallOptions options = {}) const;
  /// The same with the scores (Keras: return_attention_scores).
  AttentionResult with_scores(const Tensor& query, const Tensor& value,
                              AttentionCallOptions options = {}) const;
};

}  // namespace keras::layers
