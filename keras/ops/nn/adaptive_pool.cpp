#include <functional>
#include <utility>
#include <vector>

#include "keras/ops/nn.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"

namespace keras::ops {
namespace {

using Pool = Tensor (*)(const Tensor& inputs, SpatialSizes pool_size, PoolOptions options);

std::int64_t ceil_divide(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// All windows of `size` elements of one spatial axis.
Tensor windows(Pool pool, const Tensor& x, int axis, std::int64_t size, std::int64_t stride) {
  std::vector<std::int64_t> window(static_cast<std::size_t>(x.rank() - 2), 1);
  std::vector<std::int64_t> strides = window;
  window[static_cast<std::size_t>(axis - 1)] = size;
  strides[static_cast<std::size_t>(axis - 1)] = stride;
  return pool(x, window, {.strides = strides});
}

/// Pools one axis of a channels-last tensor to `out` elements, the i-th of the elements from
/// floor(i · size / out) to ceil((i + 1) · size / out). These windows have but two sizes: pooling
/// with each of them at every place and picking makes the operation fast and its gradient right.
Tensor pool_axis(Pool pool, const Tensor& x, int axis, std::int64_t out) {
  const std::int64_t size = x.shape()[axis];
  const std::int64_t small = ceil_divide(size, out);
  if (size % out == 0) return windows(pool, x, axis, small, small);
  std::vector<std::int64_t> places;
  bool any_big = false;
  for (std::int64_t i = 0; i < out; ++i) {
    const std::int64_t start = i * size / out;
    const bool big = ceil_divide((i + 1) * size, out) - start > small;
    any_big = any_big || big;
    places.push_back(big ? start + size - small + 1 : start);
  }
  Tensor all = windows(pool, x, axis, small, 1);
  if (any_big) all = concatenate({all, windows(pool, x, axis, small + 1, 1)}, {.axis = axis});
  return take(all, Tensor::from(places, {out}), {.axis = axis});
}

Tensor adaptive_pool(const char* class_name, Pool pool, const Tensor& inputs,
                     const SpatialSizes& output_size, const AdaptivePoolOptions& options) {
  const std::string format = standardize_data_format(options.data_format);
  const Config config{{"output_size", output_size.config()}, {"data_format", format}};
  return record_unary(class_name, inputs, config, [=](const Tensor& given) {
    Tensor x = to_channels_last(given, format);
    const int axes = static_cast<int>(spatial_shape(x.shape(), "adaptive_pool").size());
    const std::vector<std::int64_t> out = output_size.for_axes(axes, "output_size");
    for (int axis = 0; axis < axes; ++axis)
      x = pool_axis(pool, x, axis + 1, out[static_cast<std::size_t>(axis)]);
    return from_channels_last(x, format);
  });
}

}  // namespace

Tensor adaptive_max_pool(const Tensor& inputs, SpatialSizes output_size,
                         AdaptivePoolOptions options) {
  return adaptive_pool("AdaptiveMaxPool", max_pool, inputs, output_size, options);
}

Tensor adaptive_average_pool(const Tensor& inputs, SpatialSizes output_size,
                             AdaptivePoolOptions options) {
  return adaptive_pool("AdaptiveAveragePool", average_pool, inputs, output_size, options);
}

}  // namespace keras::ops
