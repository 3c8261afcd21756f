#include "keras/layers/convolutional/conv.h"

#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/convolutional/conv_geometry.h"
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
        filters_(filters),
        geometry_(rank, kernel_size, options.strides, options.dilation_rate, options.data_format),
        options_(std::move(options)) {
    check_arguments();
    causal_ = options_.padding == "causal";
    if (!causal_) options_.padding = ops::standardize_padding(options_.padding);
    activity_regularizer_ = options_.activity_regularizer;
    input_spec_ = {geometry_.input_spec()};
  }

  void build(const Shapes& input_shapes) override {
    const std::int64_t channels = geometry_.channels(input_shapes[0]);
    if (channels % options_.groups != 0)
      throw ValueError(
          str("The number of input channels must be evenly divisible by the number of "
              "groups. Received groups=",
              options_.groups, ", but the input has ", channels, " channels (full input shape is ",
              input_shapes[0], ")."));
    kernel_ = add_weight("kernel", geometry_.kernel_shape(channels / options_.groups, filters_),
                         {.initializer = options_.kernel_initializer,
                          .regularizer = options_.kernel_regularizer,
                          .constraint = options_.kernel_constraint});
    if (options_.use_bias)
      bias_ = add_weight("bias", {filters_},
                         {.initializer = options_.bias_initializer,
                          .regularizer = options_.bias_regularizer,
                          .constraint = options_.bias_constraint});
    input_spec_ = {geometry_.input_spec(channels)};
  }

  Tensor call(const Tensor& given, const CallContext&) override {
    const Tensor x = causal_ ? with_causal_padding(given) : given;
    Tensor y = ops::conv(x, computed(kernel_),
                         {.strides = geometry_.strides,
                          .padding = causal_ ? "valid" : options_.padding,
                          .data_format = geometry_.data_format,
                          .dilation_rate = geometry_.dilation_rate});
    if (bias_.defined()) y = geometry_.with_bias(y, computed(bias_));
    return options_.activation(y);
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("filters", filters_);
    config.set("kernel_size", Config::list_of(geometry_.kernel_size));
    config.set("strides", Config::list_of(geometry_.strides));
    config.set("padding", options_.padding);
    config.set("data_format", geometry_.data_format);
    config.set("dilation_rate", Config::list_of(geometry_.dilation_rate));
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
    require_positive("filters", filters_);
    if (options_.groups <= 0)
      throw ValueError(str("The number of groups must be a positive integer. Received: groups=",
                           options_.groups, "."));
    if (filters_ % options_.groups != 0)
      throw ValueError(
          str("The number of filters must be evenly divisible by the number of "
              "groups. Received: groups=",
              options_.groups, ", filters=", filters_, "."));
    geometry_.refuse_dilated_strides();
    if (options_.padding == "causal" && geometry_.rank != 1)
      throw ValueError(str("Causal padding is only supported for `Conv1D`."));
  }

  /// Zeros before the first step alone, so that no output sees a later input.
  Tensor with_causal_padding(const Tensor& x) const {
    const std::int64_t zeros = geometry_.dilation_rate[0] * (geometry_.kernel_size[0] - 1);
    if (geometry_.data_format == "channels_first") return ops::pad(x, {{0, 0}, {0, 0}, {zeros, 0}});
    return ops::pad(x, {{0, 0}, {zeros, 0}, {0, 0}});
  }

  std::int64_t filters_;
  ConvGeometry geometry_;
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
  const int filters = reader.require_int("filters");
  const auto kernel_size = ops::SpatialSizes::from_config(reader.require("kernel_size"));
  ConvOptions o;
  read_conv_options(reader, o);
  o.groups = reader.get("groups", 1);
  read_weight_options(reader, "kernel", o.kernel_initializer, o.kernel_regularizer,
                      o.kernel_constraint);
  read_weight_options(reader, "bias", o.bias_initializer, o.bias_regularizer, o.bias_constraint);
  reader.expect("quantization_config", nullptr);
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
