#pragma once

#include "keras/ops/ctc.h"

namespace keras::ops {

/// The likeliest labellings, by a search that keeps the likeliest beginnings: labels and scores as
/// of CtcDecoded. Takes log-probabilities and int32 lengths; nothing has a gradient.
Tensors ctc_beam_search(const Tensor& log_probabilities, const Tensor& lengths,
                        const CtcDecodeOptions& options);

}  // namespace keras::ops
