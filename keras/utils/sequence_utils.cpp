#include "keras/utils/sequence_utils.h"

#include <algorithm>
#include <cmath>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"

namespace keras::utils {
namespace {

std::int64_t length_of(const Tensor& sequence) {
  if (sequence.rank() == 0)
    throw ValueError("`sequences` must be a list of iterables. Found non-iterable: a scalar");
  return sequence.shape()[0];
}

void check_side(const char* what, const std::string& side) {
  if (side != "pre" && side != "post")
    throw ValueError(str(what, " type \"", side, "\" not understood"));
}

void check_value(const PadSequencesOptions& o) {
  constexpr double kTooLarge = 0x1p63;
  if (!is_float(o.dtype) && !(std::abs(o.value) < kTooLarge))
    throw ValueError(str("`dtype` ", dtype_name(o.dtype), " is not compatible with `value`: ",
                         o.value, " is no number that it holds."));
}

/// In whole numbers where the result holds such, so that none is rounded on its way.
template <typename T>
Tensor padded(const Tensors& sequences, const Shape& samples, std::int64_t maxlen,
              const PadSequencesOptions& o) {
  const std::int64_t width = samples.size();
  Shape shape = {static_cast<std::int64_t>(sequences.size()), maxlen};
  for (const auto size : samples) shape.push_back(size);
  std::vector<T> out(static_cast<std::size_t>(shape.size()), static_cast<T>(o.value));
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const std::int64_t length = length_of(sequences[i]), kept = std::min(length, maxlen);
    if (length == 0) continue;
    const auto values = sequences[i].to_vector<T>();
    const std::int64_t from = o.truncating == "pre" ? length - kept : 0;
    const std::int64_t to =
        static_cast<std::int64_t>(i) * maxlen + (o.padding == "pre" ? maxlen - kept : 0);
    std::copy_n(values.begin() + from * width, kept * width, out.begin() + to * width);
  }
  return ops::cast(Tensor::from(out, shape), o.dtype);
}

}  // namespace

Tensor pad_sequences(const Tensors& sequences, PadSequencesOptions options) {
  check_side("Truncating", options.truncating);
  check_side("Padding", options.padding);
  check_value(options);
  std::int64_t longest = 0;
  std::optional<Shape> samples;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const std::int64_t length = length_of(sequences[i]);
    longest = std::max(longest, length);
    if (length == 0) continue;
    const Shape shape = sequences[i].shape().slice(1);
    if (!samples) samples = shape;
    if (shape != *samples)
      throw ValueError(str("Shape of sample ", shape, " of sequence at position ", i,
                           " is different from expected shape ", *samples));
  }
  const std::int64_t maxlen = options.maxlen.value_or(longest);
  if (maxlen < 0) throw ValueError(str("`maxlen` must not be negative. Received: maxlen=", maxlen));
  const Shape shape = samples.value_or(Shape());
  return is_float(options.dtype) ? padded<double>(sequences, shape, maxlen, options)
                                 : padded<std::int64_t>(sequences, shape, maxlen, options);
}

}  // namespace keras::utils
