#include "keras/layers/convolutional/conv.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// Of any rank (Keras: BaseConv).
class ConvImpl final : public LayerImpl {
 public:
  ConvImpl(int rank, int filters, const ops::SpatialSizes& kernel_size, ConvOptions options)
      : LayerImpl({str("Conv", rank, "D"), options.name, options.trainable, options.dtype}),
        rank_(rank),
        filters_(filters),
        kernel_size_(kernel_size.for_axes(rank, "kernel_size")),
        strides_(options.strides.for_axes(rank, "strides")),
        dilation_(options.dilation_rate.for_axes(rank, "dilation_rate")),
        options_(std::move(options)) {
    check_arguments();
    causal_ = options_.padding == "causal";
    if (!causal_) options_.padding = ops::standardize_padding(options_.padding);
    options_.data_format = ops::standardize_data_format(options_.data_format);
    activity_regularizer_ = options_.activity_regularizer;
    input_spec_ = {{.min_ndim = rank + 2}};
  }

  void build(const Shapes& input_shapes) override {
    const int axis = channel_axis();
    const std::int64_t channels = input_shapes[0][axis];
    if (channels == kUnknown)
      throw ValueError(
          str("The channel dimension of the inputs should be defined. Found None. "
              "Full input shape received: ",
              input_shapes[0]));
    if (channels % options_.groups != 0)
      throw ValueError(
          str("The number of input channels must be evenly divisible by the number of "
              "groups. Received groups=",
              options_.groups, ", but the input has ", channels, " channels (full input shape is ",
              input_shapes[0], ")."));
    Shape shape(kernel_size_);
    shape.push_back(channels / options_.groups);
    shape.push_back(filters_);
    kernel_ = add_weight("kernel", shape,
                         {.initializer = options_.kernel_initializer,
                          .regularizer = options_.kernel_regularizer,
                          .constraint = options_.kernel_constraint});
    if (options_.use_bias)
      bias_ = add_weight("bias", {filters_},
                         {.initializer = options_.bias_initializer,
                          .regularizer = options_.bias_regularizer,
                          .constraint = options_.bias_constraint});
    input_spec_ = {{.min_ndim = rank_ + 2, .axes = {{axis, channels}}}};
  }

  Tensor call(const Tensor& given, const CallContext&) override {
    const Tensor x = causal_ ? with_causal_padding(given) : given;
    Tensor y = ops::conv(x, computed(kernel_),
                         {.strides = strides_,
                          .padding = causal_ ? "valid" : options_.padding,
                          .data_format = options_.data_format,
                          .dilation_rate = dilation_});
    if (bias_.defined()) y = y + shaped_bias();
    return options_.activation(y);
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("filters", filters_);
    config.set("kernel_size", Config::list_of(kernel_size_));
    config.set("strides", Config::list_of(strides_));
    config.set("padding", options_.padding);
    config.set("data_format", options_.data_format);
    config.set("dilation_rate", Config::list_of(dilation_));
    config.set("groups", options_.groups);
    config.set("activation", options_.activation.config());
    config.set("use_bias", options_.use_bias);
    config.set("kernel_initializer", options_.kernel_initializer.serialize());
    config.set("bias_initializer", options_.bias_initializer.serialize());
    config.set("kernel_regularizer", options_.kernel_regularizer.serialize());
    config.set("bias_regularizer", options_.bias_regularizer.serialize());
    config.set("activity_regularizer", options_.activity_regularizer.serialize());
    config.set("kernel_constraint", options_.kernel_constraint.serialize());
    config.set("bias_constraint", options_.bias_constraint.serialize());
    return config;
  }

 private:
  void check_arguments() const {
    const auto positive = [](std::int64_t size) { return size > 1; };
    if (filters_ <= 0)
      throw ValueError(
          str("Invalid value for argument `filters`. Expected a strictly positive "
              "value. Received filters=",
              filters_, "."));
    if (options_.groups <= 0)
      throw ValueError(str("The number of groups must be a positive integer. Received: groups=",
                           options_.groups, "."));
    if (filters_ % options_.groups != 0)
      throw ValueError(
          str("The number of filters must be evenly divisible by the number of "
              "groups. Received: groups=",
              options_.groups, ", filters=", filters_, "."));
    if (std::any_of(strides_.begin(), strides_.end(), positive) &&
        std::any_of(dilation_.begin(), dilation_.end(), positive))
      throw ValueError(
          str("`strides > 1` not supported in conjunction with `dilation_rate > 1`. "
              "Received: strides=",
              Config::list_of(strides_), " and dilation_rate=", Config::list_of(dilation_)));
    if (options_.padding == "causal" && rank_ != 1)
      throw ValueError(str("Causal padding is only supported for `Conv1D`."));
  }

  int channel_axis() const { return options_.data_format == "channels_first" ? 1 : -1; }

  /// Zeros before the first step alone, so that no output sees a later input.
  Tensor with_causal_padding(const Tensor& x) const {
    const std::int64_t zeros = dilation_[0] * (kernel_size_[0] - 1);
    if (options_.data_format == "channels_first") return ops::pad(x, {{0, 0}, {0, 0}, {zeros, 0}});
    return ops::pad(x, {{0, 0}, {zeros, 0}, {0, 0}});
  }

  Tensor shaped_bias() const {
    if (options_.data_format == "channels_last") return computed(bias_);
    Shape shape{1, filters_};
    for (int axis = 0; axis < rank_; ++axis) shape.push_back(1);
    return ops::reshape(computed(bias_), shape);
  }

  int rank_;
  std::int64_t filters_;
  std::vector<std::int64_t> kernel_size_;
  std::vector<std::int64_t> strides_;
  std::vector<std::int64_t> dilation_;
  ConvOptions options_;
  bool causal_ = false;
  Variable kernel_;
  Variable bias_;
};

std::shared_ptr<LayerImpl> make(int rank, int filters, const ops::SpatialSizes& kernel_size,
                                ConvOptions options) {
  return std::make_shared<ConvImpl>(rank, filters, kernel_size, std::move(options));
}

template <typename ConvClass>
ConvClass read(const char* class_name, const Config& config) {
  ConfigReader reader(class_name, config);
  const auto filters = static_cast<int>(reader.require("filters").as_int());
  const auto kernel_size = ops::SpatialSizes::from_config(reader.require("kernel_size"));
  ConvOptions o;
  const auto sizes = [&](const char* key, ops::SpatialSizes& into) {
    if (const Config& given = reader.get(key); !given.is_null())
      into = ops::SpatialSizes::from_config(given);
  };
  sizes("strides", o.strides);
  o.padding = reader.get("padding", "valid");
  o.data_format = reader.get("data_format", "");
  sizes("dilation_rate", o.dilation_rate);
  o.groups = reader.get("groups", 1);
  o.activation = activations::Activation::from_config(reader.get("activation"));
  o.use_bias = reader.get("use_bias", true);
  o.kernel_initializer = initializers::Initializer::deserialize(reader.get("kernel_initializer"));
  o.bias_initializer = initializers::Initializer::deserialize(reader.get("bias_initializer"));
  o.kernel_regularizer = regularizers::Regularizer::deserialize(reader.get("kernel_regularizer"));
  o.bias_regularizer = regularizers::Regularizer::deserialize(reader.get("bias_regularizer"));
  o.activity_regularizer =
      regularizers::Regularizer::deserialize(reader.get("activity_regularizer"));
  o.kernel_constraint = constraints::Constraint::deserialize(reader.get("kernel_constraint"));
  o.bias_constraint = constraints::Constraint::deserialize(reader.get("bias_constraint"));
  reader.expect("quantization_config", nullptr);
  o.name = reader.name();
  o.trainable = reader.trainable();
  o.dtype = reader.dtype();
  reader.finish();
  return ConvClass(filters, kernel_size, std::move(o));
}

}  // namespace

Conv1D::Conv1D(int filters, ops::SpatialSizes kernel_size, ConvOptions options)
    : Layer(make(1, filters, kernel_size, std::move(options))) {}
Conv2D::Conv2D(int filters, ops::SpatialSizes kernel_size, ConvOptions options)
    : Layer(make(2, filters, kernel_size, std::move(options))) {}
Conv3D::Conv3D(int filters, ops::SpatialSizes kernel_size, ConvOptions options)
    : Layer(make(3, filters, kernel_size, std::move(options))) {}

Conv1D Conv1D::from_config(const Config& config) { return read<Conv1D>("Conv1D", config); }
Conv2D Conv2D::from_config(const Config& config) { return read<Conv2D>("Conv2D", config); }
Conv3D Conv3D::from_config(const Config& config) { return read<Conv3D>("Conv3D", config); }

}  // namespace keras::layers
