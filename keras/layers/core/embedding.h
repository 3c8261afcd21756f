#pragma once

#include <string>

#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/quantizers/quantization_config.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct EmbeddingOptions {
  initializers::Initializer embeddings_initializer = "uniform";
  regularizers::Regularizer embeddings_regularizer = {};
  constraints::Constraint embeddings_constraint = {};
  /// Whether 0 stands for nothing: the output's mask is false there, and 0 is no other word.
  bool mask_zero = false;
  regularizers::Regularizer activity_regularizer = {};
  /// How the embeddings are rounded where the dtype policy says that they are.
  quantizers::QuantizationConfig quantization_config = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// A vector of `output_dim` trainable numbers for each of the integers in [0, input_dim):
/// (…) → (…, output_dim). Keras: keras.layers.Embedding.
class Embedding : public Layer {
 public:
  /// Throws ValueError unless both sizes are positive.
  Embedding(int input_dim, int output_dim, EmbeddingOptions options = {});
  static Embedding from_config(const Config& config);
};

}  // namespace keras::layers
