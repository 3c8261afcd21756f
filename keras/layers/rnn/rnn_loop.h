#pragma once

#include "keras/layers/rnn/rnn_cell.h"

namespace keras::layers {

/// Runs a cell over axis 1, in one operation where the cell has one; else step by step, in compiled
/// functions as a loop. `mask` is (batch, steps) or (batch, steps, n), where a step counts when any
/// of the n does; undefined for none.
RNNLoopResult run_rnn_loop(RNNCellImpl& cell, const Tensor& sequences, const Tensors& states,
                           const Tensor& mask, const RNNLoopOptions& options,
                           const CallContext& context);

}  // namespace keras::layers
