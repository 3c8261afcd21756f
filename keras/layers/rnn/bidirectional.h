#pragma once

#include <optional>
#include <string>

#include "keras/layers/rnn/rnn.h"

namespace keras::layers {

struct BidirectionalOptions {
  /// "concat", "sum", "mul" or "ave"; unset (None) gives both outputs apart.
  std::optional<std::string> merge_mode = "concat";
  /// First values of the weights: half of them the forward layer's, half the backward layer's.
  Tensors weights = {};
  /// A copy of `layer` in the other direction unless given.
  Layer backward_layer = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Two recurrent layers over the same steps, one from each end: Schuster and Paliwal,
/// "Bidirectional recurrent neural networks" (1997). The forward layer is a copy of `layer`; with
/// `return_sequences` masked steps give zeros. Keras: keras.layers.Bidirectional.
class Bidirectional : public RNN {
 public:
  /// Throws ValueError for a layer that is not recurrent, for an unknown merge mode, and for two
  /// layers that differ in what they return or not in their direction.
  explicit Bidirectional(Layer layer, BidirectionalOptions options = {});
  static Bidirectional from_config(const Config& config);

  Layer forward_layer() const;
  Layer backward_layer() const;
  /// Throws ValueError unless the layers are `stateful`.
  void reset_state() const;
  void reset_states() const { reset_state(); }
};

}  // namespace keras::layers
