#include "keras/ops/nn/pool.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/operation.h"

namespace keras::ops {
namespace {

void check_float(const TensorSpec& spec) {
  if (!is_float(spec.dtype))
    throw DtypeError(str("Pooling takes a floating point tensor, received ", spec, "."),
                     "cast it with keras::ops::cast first.");
}

Shape pooled_shape(const Shape& x, const PoolAttrs& attrs) {
  if (static_cast<std::size_t>(x.rank()) != attrs.window.size() + 2)
    throw ShapeError(str("A pooling window of ", attrs.window.size(),
                         " axes needs an input of rank ", attrs.window.size() + 2,
                         ", received shape ", x, "."));
  Shape out{x[0]};
  for (std::size_t i = 0; i < attrs.window.size(); ++i) {
    // A window of padding alone would have neither maximum nor average.
    if (attrs.pad_low[i] >= attrs.window[i] || attrs.pad_high[i] >= attrs.window[i])
      throw ValueError(str("Pooling: the padding must be smaller than the window, received ",
                           attrs.pad_low[i], " and ", attrs.pad_high[i], " for a window of ",
                           attrs.window[i], "."));
    const std::int64_t room =
        x[static_cast<int>(i) + 1] + attrs.pad_low[i] + attrs.pad_high[i] - attrs.window[i];
    if (room < 0)
      throw ShapeError(
          str("Computed output size would be zero or negative. Received: `inputs.shape=", x,
              "`, `pool_size=", Shape(attrs.window), "`, `strides=", Shape(attrs.strides), "`."),
          "use a smaller pool, padding 'same', or a larger input.");
    out.push_back(room / attrs.strides[i] + 1);
  }
  out.push_back(x[-1]);
  return out;
}

Specs infer_pool(const Specs& in, const PoolAttrs& attrs) {
  check_float(in[0]);
  return {{pooled_shape(in[0].shape, attrs), in[0].dtype}};
}

Specs infer_max_pool_gradient(const Specs& in, const PoolAttrs& attrs) {
  if (pooled_shape(in[0].shape, attrs) != in[1].shape || in[0].dtype != in[1].dtype)
    throw ShapeError(
        str("max_pool_gradient: ", in[1], " is no gradient of the pooling of ", in[0], "."));
  return {in[0]};
}

Specs infer_max_pool_select(const Specs& in, const PoolAttrs& attrs) {
  if (in[0] != in[1])
    throw ShapeError(str("max_pool_select: the tensors differ: ", in[0], " and ", in[1], "."));
  return infer_pool(in, attrs);
}

Specs infer_average_pool_gradient(const Specs& in, const PoolGradientAttrs& attrs) {
  Shape out{in[0].shape[0]};
  for (const std::int64_t size : attrs.size) out.push_back(size);
  out.push_back(in[0].shape[-1]);
  if (pooled_shape(out, attrs.pool) != in[0].shape)
    throw ShapeError(
        str("average_pool_gradient: ", in[0], " is no gradient of the pooling of ", out, "."));
  return {{std::move(out), in[0].dtype}};
}

}  // namespace

const engine::Op max_pool_op = engine::define_op<PoolAttrs>({
    .name = "max_pool",
    .infer = infer_pool,
    .gradient =
        [](const engine::Backward& b, const PoolAttrs& attrs) {
          return Tensors{emit(max_pool_gradient_op, {b.input(0), b.cotangent(0)}, attrs)};
        },
});

// Which elements are the maxima does not change with x, almost everywhere: the derivative by x of
// the next two is zero.

const engine::Op max_pool_gradient_op = engine::define_op<PoolAttrs>({
    .name = "max_pool_gradient",
    .infer = infer_max_pool_gradient,
    .gradient =
        [](const engine::Backward& b, const PoolAttrs& attrs) {
          return Tensors{Tensor(), emit(max_pool_select_op, {b.input(0), b.cotangent(0)}, attrs)};
        },
});

const engine::Op max_pool_select_op = engine::define_op<PoolAttrs>({
    .name = "max_pool_select",
    .infer = infer_max_pool_select,
    .gradient =
        [](const engine::Backward& b, const PoolAttrs& attrs) {
          return Tensors{Tensor(), emit(max_pool_gradient_op, {b.input(0), b.cotangent(0)}, attrs)};
        },
});

const engine::Op average_pool_op = engine::define_op<PoolAttrs>({
    .name = "average_pool",
    .infer = infer_pool,
    .gradient =
        [](const engine::Backward& b, const PoolAttrs& attrs) {
          return Tensors{emit(average_pool_gradient_op, {b.cotangent(0)},
                              PoolGradientAttrs{attrs, spatial_shape(b.input(0).shape(), "pool")})};
        },
});

const engine::Op average_pool_gradient_op = engine::define_op<PoolGradientAttrs>({
    .name = "average_pool_gradient",
    .infer = infer_average_pool_gradient,
    .gradient =
        [](const engine::Backward& b, const PoolGradientAttrs& attrs) {
          return Tensors{emit(average_pool_op, {b.cotangent(0)}, attrs.pool)};
        },
});

}  // namespace keras::ops
