#pragma once

#include <optional>
#include <string>

#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/attention/attention_call.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct GroupQueryAttentionOptions {
  double dropout = 0.0;  ///< the share of scores that training drops
  bool use_bias = true;
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
  /// Whether a sigmoid of a projection of the query scales the result.
  bool use_gate = false;
  std::optional<std::int64_t> seed = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Attention in which groups of query heads share a head of keys and values: Ainslie et al., "GQA"
/// (2023). (batch, queries, n) and (batch, keys, m) → (batch, queries, n). Keras:
/// keras.layers.GroupQueryAttention.
class GroupQueryAttention : public Layer {
 public:
  /// Throws ValueError unless the sizes are positive and `num_query_heads` a multiple of
  /// `num_key_value_heads`.
  GroupQueryAttention(int head_dim, int num_query_heads, int num_key_value_heads,
                      GroupQueryAttentionOptions options = {});
  static GroupQueryAttention from_config(const Config& config);

  Tensor operator()(const Tensor& query, const Tensor& value,
                    AttentionCallOptions options = {}) const;
  /// The same with the scores (Keras: return_attention_scores).
  AttentionResult with_scores(const Tensor& query, const Tensor& value,
                              AttentionCallOptions options = {}) const;
};

}  // namespace keras::layers
