#include "keras/layers/quantized_kernel.h"

#include <numeric>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "keras/quantizers/quantizers.h"

namespace keras {
namespace {

constexpr std::size_t kValues = 0, kScale = 1, kZero = 2, kGroups = 3;

std::vector<int> inverse(const std::vector<int>& order) {
  std::vector<int> out(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    out[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
  return out;
}

Shape permuted(const Shape& shape, const std::vector<int>& order) {
  Shape out;
  for (const int axis : order) out.push_back(shape[axis]);
  return out;
}

/// The number of the group that each place along an axis is of.
initializers::Initializer group_numbers(int block_size) {
  return [block_size](const Shape& shape, DType dtype) {
    return ops::cast(ops::floor_divide(ops::arange(shape[0]), block_size), dtype);
  };
}

Tensor swapped_unless_first(const Tensor& matrix, int axis) {
  return axis == 0 ? matrix : ops::transpose(matrix);
}

}  // namespace

KernelLayout matrix_layout(const std::string& name, const Shape& shape, int reduced) {
  KernelLayout layout{.name = name, .shape = shape, .reduced = {reduced}};
  layout.scale_axes = {0, 1};
  layout.scale_shape = {shape[1 - reduced]};
  layout.matrix = shape;
  layout.group_axis = reduced;
  return layout;
}

QuantizedKernel::QuantizedKernel(KernelLayout layout, const std::string& mode,
                                 std::optional<int> block_size, const AddWeight& add_weight)
    : layout_(std::move(layout)),
      bits_(mode == "int8" ? 8 : 4),
      block_size_(bits_ == 4 ? block_size : std::nullopt) {
  const auto add = [&](const std::string& name, const Shape& shape,
                       const initializers::Initializer& initializer, std::optional<DType> dtype) {
    variables_.push_back(
        add_weight(name, shape, {.initializer = initializer, .trainable = false, .dtype = dtype}));
  };
  Shape stored = packed() ? layout_.matrix : layout_.shape;
  if (packed()) stored[layout_.packed_axis] = (stored[layout_.packed_axis] + 1) / 2;
  add(layout_.name, stored, "zeros", DType::kInt8);
  add(layout_.name + "_scale", scale_shape(), "ones", std::nullopt);
  if (!grouped()) return;
  add(layout_.name + "_zero", scale_shape(), "zeros",
      layout_.own_groups ? std::optional<DType>(DType::kInt8) : std::nullopt);
  if (layout_.own_groups)
    add("g_idx", {layout_.matrix[layout_.group_axis]}, group_numbers(*block_size_),
        DType::kFloat32);
}

Shape QuantizedKernel::scale_shape() const {
  if (!packed()) return layout_.scale_shape;
  const std::int64_t rows = layout_.matrix[layout_.group_axis];
  Shape shape = layout_.matrix;
  if (grouped()) {
    shape[layout_.group_axis] = (rows - 1) / *block_size_ + 1;
  } else {
    shape.erase(layout_.group_axis);
  }
  return shape;
}

std::vector<std::pair<Variable, Tensor>> QuantizedKernel::quantized(
    const Tensor& kernel, const std::optional<quantizers::AbsMaxQuantizer>& quantizer) const {
  const Tensor x = packed() ? ops::reshape(kernel, layout_.matrix) : kernel;
  if (grouped()) return quantized_in_groups(x);
  const std::vector<int> axes = packed() ? std::vector<int>{layout_.group_axis} : layout_.reduced;
  const std::pair<int, int> range = packed() ? std::pair{-8, 7} : std::pair{-127, 127};
  const auto [values, raw_scale] =
      quantizer ? (*quantizer)(x) : quantizers::abs_max_quantize(x, axes, {.value_range = range});
  if (raw_scale.shape().size() != scale_shape().size())
    throw ValueError(
        str("The weight quantizer gives scales of shape ", raw_scale.shape(), " for `",
            layout_.name, "` of shape ", x.shape(), ", where the layer keeps ", scale_shape(), "."),
        str("give it axis=", Config::list_of(axes), "."));
  const Tensor scale =
      packed() ? raw_scale : ops::transpose(raw_scale, {.axes = layout_.scale_axes});
  return {
      {variables_[kValues], packed() ? quantizers::pack_int4(values, layout_.packed_axis) : values},
      {variables_[kScale], ops::reshape(scale, scale_shape())}};
}

std::vector<std::pair<Variable, Tensor>> QuantizedKernel::quantized_in_groups(
    const Tensor& matrix) const {
  const int axis = layout_.group_axis;
  const auto groups = quantizers::abs_max_quantize_grouped_with_zero_point(
      swapped_unless_first(matrix, axis), *block_size_);
  const Tensor values = swapped_unless_first(groups.values, axis);
  return {{variables_[kValues], quantizers::pack_int4(values, layout_.packed_axis)},
          {variables_[kScale], swapped_unless_first(groups.scale, axis)},
          {variables_[kZero],
           ops::cast(swapped_unless_first(groups.zero_point, axis), variables_[kZero].dtype())}};
}

/// The whole numbers, unpacked: of the kernel's shape in int8, of the matrix' in int4.
Tensor QuantizedKernel::integers() const {
  const Tensor values = variables_[kValues].value();
  if (!packed()) return values;
  return quantizers::unpack_int4(values, layout_.matrix[layout_.packed_axis], layout_.packed_axis);
}

Tensor QuantizedKernel::scale(DType dtype) const {
  return ops::cast(variables_[kScale].value(), dtype);
}

Tensor QuantizedKernel::dequantized(DType dtype) const {
  const Tensor values = ops::cast(integers(), dtype);
  if (grouped()) {
    const Tensor groups =
        layout_.own_groups
            ? variables_[kGroups].value()
            : ops::floor_divide(ops::arange(layout_.matrix[layout_.group_axis]), *block_size_);
    const Tensor zero = ops::cast(variables_[kZero].value(), dtype);
    const Tensor kernel =
        quantizers::dequantize_with_sz_map(values, scale(dtype), zero, groups, layout_.group_axis);
    return ops::reshape(kernel, layout_.shape);
  }
  if (packed()) {
    const Tensor by_row = ops::expand_dims(scale(dtype), {.axis = layout_.group_axis});
    return ops::reshape(values / by_row, layout_.shape);
  }
  Shape kept = layout_.shape;
  for (const int axis : layout_.reduced) kept[axis] = 1;
  const Tensor laid_out = ops::reshape(scale(dtype), permuted(kept, layout_.scale_axes));
  return values / ops::transpose(laid_out, {.axes = inverse(layout_.scale_axes)});
}

Tensor QuantizedKernel::rows(const Tensor& indices, DType dtype) const {
  const auto taken = [&](const Tensor& x) { return ops::take(x, indices, {.axis = 0}); };
  Tensor values = taken(variables_[kValues].value());
  if (packed()) values = quantizers::unpack_int4(values, layout_.matrix[1], -1);
  values = ops::cast(values, dtype);
  if (!grouped()) return values / ops::expand_dims(taken(scale(dtype)), {.axis = -1});
  return quantizers::dequantize_with_sz_map(
      values, taken(scale(dtype)), taken(variables_[kZero].value()), variables_[kGroups].value());
}

Tensor QuantizedKernel::rounded_product(
    const Tensor& x, const KernelProduct& how,
    const std::optional<quantizers::AbsMaxQuantizer>& input_quantizer) const {
  Tensor input = x, input_scale;
  if (input_quantizer) {
    const auto rounded = (*input_quantizer)(x, how.input_axes);
    input = rounded.values;
    input_scale = how.align ? how.align(rounded.scale) : rounded.scale;
  }
  if (grouped() || (packed() && !layout_.scale_follows)) {
    const Tensor y = ops::cast(how.forward(input, dequantized(x.dtype())), x.dtype());
    return input_scale.defined() ? y / input_scale : y;
  }
  const Tensor y = ops::cast(how.forward(input, integers()), x.dtype());
  return y / (input_scale.defined() ? scale(x.dtype()) * input_scale : scale(x.dtype()));
}

Tensor QuantizedKernel::product(
    const Tensor& x, const KernelProduct& how,
    const std::optional<quantizers::AbsMaxQuantizer>& input_quantizer) const {
  if (!how.gradient) return rounded_product(x, how, input_quantizer);
  const auto straight_through = ops::custom_gradient([&](const Tensors& in) {
    const auto gradient = [kernel = *this, rule = how.gradient,
                           dtype = x.dtype()](const Tensor& upstream) {
      return Tensors{rule(upstream, kernel.dequantized(dtype))};
    };
    return ops::ValueWithGradient{rounded_product(in[0], how, input_quantizer), gradient};
  });
  return straight_through({x});
}

}  // namespace keras
