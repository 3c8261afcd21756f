#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keras/layers/layer_impl.h"

namespace keras::layers {

/// What stays the same in all steps of a sequence: a cell's dropout masks, one for all gates or one
/// a gate; none where nothing is dropped.
struct SequenceConstants {
  Tensors input_masks = {};
  Tensors recurrent_masks = {};
  std::vector<SequenceConstants> cells = {};  ///< of the cells inside
};

/// How a cell is repeated.
struct RNNLoopOptions {
  bool go_backwards = false;
  bool zero_output_for_mask = false;
  /// Whether the outputs of all steps are needed.
  bool return_sequences = false;
  /// Whether a compiled function holds the steps one by one instead of a loop.
  bool unroll = false;
};

/// What the repetition gives.
struct RNNLoopResult {
  Tensor last_output;
  Tensor outputs;  ///< (batch, steps, …) in the order of the work; undefined unless asked for
  Tensors states;
  Tensors losses = {};  ///< what the steps added to the loss, where they were not done one by one
};

/// What a cell of one's own derives from: the work of one time step, which `RNN` repeats. A cell is
/// made with `make_layer<MyCell>(…)`; called by itself it takes inputs and states and gives the
/// output and the new states.
class RNNCellImpl : public LayerImpl {
 public:
  explicit RNNCellImpl(LayerBase base) : LayerImpl(std::move(base)) {}

  /// The shapes of the states, each without the batch axis. Keras: `state_size`.
  virtual Shapes state_shapes() const = 0;
  /// The output, then the new states in the order of `states`.
  virtual Tensors step(const Tensor& input, const Tensors& states, const CallContext& context) = 0;

  /// The states before the first step: zeros in the compute dtype, unless overridden.
  virtual Tensors initial_state(std::int64_t batch_size) const;
  /// The state that is the previous step's output, which a masked step repeats.
  virtual std::size_t output_state() const { return 0; }
  /// The cells that this one consists of: files have its states as a list for each of them.
  virtual std::vector<RNNCellImpl*> inner_cells() const { return {}; }
  /// What is drawn once a sequence, from the first step's input and states.
  virtual SequenceConstants sequence_constants(const Tensor& input, const Tensors& states,
                                               const CallContext& context);
  /// A step with these constants.
  virtual Tensors step_with(const Tensor& input, const Tensors& states,
                            const SequenceConstants& constants, const CallContext& context);

  /// The work of all steps in one operation, where there is one for these arguments. `mask` is
  /// undefined or bool (batch, steps).
  virtual std::optional<RNNLoopResult> run_sequence(const Tensor& /*sequences*/,
                                                    const Tensors& /*states*/,
                                                    const Tensor& /*mask*/,
                                                    const RNNLoopOptions& /*options*/,
                                                    const CallContext& /*context*/) {
    return std::nullopt;
  }

  std::vector<std::string> call_parameters() const override {
    return {"inputs", "states", "training"};
  }
  Tensors call_arguments(const CallArguments& arguments, const CallContext& context) override;
};

/// The cell behind a layer. Throws ValueError for a layer that is none.
RNNCellImpl& rnn_cell(const Layer& layer);

}  // namespace keras::layers
