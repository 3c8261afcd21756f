#pragma once

#include <optional>
#include <string>

#include "keras/activations/activation.h"
#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/quantizers/quantization_config.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct DenseOptions {
  activations::Activation activation = {};
  bool use_bias = true;
  initializers::Initializer kernel_initializer = "glorot_uniform";
  initializers::Initializer bias_initializer = "zeros";
  regularizers::Regularizer kernel_regularizer = {};
  regularizers::Regularizer bias_regularizer = {};
  regularizers::Regularizer activity_regularizer = {};
  constraints::Constraint kernel_constraint = {};
  constraints::Constraint bias_constraint = {};
  /// The rank of a trainable adaptation of the kernel, which is itself fixed then; see
  /// `Dense::enable_lora`.
  std::optional<int> lora_rank = {};
  /// The rank when unset. As in Keras 3.15, building the layer sets it to the rank; `enable_lora`
  /// takes another one.
  std::optional<int> lora_alpha = {};
  /// How the kernel is rounded where the dtype policy says that it is.
  quantizers::QuantizationConfig quantization_config = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Further arguments of `Dense::enable_lora`.
struct EnableLoraOptions {
  /// The rank when unset.
  std::optional<int> lora_alpha = {};
  initializers::Initializer a_initializer = "he_uniform";
  initializers::Initializer b_initializer = "zeros";
};

/// activation(x · kernel + bias) over the last axis: (…, n) → (…, units). Keras:
/// keras.layers.Dense.
class Dense : public Layer {
 public:
  /// Throws ValueError unless `units` is positive.
  explicit Dense(int units, DenseOptions options = {});
  static Dense from_config(const Config& config);

  /// Fixes the kernel and trains α/rank · A·B, which is added to it, instead (Hu et al., "LoRA",
  /// 2021). Compile the model again afterwards. Throws NotBuiltError before the layer is built, and
  /// ValueError when it is enabled already, for a rank below 1 and for a layer with a
  /// `kernel_constraint`.
  void enable_lora(int rank, EnableLoraOptions options = {}) const;
};

}  // namespace keras::layers
