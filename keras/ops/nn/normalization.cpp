#include "keras/ops/nn/normalization.h"

#include <numeric>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/nn/local_gradient.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"

namespace keras::ops {
namespace {

/// Which axes are normalized together and what that leaves for the parameters and statistics.
struct BatchNormLayout {
  static std::vector<int> axes(const Shape& x, const BatchNormAttrs&) {
    std::vector<int> out(static_cast<std::size_t>(x.rank() - 1));
    std::iota(out.begin(), out.end(), 0);
    return out;
  }
  static Shape parameters(const Shape& x, const BatchNormAttrs&) { return {x[-1]}; }
  static Shape statistics(const Shape& x, const BatchNormAttrs&) { return {x[-1]}; }
};

struct LayerNormLayout {
  static std::vector<int> axes(const Shape& x, const LayerNormAttrs& attrs) {
    std::vector<int> out(static_cast<std::size_t>(attrs.axes));
    std::iota(out.begin(), out.end(), x.rank() - attrs.axes);
    return out;
  }
  static Shape parameters(const Shape& x, const LayerNormAttrs& attrs) {
    return x.slice(x.rank() - attrs.axes);
  }
  static Shape statistics(const Shape& x, const LayerNormAttrs& attrs) {
    return x.slice(0, x.rank() - attrs.axes);
  }
};

/// Statistics of 16-bit floats are float32.
DType statistics_dtype(DType dtype) { return promote(dtype, DType::kFloat32); }

void check(const TensorSpec& spec, const TensorSpec& expected, const char* what) {
  if (spec != expected)
    throw ShapeError(str("Normalization: ", what, " must be ", expected, ", received ", spec, "."));
}

void check_float(const TensorSpec& x) {
  if (!is_float(x.dtype))
    throw DtypeError(str("Normalization takes a floating point tensor, received ", x, "."));
}

template <typename Layout, typename Attrs>
Specs infer_norm(const Specs& in, const Attrs& attrs) {
  const TensorSpec& x = in[0];
  check_float(x);
  const DType dtype = statistics_dtype(x.dtype);
  const TensorSpec parameter{Layout::parameters(x.shape, attrs), dtype};
  if (attrs.scale) check(in[1], parameter, "gamma");
  if (attrs.center) check(in[attrs.scale ? 2 : 1], parameter, "beta");
  const TensorSpec statistic{Layout::statistics(x.shape, attrs), dtype};
  return {x, statistic, statistic};
}

template <typename Layout, typename Attrs>
Specs infer_norm_gradient(const Specs& in, const Attrs& attrs) {
  const TensorSpec& x = in[0];
  const DType dtype = statistics_dtype(x.dtype);
  const TensorSpec parameter{Layout::parameters(x.shape, attrs), dtype};
  const TensorSpec statistic{Layout::statistics(x.shape, attrs), dtype};
  const std::size_t next = attrs.scale ? 2 : 1;
  if (attrs.scale) check(in[1], parameter, "gamma");
  check(in[next], statistic, "the mean");
  check(in[next + 1], statistic, "the variance");
  check(in[next + 2], x, "the gradient");
  return {x, parameter, parameter};
}

/// The statistics with the axes that were averaged away, of size 1.
template <typename Layout, typename Attrs>
Tensor spread(const Tensor& statistic, const Shape& x, const Attrs& attrs) {
  Shape shape = x;
  for (const int axis : Layout::axes(x, attrs)) shape[axis] = 1;
  return reshape(statistic, shape);
}

template <typename Layout, typename Attrs>
Tensors decompose_norm(const Tensors& in, const Attrs& attrs) {
  const Shape& shape = in[0].shape();
  const std::vector<int> axes = Layout::axes(shape, attrs);
  const Tensor x = cast(in[0], statistics_dtype(in[0].dtype()));
  const Tensor average = mean(x, {.axis = axes, .keepdims = true});
  const Tensor centered = x - average;
  const Tensor variance = mean(centered * centered, {.axis = axes, .keepdims = true});
  Tensor y = centered * rsqrt(variance + attrs.epsilon);
  if (attrs.scale) y = y * in[1];
  if (attrs.center) y = y + in[attrs.scale ? 2 : 1];
  const Shape statistics = Layout::statistics(shape, attrs);
  return {cast(y, in[0].dtype()), reshape(average, statistics), reshape(variance, statistics)};
}

/// With n the normalized x and g = gamma · dy:
/// dx = (g - mean(g) - n · mean(g · n)) / sqrt(variance + epsilon).
template <typename Layout, typename Attrs>
Tensors decompose_norm_gradient(const Tensors& in, const Attrs& attrs) {
  const Shape& shape = in[0].shape();
  const std::vector<int> axes = Layout::axes(shape, attrs);
  const DType dtype = statistics_dtype(in[0].dtype());
  const std::size_t next = attrs.scale ? 2 : 1;
  const Tensor x = cast(in[0], dtype), dy = cast(in[next + 2], dtype);
  const Tensor inverse = rsqrt(spread<Layout>(in[next + 1], shape, attrs) + attrs.epsilon);
  const Tensor n = (x - spread<Layout>(in[next], shape, attrs)) * inverse;
  const Tensor g = attrs.scale ? dy * in[1] : dy;
  const Tensor dx = (g - mean(g, {.axis = axes, .keepdims = true}) -
                     n * mean(g * n, {.axis = axes, .keepdims = true})) *
                    inverse;
  const Shape parameters = Layout::parameters(shape, attrs);
  return {cast(dx, in[0].dtype()), sum_to_shape(dy * n, parameters), sum_to_shape(dy, parameters)};
}

/// What reaches x through the mean and the variance as outputs of their own.
template <typename Layout, typename Attrs>
Tensor statistics_gradient(const engine::Backward& b, const Attrs& attrs) {
  const Tensor& x = b.input(0);
  const Shape& shape = x.shape();
  const double count =
      static_cast<double>(x.size()) / static_cast<double>(Layout::statistics(shape, attrs).size());
  Tensor total;
  if (b.cotangent(1).defined())
    total = broadcast_to(spread<Layout>(b.cotangent(1), shape, attrs) * (1 / count), shape);
  if (b.cotangent(2).defined()) {
    const Tensor centered =
        cast(x, b.cotangent(2).dtype()) - spread<Layout>(b.output(1), shape, attrs);
    const Tensor part = centered * spread<Layout>(b.cotangent(2), shape, attrs) * (2 / count);
    total = total.defined() ? total + part : part;
  }
  return total.defined() ? cast(total, x.dtype()) : total;
}

template <typename Layout, typename Attrs>
Tensors norm_gradient(const engine::Op& gradient_op, const engine::Backward& b,
                      const Attrs& attrs) {
  Tensor dx = statistics_gradient<Layout>(b, attrs);
  Tensors out(static_cast<std::size_t>(b.input_count()));
  if (b.cotangent(0).defined()) {
    Tensors inputs{b.input(0)};
    if (attrs.scale) inputs.push_back(b.input(1));
    inputs.insert(inputs.end(), {b.output(1), b.output(2), b.cotangent(0)});
    Attrs same = attrs;
    same.center = false;
    const Tensors gradients = emit_all(gradient_op, std::move(inputs), same);
    dx = dx.defined() ? dx + gradients[0] : gradients[0];
    if (attrs.scale) out[1] = gradients[1];
    if (attrs.center) out[attrs.scale ? 2 : 1] = gradients[2];
  }
  out[0] = dx;
  return out;
}

}  // namespace

const engine::Op batch_norm_training_op = engine::define_op<BatchNormAttrs>({
    .name = "batch_norm_training",
    .infer = infer_norm<BatchNormLayout, BatchNormAttrs>,
    .gradient =
        [](const engine::Backward& b, const BatchNormAttrs& attrs) {
          return norm_gradient<BatchNormLayout>(batch_norm_gradient_op, b, attrs);
        },
    .decompose = decompose_norm<BatchNormLayout, BatchNormAttrs>,
});

const engine::Op layer_norm_op = engine::define_op<LayerNormAttrs>({
    .name = "layer_norm",
    .infer = infer_norm<LayerNormLayout, LayerNormAttrs>,
    .gradient =
        [](const engine::Backward& b, const LayerNormAttrs& attrs) {
          return norm_gradient<LayerNormLayout>(layer_norm_gradient_op, b, attrs);
        },
    .decompose = decompose_norm<LayerNormLayout, LayerNormAttrs>,
});

const engine::Op batch_norm_gradient_op = engine::define_op<BatchNormAttrs>({
    .name = "batch_norm_gradient",
    .infer = infer_norm_gradient<BatchNormLayout, BatchNormAttrs>,
    .gradient =
        [](const engine::Backward& b, const BatchNormAttrs& attrs) {
          return gradient_through(b, [&](const Tensors& in) {
            return decompose_norm_gradient<BatchNormLayout>(in, attrs);
          });
        },
    .decompose = decompose_norm_gradient<BatchNormLayout, BatchNormAttrs>,
});

const engine::Op layer_norm_gradient_op = engine::define_op<LayerNormAttrs>({
    .name = "layer_norm_gradient",
    .infer = infer_norm_gradient<LayerNormLayout, LayerNormAttrs>,
    .gradient =
        [](const engine::Backward& b, const LayerNormAttrs& attrs) {
          return gradient_through(b, [&](const Tensors& in) {
            return decompose_norm_gradient<LayerNormLayout>(in, attrs);
          });
        },
    .decompose = decompose_norm_gradient<LayerNormLayout, LayerNormAttrs>,
});

}  // namespace keras::ops
