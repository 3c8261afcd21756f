#pragma once

#include <optional>
#include <string>

#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/quantizers/quantization_config.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct ReversibleEmbeddingOptions {
  bool tie_weights = true;  ///< whether the way back uses the same matrix
  initializers::Initializer embeddings_initializer = "uniform";
  regularizers::Regularizer embeddings_regularizer = {};
  constraints::Constraint embeddings_constraint = {};
  bool mask_zero = false;          ///< whether the number 0 is padding
  std::string reverse_dtype = {};  ///< in which the way back is computed; unset: as it comes
  /// Bounds the logits of the way back to plus and minus this by a tanh.
  std::optional<double> logit_soft_cap = {};
  /// How the embeddings are rounded where the dtype policy says that they are.
  quantizers::QuantizationConfig quantization_config = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

struct ReversibleEmbeddingCallOptions {
  /// Whether to project vectors back to a logit for each number.
  bool reverse = false;
};

/// A vector for each number below `input_dim`, and the way back from vectors to logits: Press and
/// Wolf, "Using the output embedding to improve language models" (2016). (…) → (…, output_dim), or
/// reversed (…, output_dim) → (…, input_dim). Keras: keras.layers.ReversibleEmbedding.
class ReversibleEmbedding : public Layer {
 public:
  /// Throws ValueError unless both sizes are positive.
  ReversibleEmbedding(int input_dim, int output_dim, ReversibleEmbeddingOptions options = {});
  static ReversibleEmbedding from_config(const Config& config);

  Tensor operator()(const Tensor& x, ReversibleEmbeddingCallOptions options = {}) const;
};

}  // namespace keras::layers
