#include "keras/layers/convolutional/separable_conv.h"

#include <memory>
#include <utility>

#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/convolutional/conv_geometry.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn.h"

namespace keras::layers {
namespace {

/// Of any rank (Keras: BaseSeparableConv).
class SeparableConvImpl final : public LayerImpl {
 public:
  SeparableConvImpl(int rank, int filters, const ops::SpatialSizes& kernel_size,
                    SeparableConvOptions options)
      : LayerImpl(
            {str("SeparableConv", rank, "D"), options.name, options.trainable, options.dtype}),
        filters_(filters),
        geometry_(rank, kernel_size, options.strides, options.dilation_rate, options.data_format),
        options_(std::move(options)) {
    require_positive("depth_multiplier", options_.depth_multiplier);
    require_positive("filters", filters_);
    options_.padding = ops::standardize_padding(options_.padding);
    activity_regularizer_ = options_.activity_regularizer;
    input_spec_ = {geometry_.input_spec()};
  }

  void build(const Shapes& input_shapes) override {
    const std::int64_t channels = geometry_.channels(input_shapes[0]);
    depthwise_kernel_ =
        add_weight("depthwise_kernel", geometry_.kernel_shape(channels, options_.depth_multiplier),
                   {.initializer = options_.depthwise_initializer,
                    .regularizer = options_.depthwise_regularizer,
                    .constraint = options_.depthwise_constraint});
    Shape pointwise;
    for (int axis = 0; axis < geometry_.rank; ++axis) pointwise.push_back(1);
    pointwise.push_back(channels * options_.depth_multiplier);
    pointwise.push_back(filters_);
    pointwise_kernel_ = add_weight("pointwise_kernel", pointwise,
                                   {.initializer = options_.pointwise_initializer,
                                    .regularizer = options_.pointwise_regularizer,
                                    .constraint = options_.pointwise_constraint});
    if (options_.use_bias)
      bias_ = add_weight("bias", {filters_},
                         {.initializer = options_.bias_initializer,
                          .regularizer = options_.bias_regularizer,
                          .constraint = options_.bias_constraint});
    input_spec_ = {geometry_.input_spec(channels)};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    Tensor y = ops::separable_conv(x, computed(depthwise_kernel_), computed(pointwise_kernel_),
                                   {.strides = geometry_.strides,
                                    .padding = options_.padding,
                                    .data_format = geometry_.data_format,
                                    .dilation_rate = geometry_.dilation_rate});
    if (bias_.defined()) y = geometry_.with_bias(y, computed(bias_));
    return options_.activation(y);
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("depth_multiplier", options_.depth_multiplier);
    config.set("filters", filters_);
    config.set("kernel_size", Config::list_of(geometry_.kernel_size));
    config.set("strides", Config::list_of(geometry_.strides));
    config.set("padding", options_.padding);
    config.set("data_format", geometry_.data_format);
    config.set("dilation_rate", Config::list_of(geometry_.dilation_rate));
    config.set("activation", options_.activation.config());
    config.set("use_bias", options_.use_bias);
    config.set("depthwise_initializer", options_.depthwise_initializer.serialize());
    config.set("pointwise_initializer", options_.pointwise_initializer.serialize());
    config.set("bias_initializer", options_.bias_initializer.serialize());
    config.set("depthwise_regularizer", options_.depthwise_regularizer.serialize());
    config.set("pointwise_regularizer", options_.pointwise_regularizer.serialize());
    config.set("bias_regularizer", options_.bias_regularizer.serialize());
    config.set("activity_regularizer", options_.activity_regularizer.serialize());
    config.set("depthwise_constraint", options_.depthwise_constraint.serialize());
    config.set("pointwise_constraint", options_.pointwise_constraint.serialize());
    config.set("bias_constraint", options_.bias_constraint.serialize());
    return config;
  }

 private:
  std::int64_t filters_;
  ConvGeometry geometry_;
  SeparableConvOptions options_;
  Variable depthwise_kernel_;
  Variable pointwise_kernel_;
  Variable bias_;
};

std::shared_ptr<LayerImpl> make(int rank, int filters, const ops::SpatialSizes& kernel_size,
                                SeparableConvOptions options) {
  return std::make_shared<SeparableConvImpl>(rank, filters, kernel_size, std::move(options));
}

template <typename LayerClass>
LayerClass read(const char* class_name, const Config& config) {
  ConfigReader reader(class_name, config);
  const int filters = reader.require_int("filters");
  const auto kernel_size = ops::SpatialSizes::from_config(reader.require("kernel_size"));
  SeparableConvOptions o;
  read_conv_options(reader, o);
  o.depth_multiplier = reader.get("depth_multiplier", 1);
  read_weight_options(reader, "depthwise", o.depthwise_initializer, o.depthwise_regularizer,
                      o.depthwise_constraint);
  read_weight_options(reader, "pointwise", o.pointwise_initializer, o.pointwise_regularizer,
                      o.pointwise_constraint);
  read_weight_options(reader, "bias", o.bias_initializer, o.bias_regularizer, o.bias_constraint);
  reader.finish();
  return LayerClass(filters, kernel_size, std::move(o));
}

}  // namespace

SeparableConv1D::SeparableConv1D(int filters, ops::SpatialSizes kernel_size,
                                 SeparableConvOptions options)
    : Layer(make(1, filters, kernel_size, std::move(options))) {}
SeparableConv2D::SeparableConv2D(int filters, ops::SpatialSizes kernel_size,
                                 SeparableConvOptions options)
    : Layer(make(2, filters, kernel_size, std::move(options))) {}

SeparableConv1D SeparableConv1D::from_config(const Config& config) {
  return read<SeparableConv1D>("SeparableConv1D", config);
}
SeparableConv2D SeparableConv2D::from_config(const Config& config) {
  return read<SeparableConv2D>("SeparableConv2D", config);
}

}  // namespace keras::layers
