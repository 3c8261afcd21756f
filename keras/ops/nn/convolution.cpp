#include <algorithm>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/nn.h"
#include "keras/ops/nn/conv.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

void check_ranks(const char* where, const Tensor& inputs, const Tensor& kernel) {
  if (inputs.rank() != kernel.rank())
    throw ShapeError(str(where,
                         ": Kernel shape must have the same length as input, but received kernel "
                         "of shape ",
                         kernel.shape(), " and input of shape ", inputs.shape(), "."));
}

/// The options as numbers, for a channels-last input.
ConvAttrs conv_attrs(const char* where, const Tensor& x, const Tensor& kernel,
                     const ConvOptions& options, std::int64_t groups) {
  const std::vector<std::int64_t> size = spatial_shape(x.shape(), where);
  const int axes = static_cast<int>(size.size());
  const bool same = standardize_padding(options.padding) == "same";
  ConvAttrs attrs;
  attrs.strides = options.strides.for_axes(axes, "strides");
  attrs.dilation = options.dilation_rate.for_axes(axes, "dilation_rate");
  attrs.groups = groups;
  for (std::size_t i = 0; i < size.size(); ++i) {
    const Padding padding = same ? same_padding(size[i], kernel.shape()[static_cast<int>(i)],
                                                attrs.strides[i], attrs.dilation[i])
                                 : Padding{};
    attrs.pad_low.push_back(padding.low);
    attrs.pad_high.push_back(padding.high);
  }
  return attrs;
}

/// How many groups of the kernel's input channels the input has.
std::int64_t group_count(const Tensor& x, const Tensor& kernel) {
  const std::int64_t channels = x.shape()[-1], kernel_channels = kernel.shape()[-2];
  if (kernel_channels == 0 || channels % kernel_channels != 0)
    throw ShapeError(
        str("The number of input channels must be evenly divisible by kernel's "
            "in_channels. Received input channels ",
            channels, " and kernel in_channels ", kernel_channels, "."));
  return channels / kernel_channels;
}

void check_channels_equal(std::int64_t channels, std::int64_t kernel_channels,
                          const std::string& data_format) {
  if (channels != kernel_channels)
    throw ShapeError(
        str("The number of input channels must match the kernel's input channels. "
            "Received: input channels=",
            channels, ", kernel input channels=", kernel_channels, ", data_format='", data_format,
            "'."));
}

Tensor conv_of_values(const Tensor& inputs, const Tensor& kernel, const ConvOptions& options) {
  check_ranks("conv", inputs, kernel);
  const std::string format = standardize_data_format(options.data_format);
  const Tensor x = cast(to_channels_last(inputs, format), kernel.dtype());
  const ConvAttrs attrs = conv_attrs("conv", x, kernel, options, group_count(x, kernel));
  return from_channels_last(emit(conv_op, {x, kernel}, attrs), format);
}

Tensor depthwise_of_values(const Tensor& inputs, const Tensor& kernel, const ConvOptions& options) {
  check_ranks("depthwise_conv", inputs, kernel);
  const std::string format = standardize_data_format(options.data_format);
  const Tensor x = cast(to_channels_last(inputs, format), kernel.dtype());
  const std::int64_t channels = x.shape()[-1];
  check_channels_equal(channels, kernel.shape()[-2], format);
  Shape grouped = kernel.shape().slice(0, kernel.rank() - 2);
  grouped.push_back(1);
  grouped.push_back(channels * kernel.shape()[-1]);
  const ConvAttrs attrs = conv_attrs("depthwise_conv", x, kernel, options, channels);
  return from_channels_last(emit(conv_op, {x, reshape(kernel, grouped)}, attrs), format);
}

Tensor separable_of_values(const Tensor& inputs, const Tensor& depthwise_kernel,
                           const Tensor& pointwise_kernel, const ConvOptions& options) {
  const Tensor depthwise = depthwise_of_values(inputs, depthwise_kernel, options);
  return conv_of_values(depthwise, pointwise_kernel, {.data_format = options.data_format});
}

/// Where one axis of a transposed convolution starts and ends: the zeros that the convolution which
/// it transposes has, its input size, and zeros that no window reaches.
struct TransposedAxis {
  std::int64_t low, high, size, beyond;
};

TransposedAxis transposed_axis(std::int64_t input, std::int64_t kernel, std::int64_t stride,
                               std::int64_t dilation, bool same, std::int64_t output_padding) {
  const std::int64_t extent = (kernel - 1) * dilation + 1;
  const bool given = output_padding >= 0;
  // How far the full result, of size (input - 1) · stride + extent, is cut on each side.
  std::int64_t low = 0, high = 0;
  if (same) {
    const std::int64_t padding =
        given ? extent + extent % 2 - 2 + output_padding : stride + extent - 2;
    const std::int64_t left = std::min(padding / 2 + padding % 2, extent - 1);
    low = extent - 1 - left;
    high = extent - 1 - (padding - left);
  } else {
    high = -(given ? output_padding : std::max(extent, stride) - extent);
  }
  const std::int64_t size = (input - 1) * stride + extent - low - high;
  const std::int64_t beyond = std::max<std::int64_t>(0, -high - (stride - 1));
  return {low, std::max<std::int64_t>(0, high), size - beyond, beyond};
}

Tensor conv_transpose_of_values(const Tensor& inputs, const Tensor& kernel,
                                const ConvTransposeOptions& options) {
  check_ranks("conv_transpose", inputs, kernel);
  const std::string format = standardize_data_format(options.data_format);
  const Tensor x = cast(to_channels_last(inputs, format), kernel.dtype());
  check_channels_equal(x.shape()[-1], kernel.shape()[-1], format);
  const std::vector<std::int64_t> size = spatial_shape(x.shape(), "conv_transpose");
  const int axes = static_cast<int>(size.size());
  const bool same = standardize_padding(options.padding) == "same";
  ConvGradientAttrs attrs;
  attrs.conv.strides = options.strides.for_axes(axes, "strides");
  attrs.conv.dilation = options.dilation_rate.for_axes(axes, "dilation_rate");
  std::vector<std::int64_t> output_padding(size.size(), -1);
  if (options.output_padding.given())
    output_padding = options.output_padding.for_axes(axes, "output_padding", 0);
  std::vector<std::pair<std::int64_t, std::int64_t>> beyond{{0, 0}};
  bool reaches_all = true;
  for (std::size_t i = 0; i < size.size(); ++i) {
    const TransposedAxis axis =
        transposed_axis(size[i], kernel.shape()[static_cast<int>(i)], attrs.conv.strides[i],
                        attrs.conv.dilation[i], same, output_padding[i]);
    attrs.conv.pad_low.push_back(axis.low);
    attrs.conv.pad_high.push_back(axis.high);
    attrs.size.push_back(axis.size);
    beyond.emplace_back(0, axis.beyond);
    reaches_all = reaches_all && axis.beyond == 0;
  }
  beyond.emplace_back(0, 0);
  const Tensor y = emit(conv_input_gradient_op, {x, kernel}, attrs);
  return from_channels_last(reaches_all ? y : pad(y, beyond), format);
}

Config conv_config(const ConvOptions& options) {
  return {{"strides", options.strides.config()},
          {"padding", standardize_padding(options.padding)},
          {"data_format", standardize_data_format(options.data_format)},
          {"dilation_rate", options.dilation_rate.config()}};
}

}  // namespace

Tensor conv(const Tensor& inputs, const Tensor& kernel, ConvOptions options) {
  return call_or_record("Conv", {inputs, kernel}, conv_config(options),
                        [=](const Tensors& in) { return conv_of_values(in[0], in[1], options); });
}

Tensor depthwise_conv(const Tensor& inputs, const Tensor& kernel, ConvOptions options) {
  return call_or_record(
      "DepthwiseConv", {inputs, kernel}, conv_config(options),
      [=](const Tensors& in) { return depthwise_of_values(in[0], in[1], options); });
}

Tensor separable_conv(const Tensor& inputs, const Tensor& depthwise_kernel,
                      const Tensor& pointwise_kernel, ConvOptions options) {
  return call_or_record(
      "SeparableConv", {inputs, depthwise_kernel, pointwise_kernel}, conv_config(options),
      [=](const Tensors& in) { return separable_of_values(in[0], in[1], in[2], options); });
}

Tensor conv_transpose(const Tensor& inputs, const Tensor& kernel, ConvTransposeOptions options) {
  const Config config{{"strides", options.strides.config()},
                      {"padding", standardize_padding(options.padding)},
                      {"output_padding", options.output_padding.config()},
                      {"data_format", standardize_data_format(options.data_format)},
                      {"dilation_rate", options.dilation_rate.config()}};
  return call_or_record("ConvTranspose", {inputs, kernel}, config, [=](const Tensors& in) {
    return conv_transpose_of_values(in[0], in[1], options);
  });
}

}  // namespace keras::ops
