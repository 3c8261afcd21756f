#pragma once

#include <optional>
#include <string>

#include "keras/layers/layer.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct RNNOptions {
  bool return_sequences = false;  ///< the outputs of all steps instead of the last one
  bool return_state = false;      ///< the last states, too, as further outputs
  bool go_backwards = false;      ///< from the last step to the first; outputs come in that order
  bool stateful = false;          ///< a batch starts with the states that the one before ended with
  bool unroll = false;
  bool zero_output_for_mask = false;  ///< a masked step gives zeros, not the output before it
  regularizers::Regularizer activity_regularizer = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Further arguments of a recurrent layer's call.
struct RNNCallOptions {
  /// The states before the first step, one tensor a state; zeros when not given.
  Tensors initial_state = {};
  /// (batch, steps), True where a step counts; the input's own mask when not given.
  Tensor mask = {};
  std::optional<bool> training = {};
};

/// Repeats a cell over axis 1, the steps: (batch, steps, …) → (batch, …), or (batch, steps, …) with
/// `return_sequences`. A masked step keeps the states and repeats the output. Keras:
/// keras.layers.RNN.
class RNN : public Layer {
 public:
  /// Throws ValueError unless `cell` is a cell: Keras's, or derived from RNNCellImpl.
  explicit RNN(Layer cell, RNNOptions options = {});
  static RNN from_config(const Config& config);

  /// Throws ValueError with `return_state`.
  Tensor operator()(const Tensor& sequences, RNNCallOptions options = {}) const;
  /// The output and, with `return_state`, the last states.
  Tensors call_list(const Tensor& sequences, RNNCallOptions options = {}) const;

  /// The kept states of a `stateful` layer, of Bidirectional those of both layers; none before it
  /// is built.
  Tensors states() const;
  /// Sets the kept states to zero.
  void reset_state() const;
  void reset_states() const { reset_state(); }

 protected:
  RNN() = default;
};

/// Resets the kept states of a recurrent layer and of all recurrent layers inside a layer or model.
void reset_states(const Layer& layer);

}  // namespace keras::layers
