#include "keras/ops/nn/conv.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/operation.h"

namespace keras::ops {
namespace {

std::vector<std::int64_t> kernel_size(const Shape& kernel) {
  return kernel.slice(0, kernel.rank() - 2).dims();
}

void check_channels(std::int64_t channels, const Shape& kernel, std::int64_t groups) {
  if (kernel[-2] * groups != channels)
    throw ShapeError(
        str("The number of input channels must be evenly divisible by kernel's "
            "in_channels. Received input channels ",
            channels, " and kernel in_channels ", kernel[-2], "."));
  if (kernel[-1] % groups != 0)
    throw ShapeError(
        str("The number of filters must be evenly divisible by the number of groups. "
            "Received: groups=",
            groups, ", filters=", kernel[-1], "."));
}

/// One axis of the output; throws when the kernel does not fit in.
std::int64_t output_size(std::int64_t size, std::int64_t kernel, const ConvAttrs& attrs,
                         std::size_t axis, const Shape& x_shape, const Shape& kernel_shape) {
  const std::int64_t extent = (kernel - 1) * attrs.dilation[axis] + 1;
  const std::int64_t room = size + attrs.pad_low[axis] + attrs.pad_high[axis] - extent;
  if (room < 0)
    throw ShapeError(
        str("Computed output size would be zero or negative. Received `inputs shape=", x_shape,
            "`, `kernel shape=", kernel_shape, "`, `dilation_rate=", Shape(attrs.dilation),
            "`, `strides=", Shape(attrs.strides), "`."),
        "use a smaller kernel, padding 'same', or a larger input.");
  return room / attrs.strides[axis] + 1;
}

Specs infer_conv(const Specs& in, const ConvAttrs& attrs) {
  const Shape& x = in[0].shape;
  const Shape& kernel = in[1].shape;
  if (x.rank() != kernel.rank())
    throw ShapeError(
        str("Kernel shape must have the same length as input, but received kernel of "
            "shape ",
            kernel, " and input of shape ", x, "."));
  if (in[0].dtype != in[1].dtype)
    throw DtypeError(str("conv: the input and the kernel must have one dtype, received ",
                         in[0].dtype, " and ", in[1].dtype, "."));
  check_channels(x[-1], kernel, attrs.groups);
  Shape out{x[0]};
  for (int axis = 0; axis < x.rank() - 2; ++axis)
    out.push_back(
        output_size(x[axis + 1], kernel[axis], attrs, static_cast<std::size_t>(axis), x, kernel));
  out.push_back(kernel[-1]);
  return {{std::move(out), in[0].dtype}};
}

Specs infer_input_gradient(const Specs& in, const ConvGradientAttrs& attrs) {
  const Shape& kernel = in[1].shape;
  Shape out{in[0].shape[0]};
  for (const std::int64_t size : attrs.size) out.push_back(size);
  out.push_back(kernel[-2] * attrs.conv.groups);
  // What the convolution makes of this output must be what came in.
  const Specs back = infer_conv({{out, in[0].dtype}, in[1]}, attrs.conv);
  if (back[0].shape != in[0].shape)
    throw ShapeError(str("conv_input_gradient: a convolution of ", out, " by ", kernel, " gives ",
                         back[0].shape, ", not ", in[0].shape, "."));
  return {{std::move(out), in[0].dtype}};
}

Specs infer_kernel_gradient(const Specs& in, const ConvGradientAttrs& attrs) {
  Shape out(attrs.size);
  out.push_back(in[0].shape[-1] / attrs.conv.groups);
  out.push_back(in[1].shape[-1]);
  const Specs back = infer_conv({in[0], {out, in[0].dtype}}, attrs.conv);
  if (back[0].shape != in[1].shape)
    throw ShapeError(str("conv_kernel_gradient: a convolution of ", in[0].shape, " by ", out,
                         " gives ", back[0].shape, ", not ", in[1].shape, "."));
  return {{std::move(out), in[0].dtype}};
}

Tensor input_gradient(const Tensor& dy, const Tensor& kernel, const ConvAttrs& attrs,
                      std::vector<std::int64_t> size) {
  return emit(conv_input_gradient_op, {dy, kernel}, ConvGradientAttrs{attrs, std::move(size)});
}

Tensor kernel_gradient(const Tensor& x, const Tensor& dy, const ConvAttrs& attrs,
                       std::vector<std::int64_t> size) {
  return emit(conv_kernel_gradient_op, {x, dy}, ConvGradientAttrs{attrs, std::move(size)});
}

// The sum of y · conv(x, kernel) is linear in y, in x and in the kernel; each of the three
// operations is its derivative by one of them, so that all gradients are the other two.

Tensors conv_gradient(const engine::Backward& b, const ConvAttrs& attrs) {
  const Tensor &x = b.input(0), &kernel = b.input(1), &dy = b.cotangent(0);
  Tensors out(2);
  if (b.needs(0)) out[0] = input_gradient(dy, kernel, attrs, spatial_shape(x.shape(), "conv"));
  if (b.needs(1)) out[1] = kernel_gradient(x, dy, attrs, kernel_size(kernel.shape()));
  return out;
}

Tensors input_gradient_gradient(const engine::Backward& b, const ConvGradientAttrs& attrs) {
  const Tensor &dy = b.input(0), &kernel = b.input(1), &cotangent = b.cotangent(0);
  Tensors out(2);
  if (b.needs(0)) out[0] = emit(conv_op, {cotangent, kernel}, attrs.conv);
  if (b.needs(1)) out[1] = kernel_gradient(cotangent, dy, attrs.conv, kernel_size(kernel.shape()));
  return out;
}

Tensors kernel_gradient_gradient(const engine::Backward& b, const ConvGradientAttrs& attrs) {
  const Tensor &x = b.input(0), &dy = b.input(1), &cotangent = b.cotangent(0);
  Tensors out(2);
  if (b.needs(0))
    out[0] = input_gradient(dy, cotangent, attrs.conv, spatial_shape(x.shape(), "conv"));
  if (b.needs(1)) out[1] = emit(conv_op, {x, cotangent}, attrs.conv);
  return out;
}

}  // namespace

const engine::Op conv_op = engine::define_op<ConvAttrs>({
    .name = "conv",
    .infer = infer_conv,
    .gradient = conv_gradient,
});

const engine::Op conv_input_gradient_op = engine::define_op<ConvGradientAttrs>({
    .name = "conv_input_gradient",
    .infer = infer_input_gradient,
    .gradient = input_gradient_gradient,
});

const engine::Op conv_kernel_gradient_op = engine::define_op<ConvGradientAttrs>({
    .name = "conv_kernel_gradient",
    .infer = infer_kernel_gradient,
    .gradient = kernel_gradient_gradient,
});

}  // namespace keras::ops
