#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/nn.h"
#include "keras/ops/nn/normalization.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

DType compute_dtype(DType dtype) { return promote(dtype, DType::kFloat32); }

std::pair<Tensor, Tensor> moments_of_values(const Tensor& given, const std::vector<int>& axes,
                                            bool keepdims) {
  const Tensor x = cast(given, compute_dtype(to_float_dtype(given.dtype())));
  const Tensor average = mean(x, {.axis = axes, .keepdims = true});
  const Tensor centered = x - average;
  Tensor variance = mean(centered * centered, {.axis = axes, .keepdims = keepdims});
  Tensor result = keepdims ? average : reshape(average, variance.shape());
  const DType dtype = to_float_dtype(given.dtype());
  if (dtype_size(dtype) == 2) {
    // The largest finite float16: the casts below must not overflow.
    constexpr double kLargest = 65504;
    result = clip(result, -kLargest, kLargest);
    variance = clip(variance, -kLargest, kLargest);
  }
  return {cast(result, dtype), cast(variance, dtype)};
}

/// A vector along `axis`, shaped to broadcast against x.
Tensor along_axis(const Tensor& vector, const char* name, const Tensor& x, int axis) {
  const Shape expected{x.shape()[axis]};
  if (vector.shape() != expected)
    throw ShapeError(str("Arguments `", name,
                         "` must be a vector of length `x.shape[axis]`. "
                         "Expected: `",
                         expected, "`. Received: `", vector.shape(), "."));
  Shape shape(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1));
  shape[axis] = expected[0];
  return reshape(vector, shape);
}

Tensor batch_normalization_of_values(const Tensor& x, const Tensor& mean, const Tensor& variance,
                                     int given_axis, const BatchNormalizationOptions& options) {
  const int axis = normalize_axis("batch_normalization", given_axis, x.rank());
  Tensor inverse = rsqrt(along_axis(variance, "variance", x, axis) + options.epsilon);
  if (options.scale) inverse = inverse * along_axis(*options.scale, "scale", x, axis);
  Tensor rest = -along_axis(mean, "mean", x, axis) * inverse;
  if (options.offset) rest = rest + along_axis(*options.offset, "offset", x, axis);
  return x * inverse + rest;
}

bool are_last(const std::vector<int>& axes, int rank) {
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes[i] != rank - static_cast<int>(axes.size() - i)) return false;
  return true;
}

/// A parameter over the normalized axes, shaped to broadcast against x.
Tensor over_axes(const Tensor& parameter, const Tensor& x, const std::vector<int>& axes) {
  if (parameter.rank() == x.rank()) return parameter;
  Shape shape(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1));
  for (const int axis : axes) shape[axis] = x.shape()[axis];
  return reshape(parameter, shape);
}

/// Over the last axes with parameters of exactly their shape: one operation.
Tensor layer_norm_of_last_axes(const Tensor& x, const LayerNormalizationOptions& options, int axes,
                               double epsilon) {
  const DType dtype = compute_dtype(x.dtype());
  Tensors inputs{x};
  if (options.gamma) inputs.push_back(cast(*options.gamma, dtype));
  if (options.beta) inputs.push_back(cast(*options.beta, dtype));
  const LayerNormAttrs attrs{axes, epsilon, options.gamma.has_value(), options.beta.has_value()};
  return emit(layer_norm_op, std::move(inputs), attrs);
}

Tensor layer_normalization_of_values(const Tensor& given,
                                     const LayerNormalizationOptions& options) {
  const Tensor x = cast(given, to_float_dtype(given.dtype()));
  const std::vector<int> axes = normalize_axes("layer_normalization", options.axis, x.rank());
  const double epsilon = options.epsilon.value_or(config::epsilon());
  const Shape normalized = x.shape().slice(x.rank() - static_cast<int>(axes.size()));
  const auto fits = [&](const std::optional<Tensor>& parameter) {
    return !parameter || parameter->shape() == normalized;
  };
  if (are_last(axes, x.rank()) && fits(options.gamma) && fits(options.beta))
    return layer_norm_of_last_axes(x, options, static_cast<int>(axes.size()), epsilon);
  const DType dtype = compute_dtype(x.dtype());
  const Tensor wide = cast(x, dtype);
  const auto [average, variance] = moments_of_values(wide, axes, true);
  Tensor inverse = rsqrt(variance + epsilon);
  if (options.gamma) inverse = inverse * over_axes(cast(*options.gamma, dtype), x, axes);
  Tensor rest = -average * inverse;
  if (options.beta) rest = rest + over_axes(cast(*options.beta, dtype), x, axes);
  return cast(wide * inverse + rest, x.dtype());
}

Tensor rms_normalization_of_values(const Tensor& given, const RmsNormalizationOptions& options) {
  const DType dtype = compute_dtype(to_float_dtype(given.dtype()));
  const Tensor x = cast(given, dtype);
  const Tensor square = mean(x * x, {.axis = options.axis, .keepdims = true});
  Tensor y = x * rsqrt(square + options.epsilon.value_or(config::epsilon()));
  if (options.scale) y = y * cast(*options.scale, dtype);
  return cast(y, to_float_dtype(given.dtype()));
}

Tensor normalize_of_values(const Tensor& given, const NormalizeOptions& options) {
  if (options.order < 1)
    throw ValueError(str("Argument `order` must be an int >= 1. Received: order=", options.order));
  Tensor x = cast(given, to_float_dtype(given.dtype()));
  if (x.rank() == 0) x = reshape(x, {1});
  const double epsilon = options.epsilon.value_or(config::epsilon());
  const Axes& axis = options.axis;
  if (options.order == 2) {
    const Tensor inverse = rsqrt(sum(x * x, {.axis = axis, .keepdims = true}));
    return x * minimum(inverse, 1 / epsilon);
  }
  const double order = options.order;
  const Tensor total = sum(power(abs(x), order), {.axis = axis, .keepdims = true});
  return x / maximum(power(total, 1 / order), epsilon);
}

/// The tensors that are there, in order, for a record; and the options with them put back.
Tensors present(const Tensor& x, const std::optional<Tensor>& first,
                const std::optional<Tensor>& second) {
  Tensors out{x};
  if (first) out.push_back(*first);
  if (second) out.push_back(*second);
  return out;
}

void put_back(const Tensors& in, std::size_t next, std::optional<Tensor>& first,
              std::optional<Tensor>& second) {
  if (first) first = in[next++];
  if (second) second = in[next];
}

Config axis_config(const std::vector<int>& axis) {
  if (axis.size() == 1) return axis[0];
  return Config::list_of(axis);
}

Config optional_config(const std::optional<double>& value) {
  if (!value) return {};
  return *value;
}

/// {"args": [x, …], "kwargs": {"gamma": …}} for the tensors that are there.
Config arguments(std::size_t positional, const char* first_name, bool first,
                 const char* second_name, bool second) {
  const auto reference = [](std::size_t index) {
    return Config{{"tensor", static_cast<std::int64_t>(index)}};
  };
  Config args = Config::list();
  for (std::size_t i = 0; i < positional; ++i) args.as_list().push_back(reference(i));
  Config kwargs = Config::dict();
  std::size_t next = positional;
  if (first) kwargs.set(first_name, reference(next++));
  if (second) kwargs.set(second_name, reference(next));
  return {{"args", args}, {"kwargs", kwargs}};
}

}  // namespace

std::pair<Tensor, Tensor> moments(const Tensor& x, const std::vector<int>& axes,
                                  MomentsOptions options) {
  const bool keepdims = options.keepdims;
  if (!any_symbolic({x})) return moments_of_values(x, axes, keepdims);
  const Config config{
      {"axes", Config::list_of(axes)}, {"keepdims", keepdims}, {"synchronized", false}};
  const Tensors out = record_op("Moments", {x}, config, [=](const Tensors& in) {
    const auto [average, variance] = moments_of_values(in[0], axes, keepdims);
    return Tensors{average, variance};
  });
  return {out[0], out[1]};
}

Tensor batch_normalization(const Tensor& x, const Tensor& mean, const Tensor& variance, int axis,
                           BatchNormalizationOptions options) {
  Tensors all = present(x, options.offset, options.scale);
  all.insert(all.begin() + 1, {mean, variance});
  if (!any_symbolic(all)) return batch_normalization_of_values(x, mean, variance, axis, options);
  return record_op(
      "BatchNorm", all, {{"axis", axis}, {"epsilon", options.epsilon}},
      [=](const Tensors& in) {
        BatchNormalizationOptions given = options;
        put_back(in, 3, given.offset, given.scale);
        return Tensors{batch_normalization_of_values(in[0], in[1], in[2], axis, given)};
      },
      arguments(3, "offset", options.offset.has_value(), "scale", options.scale.has_value()))[0];
}

BatchNormalized batch_normalize(const Tensor& x, int axis, BatchNormalizationOptions options) {
  if (x.rank() < 2)
    throw ShapeError(str("batch_normalize: the input must have rank 2 at least, received shape ",
                         x.shape(), "."));
  const int channels = normalize_axis("batch_normalize", axis, x.rank());
  const auto turned = [&](const Tensor& t) {
    return channels == x.rank() - 1 ? t : swapaxes(t, channels, x.rank() - 1);
  };
  Tensors inputs{turned(x)};
  if (options.scale) inputs.push_back(*options.scale);
  if (options.offset) inputs.push_back(*options.offset);
  const BatchNormAttrs attrs{options.epsilon, options.scale.has_value(),
                             options.offset.has_value()};
  const Tensors out = emit_all(batch_norm_training_op, std::move(inputs), attrs);
  return {turned(out[0]), out[1], out[2]};
}

Tensor layer_normalization(const Tensor& x, LayerNormalizationOptions options) {
  const Tensors all = present(x, options.gamma, options.beta);
  if (!any_symbolic(all)) return layer_normalization_of_values(x, options);
  return record_op(
      "LayerNorm", all,
      {{"axis", axis_config(options.axis)},
       {"epsilon", optional_config(options.epsilon)},
       {"rms_scaling", false}},
      [=](const Tensors& in) {
        LayerNormalizationOptions given = options;
        put_back(in, 1, given.gamma, given.beta);
        return Tensors{layer_normalization_of_values(in[0], given)};
      },
      arguments(1, "gamma", options.gamma.has_value(), "beta", options.beta.has_value()))[0];
}

Tensor rms_normalization(const Tensor& x, RmsNormalizationOptions options) {
  const Tensors all = present(x, options.scale, {});
  if (!any_symbolic(all)) return rms_normalization_of_values(x, options);
  return record_op(
      "RMSNorm", all,
      {{"axis", axis_config(options.axis)}, {"epsilon", optional_config(options.epsilon)}},
      [=](const Tensors& in) {
        RmsNormalizationOptions given = options;
        if (given.scale) given.scale = in[1];
        return Tensors{rms_normalization_of_values(in[0], given)};
      },
      arguments(1, "scale", options.scale.has_value(), "", false))[0];
}

Tensor normalize(const Tensor& x, NormalizeOptions options) {
  const Config config{{"axis", axes_config(options.axis)},
                      {"order", options.order},
                      {"epsilon", optional_config(options.epsilon)}};
  return record_unary("Normalize", x, config,
                      [=](const Tensor& in) { return normalize_of_values(in, options); });
}

}  // namespace keras::ops
