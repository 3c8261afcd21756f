#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

void check_same_shape(const Tensor& target, const Tensor& output) {
  if (target.shape() != output.shape())
    throw ShapeError(
        str("Arguments `target` and `output` must have the same shape. Received: "
            "target.shape=",
            target.shape(), ", output.shape=", output.shape()));
}

Tensor to_float(const Tensor& x) { return cast(x, to_float_dtype(x.dtype())); }

Tensor binary(const Tensor& given_target, const Tensor& given_output, bool from_logits) {
  check_same_shape(given_target, given_output);
  const Tensor output = to_float(given_output), target = cast(given_target, output.dtype());
  if (from_logits) {
    const Tensor log_positive = log_sigmoid(output), log_negative = log_sigmoid(-output);
    return -(target * log_positive) - (1 - target) * log_negative;
  }
  const Tensor p = clip(output, config::epsilon(), 1 - config::epsilon());
  return -(target * log(p) + (1 - target) * log(1 - p));
}

/// log(output) along the axis, where the outputs are logits or whatever adds up to their sum.
Tensor log_probabilities(const Tensor& output, bool from_logits, int axis) {
  if (from_logits) return log_softmax(output, {.axis = axis});
  const Tensor normalized = output / sum(output, {.axis = axis, .keepdims = true});
  return log(clip(normalized, config::epsilon(), 1 - config::epsilon()));
}

Tensor categorical(const Tensor& target, const Tensor& given_output,
                   const CategoricalCrossentropyOptions& options) {
  check_same_shape(target, given_output);
  if (target.rank() < 1)
    throw ShapeError(
        str("Arguments `target` and `output` must be at least rank 1. Received: "
            "target.shape=",
            target.shape(), ", output.shape=", given_output.shape()));
  const Tensor output = to_float(given_output);
  const Tensor log_p = log_probabilities(output, options.from_logits, options.axis);
  return -sum(cast(target, output.dtype()) * log_p, {.axis = options.axis});
}

Tensor sparse_categorical(const Tensor& given_target, const Tensor& given_output,
                          const CategoricalCrossentropyOptions& options) {
  if (given_output.rank() < 1)
    throw ShapeError(str("Argument `output` must be at least rank 1. Received: output.shape=",
                         given_output.shape()));
  const Tensor output = to_float(given_output);
  Tensor target = cast(given_target, DType::kInt32);
  if (target.rank() == output.rank() && target.shape()[-1] == 1)
    target = squeeze(target, {.axis = -1});
  if (target.shape() != output.shape().slice(0, output.rank() - 1))
    throw ShapeError(
        str("Arguments `target` and `output` must have the same shape up until the "
            "last dimension: target.shape=",
            target.shape(), ", output.shape=", output.shape()));
  const int axis = normalize_axis("sparse_categorical_crossentropy", options.axis, output.rank());
  const Tensor log_p = log_probabilities(output, options.from_logits, axis);
  const Tensor classes =
      one_hot(target, output.shape()[axis], {.axis = axis, .dtype = output.dtype()});
  return -sum(classes * log_p, {.axis = axis});
}

}  // namespace

Tensor binary_crossentropy(const Tensor& target, const Tensor& output,
                           BinaryCrossentropyOptions options) {
  const bool from_logits = options.from_logits;
  return call_or_record("BinaryCrossentropy", {target, output}, {{"from_logits", from_logits}},
                        [=](const Tensors& in) { return binary(in[0], in[1], from_logits); });
}

Tensor categorical_crossentropy(const Tensor& target, const Tensor& output,
                                CategoricalCrossentropyOptions options) {
  return call_or_record("CategoricalCrossentropy", {target, output},
                        {{"from_logits", options.from_logits}, {"axis", options.axis}},
                        [=](const Tensors& in) { return categorical(in[0], in[1], options); });
}

Tensor sparse_categorical_crossentropy(const Tensor& target, const Tensor& output,
                                       CategoricalCrossentropyOptions options) {
  return call_or_record(
      "SparseCategoricalCrossentropy", {target, output},
      {{"from_logits", options.from_logits}, {"axis", options.axis}},
      [=](const Tensors& in) { return sparse_categorical(in[0], in[1], options); });
}

}  // namespace keras::ops
