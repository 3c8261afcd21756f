#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/math.h"
#include "keras/ops/record.h"

namespace keras::ops {

Tensor cdist(const Tensor& x, const Tensor& y) {
  return call_or_record("CDist", {x, y}, Config::dict(), [](const Tensors& in) {
    if (in[0].rank() < 2 || in[1].rank() < 2)
      throw ValueError("`cdist` inputs must have rank >= 2");
    if (in[0].shape()[-1] != in[1].shape()[-1])
      throw ValueError(str("Last dimension of inputs to `cdist` must match; received shapes ",
                           in[0].shape(), " and ", in[1].shape(), "."));
    const Tensor gaps = expand_dims(in[0], {.axis = -2}) - expand_dims(in[1], {.axis = -3});
    return sqrt(sum(square(gaps), {.axis = -1}));
  });
}

Tensor extract_sequences(const Tensor& x, std::int64_t sequence_length,
                         std::int64_t sequence_stride) {
  if (sequence_length < 1 || sequence_stride < 1)
    throw ValueError(
        str("extract_sequences: sequence_length and sequence_stride must be positive; "
            "received ",
            sequence_length, " and ", sequence_stride, "."));
  return call_or_record(
      "ExtractSequences", {x},
      {{"sequence_length", sequence_length}, {"sequence_stride", sequence_stride}},
      [=](const Tensors& in) {
        const std::int64_t size = in[0].shape()[-1];
        const std::int64_t count =
            size < sequence_length ? 0 : (size - sequence_length) / sequence_stride + 1;
        const Tensor places =
            iota({count, sequence_length}, 0) * sequence_stride + iota({count, sequence_length}, 1);
        return take(in[0], places, {.axis = -1});
      });
}

}  // namespace keras::ops
