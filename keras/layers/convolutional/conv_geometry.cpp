#include "keras/layers/convolutional/conv_geometry.h"

#include <algorithm>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"

namespace keras::layers {

ConvGeometry::ConvGeometry(int axes, const ops::SpatialSizes& kernel, const ops::SpatialSizes& step,
                           const ops::SpatialSizes& dilation, const std::string& format)
    : rank(axes),
      kernel_size(kernel.for_axes(axes, "kernel_size")),
      strides(step.for_axes(axes, "strides")),
      dilation_rate(dilation.for_axes(axes, "dilation_rate")),
      data_format(ops::standardize_data_format(format)) {}

std::int64_t ConvGeometry::channels(const Shape& input) const {
  const std::int64_t count = input[channel_axis()];
  if (count == kUnknown)
    throw ValueError(
        str("The channel dimension of the inputs should be defined. Found None. "
            "Full input shape received: ",
            input));
  return count;
}

Shape ConvGeometry::kernel_shape(std::int64_t in, std::int64_t out) const {
  Shape shape(kernel_size);
  shape.push_back(in);
  shape.push_back(out);
  return shape;
}

Tensor ConvGeometry::with_bias(const Tensor& y, const Tensor& bias) const {
  if (data_format == "channels_last") return y + bias;
  Shape shape{1, bias.shape()[0]};
  for (int axis = 0; axis < rank; ++axis) shape.push_back(1);
  return y + ops::reshape(bias, shape);
}

void ConvGeometry::refuse_dilated_strides() const {
  const auto above_one = [](std::int64_t size) { return size > 1; };
  if (std::any_of(strides.begin(), strides.end(), above_one) &&
      std::any_of(dilation_rate.begin(), dilation_rate.end(), above_one))
    throw ValueError(
        str("`strides > 1` not supported in conjunction with `dilation_rate > 1`. "
            "Received: strides=",
            Config::list_of(strides), " and dilation_rate=", Config::list_of(dilation_rate)));
}

void require_positive(const char* argument, std::int64_t value) {
  if (value <= 0)
    throw ValueError(str("Invalid value for argument `", argument,
                         "`. Expected a strictly positive value. Received ", argument, "=", value,
                         "."));
}

void read_sizes(ConfigReader& reader, const char* key, ops::SpatialSizes& into) {
  if (const Config& given = reader.get(key); !given.is_null())
    into = ops::SpatialSizes::from_config(given);
}

}  // namespace keras::layers
