#include "keras/layers/rnn/conv_lstm_cell.h"

#include <algorithm>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/rnn/cell_config.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/random/random.h"

namespace keras::layers {
namespace {

void check_strides(const ConvGeometry& g) {
  const auto above_one = [](std::int64_t size) { return size > 1; };
  if (std::any_of(g.strides.begin(), g.strides.end(), above_one) &&
      std::any_of(g.dilation_rate.begin(), g.dilation_rate.end(), above_one))
    throw ValueError(
        str("Specifying `strides > 1` is not compatible with `dilation_rate > 1`. Please provide "
            "`strides=1` or `dilation_rate=1`. Received: strides=",
            Shape(g.strides), " and dilation_rate=", Shape(g.dilation_rate)));
}

std::int64_t output_size(std::int64_t size, std::int64_t window, std::int64_t stride,
                         std::int64_t dilation, bool same) {
  return same ? (size + stride - 1) / stride : (size - (window - 1) * dilation - 1) / stride + 1;
}

}  // namespace

ConvLSTMCellImpl::ConvLSTMCellImpl(int rank, int filters, const ops::SpatialSizes& kernel_size,
                                   ConvLSTMOptions options)
    : RNNCellImpl({"ConvLSTMCell", "conv_lstm_cell", options.trainable, options.dtype}),
      filters_(filters),
      geometry_(rank, kernel_size, options.strides, options.dilation_rate, options.data_format),
      options_(std::move(options)),
      seed_(options_.seed) {
  require_positive("filters", filters_);
  check_strides(geometry_);
  options_.padding = ops::standardize_padding(options_.padding);
  keep_rates_in_range(options_);
}

void ConvLSTMCellImpl::find_state_shape(const Shape& input, const Shape& kernel_shape) {
  const bool first = geometry_.data_format == "channels_first";
  state_shape_ = first ? Shape{filters_} : Shape{};
  for (int axis = 0; axis < geometry_.rank; ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    const std::int64_t size = input[axis + (first ? 2 : 1)];
    if (size == kUnknown)
      throw ValueError(
          str("ConvLSTM layers only support static input shapes for the spatial dimension. "
              "Received invalid input shape: input_shape=",
              input));
    state_shape_.push_back(output_size(size, geometry_.kernel_size[i], geometry_.strides[i],
                                       geometry_.dilation_rate[i], options_.padding == "same"));
    if (state_shape_[-1] <= 0)
      throw ValueError(str(
          "Computed output size would be zero or negative. Received `inputs shape=", input,
          "`, `kernel shape=", kernel_shape, "`, `dilation_rate=", Shape(geometry_.dilation_rate),
          "`, `strides=", Shape(geometry_.strides), "`, `padding=", options_.padding, "`."));
  }
  if (!first) state_shape_.push_back(filters_);
}

void ConvLSTMCellImpl::build(const Shapes& input_shapes) {
  const Shape& input = input_shapes[0];
  const std::int64_t channels = input[geometry_.channel_axis()];
  find_state_shape(input, geometry_.kernel_shape(channels, filters_));
  if (channels == kUnknown)
    throw ValueError(
        str("The channel dimension of the inputs (last axis) should be defined. Found None. Full "
            "input shape received: input_shape=",
            input));
  step_spec_ = {.ndim = input.rank()};
  for (int axis = 1; axis < input.rank(); ++axis) step_spec_.axes[axis] = input[axis];
  kernel_ = add_weight("kernel", geometry_.kernel_shape(channels, 4 * filters_),
                       {.initializer = options_.kernel_initializer,
                        .regularizer = options_.kernel_regularizer,
                        .constraint = options_.kernel_constraint});
  recurrent_kernel_ = add_weight("recurrent_kernel", geometry_.kernel_shape(filters_, 4 * filters_),
                                 {.initializer = options_.recurrent_initializer,
                                  .regularizer = options_.recurrent_regularizer,
                                  .constraint = options_.recurrent_constraint});
  if (options_.use_bias)
    bias_ = add_weight("bias", {4 * filters_},
                       {.initializer = full_bias_initializer(),
                        .regularizer = options_.bias_regularizer,
                        .constraint = options_.bias_constraint});
}

initializers::Initializer ConvLSTMCellImpl::full_bias_initializer() const {
  if (!options_.unit_forget_bias) return options_.bias_initializer;
  return [given = options_.bias_initializer, n = filters_](const Shape&, DType dtype) {
    return ops::concatenate({given({n}, dtype), ops::ones({n}, dtype), given({2 * n}, dtype)});
  };
}

SequenceConstants ConvLSTMCellImpl::sequence_constants(const Tensor& input, const Tensors& states,
                                                       const CallContext& context) {
  if (!context.is_training()) return {};
  return {masks(input, options_.dropout), masks(states[0], options_.recurrent_dropout), {}};
}

Tensors ConvLSTMCellImpl::masks(const Tensor& like, double rate) const {
  Tensors masks;
  if (rate <= 0 || rate >= 1) return masks;
  for (int gate = 0; gate < 4; ++gate)
    masks.push_back(random::dropout(ops::ones(like.shape(), like.dtype()), rate, {.seed = seed_}));
  return masks;
}

Tensor ConvLSTMCellImpl::gate(const Tensor& x, int index) const {
  return ops::slice_axis(x, geometry_.channel_axis(), index * filters_, (index + 1) * filters_);
}

/// The convolutions of all gates, each with its own mask where there are masks.
Tensor ConvLSTMCellImpl::convolved(const Tensor& x, const Tensors& masks, const Tensor& kernel,
                                   bool recurrent) const {
  ops::ConvOptions how{.padding = "same", .data_format = geometry_.data_format};
  if (!recurrent)
    how = {.strides = geometry_.strides,
           .padding = options_.padding,
           .data_format = geometry_.data_format,
           .dilation_rate = geometry_.dilation_rate};
  if (masks.empty()) return ops::conv(x, kernel, how);
  Tensors parts;
  for (int i = 0; i < 4; ++i)
    parts.push_back(ops::conv(x * masks[static_cast<std::size_t>(i)],
                              ops::slice_axis(kernel, -1, i * filters_, (i + 1) * filters_), how));
  return ops::concatenate(parts, {.axis = geometry_.channel_axis()});
}

Tensors ConvLSTMCellImpl::step(const Tensor& input, const Tensors& states,
                               const CallContext& context) {
  return step_with(input, states, sequence_constants(input, states, context), context);
}

Tensors ConvLSTMCellImpl::step_with(const Tensor& input, const Tensors& states,
                                    const SequenceConstants& constants, const CallContext&) {
  check_inputs(name(), {step_spec_}, {input});
  Tensor z = convolved(input, constants.input_masks, computed(kernel_), false);
  if (bias_.defined()) z = geometry_.with_bias(z, computed(bias_));
  z = z + convolved(states[0], constants.recurrent_masks, computed(recurrent_kernel_), true);
  const auto& open = options_.recurrent_activation;
  const Tensor i = open(gate(z, 0)), f = open(gate(z, 1)), o = open(gate(z, 3));
  const Tensor c = f * states[1] + i * options_.activation(gate(z, 2));
  const Tensor h = o * options_.activation(c);
  return {h, h, c};
}

void ConvLSTMCellImpl::write_config(Config& config) const {
  config.set("filters", filters_);
  config.set("kernel_size", Config::list_of(geometry_.kernel_size));
  config.set("strides", Config::list_of(geometry_.strides));
  config.set("padding", options_.padding);
  config.set("data_format", geometry_.data_format);
  config.set("dilation_rate", Config::list_of(geometry_.dilation_rate));
  write_cell_arguments(config, options_);
}

}  // namespace keras::layers
