#pragma once

#include <cstdint>
#include <string>

#include "keras/engine/tensor/tensor.h"

/// Connectionist temporal classification: Graves et al. (2006).
namespace keras::ops {

struct CtcLossOptions {
  std::int64_t mask_index = 0;  ///< the class that is no label
};
/// The negative log-probability, (batch), of the labels `target` (batch, labels) given the logits
/// `output` (batch, steps, classes), of which the first `target_length` and `output_length` (batch)
/// count. Throws ShapeError for other ranks. Keras: keras.ops.ctc_loss.
Tensor ctc_loss(const Tensor& target, const Tensor& output, const Tensor& target_length,
                const Tensor& output_length, CtcLossOptions options = {});

struct CtcDecodeOptions {
  std::string strategy = "greedy";  ///< the best class of each step; or "beam_search"
  std::int64_t beam_width = 100;    ///< how many beginnings a search keeps
  std::int64_t top_paths = 1;       ///< how many results it gives
  bool merge_repeated = true;       ///< of "greedy": the same class twice is one label
  std::int64_t mask_index = 0;      ///< the class that is no label
};
struct CtcDecoded {
  Tensor labels;  ///< int32 (paths, batch, steps), filled up with -1
  Tensor
      scores;  ///< (batch, paths): of "greedy" minus the sum of the logits, else log-probabilities
};
/// The labels that logits (batch, steps, classes) stand for, of which the first `sequence_lengths`
/// (batch) steps count. Throws ValueError for other strategies. Keras: keras.ops.ctc_decode.
CtcDecoded ctc_decode(const Tensor& inputs, const Tensor& sequence_lengths,
                      CtcDecodeOptions options = {});

}  // namespace keras::ops
