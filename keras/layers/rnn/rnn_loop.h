#pragma once

#include "keras/layers/rnn/rnn_cell.h"

namespace keras::layers {

struct RNNLoopOptions {
  bool go_backwards = false;
  bool zero_output_for_mask = false;
  /// Whether the outputs of all steps are needed.
  bool return_sequences = false;
};

struct RNNLoopResult {
  Tensor last_output;
  Tensor outputs;  ///< (batch, steps, …) in the order of the work; undefined unless asked for
  Tensors states;
};

/// Calls a cell step by step over axis 1. `mask` is (batch, steps) or (batch, steps, n), where a
/// step counts when any of the n does; undefined for none.
RNNLoopResult run_rnn_loop(RNNCellImpl& cell, const Tensor& sequences, Tensors states,
                           const Tensor& mask, const RNNLoopOptions& options,
                           const CallContext& context);

/// A mask as booleans (batch, steps).
Tensor step_mask(const Tensor& mask);

}  // namespace keras::layers
