#include "keras/random/random.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"
#include "keras/ops/random/random.h"

namespace keras::random {
namespace {

ops::RandomAttrs attrs_of(const Shape& shape, const std::string& dtype, const char* fallback) {
  return {shape.dims(), dtype_from_name(dtype.empty() ? fallback : dtype)};
}

Tensor draw(const engine::Op& op, const Shape& shape, const std::string& dtype, const Seed& seed) {
  return ops::emit(op, {seed.draw()}, attrs_of(shape, dtype, "float32"));
}

/// Leaves out what changes nothing: a program may draw in a loop, one call at a time.
Tensor scale_and_shift(const Tensor& x, double scale, double shift) {
  const Tensor scaled = scale == 1 ? x : x * scale;
  return shift == 0 ? scaled : scaled + shift;
}

Shape mask_shape(const Shape& inputs, const std::vector<std::int64_t>& noise_shape) {
  if (noise_shape.empty()) return inputs;
  if (static_cast<int>(noise_shape.size()) != inputs.rank())
    throw ShapeError(
        str("dropout: `noise_shape` must have one entry for each axis of the inputs, "
            "received noise_shape=",
            Shape(noise_shape), " for inputs of shape ", inputs, "."));
  Shape out(noise_shape);
  for (int axis = 0; axis < out.rank(); ++axis)
    if (out[axis] == kUnknown) out[axis] = inputs[axis];
  return out;
}

}  // namespace

Tensor normal(const Shape& shape, NormalOptions options) {
  const Tensor sample = draw(ops::random_normal_op, shape, options.dtype, options.seed);
  return scale_and_shift(sample, options.stddev, options.mean);
}

Tensor truncated_normal(const Shape& shape, NormalOptions options) {
  const Tensor sample = draw(ops::random_truncated_normal_op, shape, options.dtype, options.seed);
  return scale_and_shift(sample, options.stddev, options.mean);
}

Tensor uniform(const Shape& shape, UniformOptions options) {
  const Tensor sample = draw(ops::random_uniform_op, shape, options.dtype, options.seed);
  return scale_and_shift(sample, options.maxval - options.minval, options.minval);
}

Tensor randint(const Shape& shape, std::int64_t minval, std::int64_t maxval,
               RandintOptions options) {
  const ops::RandomIntegersAttrs attrs{attrs_of(shape, options.dtype, "int32"), minval, maxval};
  return ops::emit(ops::random_integers_op, {options.seed.draw()}, attrs);
}

Tensor categorical(const Tensor& logits, std::int64_t num_samples, RandintOptions options) {
  if (logits.rank() != 2)
    throw ShapeError(
        str("`logits` should be a 2-D tensor with shape [batch_size, num_classes]. "
            "Received: logits.shape=",
            logits.shape()));
  const Shape& shape = logits.shape();
  const Tensor fraction =
      draw(ops::random_uniform_op, {shape[0], num_samples, shape[1]}, "", options.seed);
  // The largest of independent Gumbel variables around the logits is at each class with the
  // probability that softmax gives it.
  const Tensor gumbel = ops::negative(ops::log(ops::negative(ops::log(fraction))));
  const Tensor scores = ops::expand_dims(logits, {.axis = 1}) + gumbel;
  return ops::cast(ops::argmax(scores, {.axis = -1}),
                   dtype_from_name(options.dtype.empty() ? "int32" : options.dtype));
}

Tensor dropout(const Tensor& inputs, double rate, DropoutOptions options) {
  if (!(rate >= 0 && rate <= 1))
    throw ValueError(str("dropout: `rate` must be between 0 and 1. Received: rate=", rate));
  if (rate == 1) return ops::zeros_like(inputs);
  if (rate == 0) return inputs;
  const double keep = 1 - rate;
  const Shape shape = mask_shape(inputs.shape(), options.noise_shape);
  const Tensor fraction = draw(ops::random_uniform_op, shape, "", options.seed);
  return ops::where(ops::less(fraction, keep), inputs / keep, 0);
}

Tensor shuffle(const Tensor& x, ShuffleOptions options) {
  const int axis = normalize_axis("shuffle", options.axis, x.rank());
  const ops::RandomAttrs attrs{{x.shape()[axis]}, DType::kInt32};
  const Tensor order = ops::emit(ops::random_permutation_op, {options.seed.draw()}, attrs);
  return ops::take(x, order, {.axis = axis});
}

}  // namespace keras::random
