#include <utility>

#include "keras/ops/nn.h"
#include "keras/ops/nn/pool.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/operation.h"

namespace keras::ops {
namespace {

PoolAttrs pool_attrs(const Tensor& x, const SpatialSizes& pool_size, const PoolOptions& options) {
  const std::vector<std::int64_t> size = spatial_shape(x.shape(), "pool");
  const int axes = static_cast<int>(size.size());
  const bool same = standardize_padding(options.padding) == "same";
  PoolAttrs attrs;
  attrs.window = pool_size.for_axes(axes, "pool_size");
  attrs.strides =
      options.strides.given() ? options.strides.for_axes(axes, "strides") : attrs.window;
  for (std::size_t i = 0; i < size.size(); ++i) {
    const Padding padding =
        same ? same_padding(size[i], attrs.window[i], attrs.strides[i], 1) : Padding{};
    attrs.pad_low.push_back(padding.low);
    attrs.pad_high.push_back(padding.high);
  }
  return attrs;
}

Tensor pool_of_values(const engine::Op& op, const Tensor& inputs, const SpatialSizes& pool_size,
                      const PoolOptions& options) {
  const std::string format = standardize_data_format(options.data_format);
  const Tensor x = to_channels_last(inputs, format);
  return from_channels_last(emit(op, {x}, pool_attrs(x, pool_size, options)), format);
}

Tensor pool(const char* class_name, const engine::Op& op, const Tensor& inputs,
            const SpatialSizes& pool_size, const PoolOptions& options) {
  const Config config{{"pool_size", pool_size.config()},
                      {"strides", options.strides.config()},
                      {"padding", standardize_padding(options.padding)},
                      {"data_format", standardize_data_format(options.data_format)}};
  return record_unary(class_name, inputs, config, [=, &op](const Tensor& x) {
    return pool_of_values(op, x, pool_size, options);
  });
}

}  // namespace

Tensor max_pool(const Tensor& inputs, SpatialSizes pool_size, PoolOptions options) {
  return pool("MaxPool", max_pool_op, inputs, pool_size, options);
}

Tensor average_pool(const Tensor& inputs, SpatialSizes pool_size, PoolOptions options) {
  return pool("AveragePool", average_pool_op, inputs, pool_size, options);
}

}  // namespace keras::ops
