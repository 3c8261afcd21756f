#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keras/layers/attention/attention_masks.h"
#include "keras/layers/layer.h"

namespace keras {
class CallArguments;
}

namespace keras::layers {

/// Further arguments of a call of MultiHeadAttention or GroupQueryAttention; empty tensors are not
/// given.
struct AttentionCallOptions {
  Tensor key = {};  ///< `value` when not given
  /// (batch, length), True where a step counts; those of the inputs when not given.
  Tensor query_mask = {};
  Tensor value_mask = {};
  Tensor key_mask = {};
  /// True where a query may look at a key; broadcasts to (batch, queries, keys).
  Tensor attention_mask = {};
  std::optional<bool> training = {};
  /// Whether a query may look only at keys up to its own place.
  bool use_causal_mask = false;
};

/// What a query got, and how it weighed the keys.
struct AttentionResult {
  Tensor output;
  Tensor scores;  ///< (batch, heads, queries, keys)
};

/// Calls a layer whose `call` has these arguments.
Tensors call_attention(const Layer& layer, const Tensor& query, const Tensor& value,
                       const AttentionCallOptions& options, bool return_attention_scores);

/// What such layers tell LayerImpl: the parameters of `call`, the shapes that `build` is told, and
/// these as files hold them.
std::vector<std::string> attention_call_parameters();
Shapes attention_build_shapes(const CallArguments& call);
Config attention_build_config(const Shapes& build_shapes);

/// A mask that is given, else that of the input.
Tensor mask_argument(const CallArguments& call, const char* argument, const Tensor& input);
/// The masks of a call; the query's is left to the layer.
AttentionMasks attention_masks_of(const CallArguments& call,
                                  const std::optional<int>& sliding_window);

}  // namespace keras::layers
