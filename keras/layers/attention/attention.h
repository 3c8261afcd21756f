#pragma once

#include <optional>
#include <string>

#include "keras/layers/attention/attention_call.h"

namespace keras::layers {

struct AttentionOptions {
  bool use_scale = false;          ///< whether the scores are scaled by a trained number
  std::string score_mode = "dot";  ///< or "concat": of the tanh of the sum of query and key
  double dropout = 0.0;            ///< the share of scores that training drops
  std::optional<std::int64_t> seed = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Further arguments of a call of Attention or AdditiveAttention; empty tensors are not given.
struct DenseAttentionCallOptions {
  Tensor key = {};  ///< `value` when not given
  /// (batch, queries): the output is 0 where it is False. That of the input when not given.
  Tensor query_mask = {};
  /// (batch, keys): what is not looked at where it is False. That of the input when not given.
  Tensor value_mask = {};
  std::optional<bool> training = {};
  /// Whether a query may look only at keys up to its own place.
  bool use_causal_mask = false;
};

/// Values weighed by the softmax of the products of query and keys: Luong et al., "Effective
/// approaches to attention-based neural machine translation" (2015). [query, value] or [query,
/// value, key] of (batch, length, n) → (batch, queries, n). Keras: keras.layers.Attention.
class Attention : public Layer {
 public:
  /// Throws ValueError for another `score_mode`.
  explicit Attention(AttentionOptions options = {});
  static Attention from_config(const Config& config);

  using Layer::operator();
  Tensor operator()(const Tensor& query, const Tensor& value,
                    DenseAttentionCallOptions options = {}) const;
  /// The same with the scores (Keras: return_attention_scores).
  AttentionResult with_scores(const Tensor& query, const Tensor& value,
                              DenseAttentionCallOptions options = {}) const;
};

struct AdditiveAttentionOptions {
  bool use_scale = true;  ///< whether the features are weighed by trained numbers
  double dropout = 0.0;   ///< the share of scores that training drops
  std::optional<std::int64_t> seed = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Attention whose scores are sums of the tanh of query and key: Bahdanau et al., "Neural machine
/// translation by jointly learning to align and translate" (2015). Keras:
/// keras.layers.AdditiveAttention.
class AdditiveAttention : public Layer {
 public:
  explicit AdditiveAttention(AdditiveAttentionOptions options = {});
  static AdditiveAttention from_config(const Config& config);

  using Layer::operator();
  Tensor operator()(const Tensor& query, const Tensor& value,
                    DenseAttentionCallOptions options = {}) const;
  /// The same with the scores (Keras: return_attention_scores).
  AttentionResult with_scores(const Tensor& query, const Tensor& value,
                              DenseAttentionCallOptions options = {}) const;
};

}  // namespace keras::layers
