#include "keras/ops/nn/spatial.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"

namespace keras::ops {

SpatialSizes SpatialSizes::from_config(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_int()) return SpatialSizes(config.as_int());
  std::vector<std::int64_t> values;
  for (const auto& value : config.as_list()) values.push_back(value.as_int());
  return SpatialSizes(std::move(values));
}

Config SpatialSizes::config() const {
  if (!given()) return {};
  if (single_) return values_[0];
  return Config::list_of(values_);
}

std::vector<std::int64_t> SpatialSizes::for_axes(int axes, std::string_view argument,
                                                 int minimum) const {
  std::vector<std::int64_t> out = values_;
  if (single_) out.assign(static_cast<std::size_t>(axes), values_[0]);
  std::string problem;
  for (const std::int64_t value : std::set(out.begin(), out.end()))
    if (value < minimum) problem += (problem.empty() ? "" : ", ") + std::to_string(value);
  if (problem.empty() && out.size() == static_cast<std::size_t>(axes)) return out;
  const std::string given = single_ ? std::to_string(values_[0]) : Shape(values_).to_string();
  const std::string message = str("The `", argument, "` argument must be a tuple of ", axes,
                                  " integers. Received ", argument, "=", given);
  if (out.size() != static_cast<std::size_t>(axes)) throw ValueError(message);
  throw ValueError(str(message, ", including values {", problem, "} that do not satisfy `value ",
                       minimum == 0 ? ">= 0" : "> 0", "`"));
}

std::string standardize_data_format(std::string_view data_format) {
  if (data_format.empty()) return config::image_data_format();
  if (data_format != "channels_last" && data_format != "channels_first")
    throw ValueError(
        str("The `data_format` argument must be one of "
            "{'channels_first', 'channels_last'}. Received: data_format=",
            data_format));
  return std::string(data_format);
}

Tensor to_channels_last(const Tensor& x, std::string_view data_format) {
  if (data_format != "channels_first") return x;
  std::vector<int> axes{0};
  for (int axis = 2; axis < x.rank(); ++axis) axes.push_back(axis);
  axes.push_back(1);
  return transpose(x, {.axes = axes});
}

Tensor from_channels_last(const Tensor& x, std::string_view data_format) {
  if (data_format != "channels_first") return x;
  std::vector<int> axes{0, x.rank() - 1};
  for (int axis = 1; axis < x.rank() - 1; ++axis) axes.push_back(axis);
  return transpose(x, {.axes = axes});
}

Padding same_padding(std::int64_t size, std::int64_t window, std::int64_t stride,
                     std::int64_t dilation) {
  const std::int64_t windows = (size + stride - 1) / stride;
  const std::int64_t extent = (window - 1) * dilation + 1;
  const std::int64_t total = std::max<std::int64_t>(0, (windows - 1) * stride + extent - size);
  return {total / 2, total - total / 2};
}

std::string standardize_padding(std::string_view padding) {
  std::string lower(padding);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower != "valid" && lower != "same")
    throw ValueError(
        str("The `padding` argument must be a list/tuple or one of {'valid', 'same'}. Received: ",
            padding));
  return lower;
}

std::vector<std::int64_t> spatial_shape(const Shape& shape, std::string_view where) {
  if (shape.rank() < 3 || shape.rank() > 5)
    throw ShapeError(str(where,
                         ": the input must have rank 3, 4 or 5 (batch, one to three spatial "
                         "axes, channels), received shape ",
                         shape, "."));
  return shape.slice(1, shape.rank() - 1).dims();
}

}  // namespace keras::ops
