#include "keras/layers/convolutional/conv_transpose.h"

#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/convolutional/conv_geometry.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn.h"

namespace keras::layers {
namespace {

/// Of any rank (Keras: BaseConvTranspose).
class ConvTransposeImpl final : public LayerImpl {
 public:
  ConvTransposeImpl(int rank, int filters, const ops::SpatialSizes& kernel_size,
                    ConvTransposeOptions options)
      : LayerImpl(
            {str("Conv", rank, "DTranspose"), options.name, options.trainable, options.dtype}),
        filters_(filters),
        geometry_(rank, kernel_size, options.strides, options.dilation_rate, options.data_format),
        options_(std::move(options)) {
    require_positive("filters", filters_);
    geometry_.refuse_dilated_strides();
    options_.padding = ops::standardize_padding(options_.padding);
    if (options_.output_padding.given()) set_output_padding();
    activity_regularizer_ = options_.activity_regularizer;
    input_spec_ = {geometry_.input_spec()};
  }

  void build(const Shapes& input_shapes) override {
    const std::int64_t channels = geometry_.channels(input_shapes[0]);
    kernel_ = add_weight("kernel", geometry_.kernel_shape(filters_, channels),
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

  Tensor call(const Tensor& x, const CallContext&) override {
    Tensor y = ops::conv_transpose(x, computed(kernel_),
                                   {.strides = geometry_.strides,
                                    .padding = options_.padding,
                                    .output_padding = output_padding_,
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
    config.set("output_padding",
               output_padding_.empty() ? Config() : Config::list_of(output_padding_));
    config.set("data_format", geometry_.data_format);
    config.set("dilation_rate", Config::list_of(geometry_.dilation_rate));
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
  void set_output_padding() {
    output_padding_ = options_.output_padding.for_axes(geometry_.rank, "output_padding", 0);
    for (std::size_t i = 0; i < output_padding_.size(); ++i)
      if (output_padding_[i] >= geometry_.strides[i])
        throw ValueError(str(
            "`output_padding` must be strictly less than `strides` for all dimensions. At "
            "dimension ",
            i, ", `output_padding` is ", output_padding_[i], " but `strides` is ",
            geometry_.strides[i], ". Received: output_padding=", Config::list_of(output_padding_),
            ", strides=", Config::list_of(geometry_.strides)));
  }

  std::int64_t filters_;
  ConvGeometry geometry_;
  ConvTransposeOptions options_;
  /// Empty where it is worked out.
  std::vector<std::int64_t> output_padding_;
  Variable kernel_;
  Variable bias_;
};

std::shared_ptr<LayerImpl> make(int rank, int filters, const ops::SpatialSizes& kernel_size,
                                ConvTransposeOptions options) {
  return std::make_shared<ConvTransposeImpl>(rank, filters, kernel_size, std::move(options));
}

template <typename LayerClass>
LayerClass read(const char* class_name, const Config& config) {
  ConfigReader reader(class_name, config);
  const int filters = reader.require_int("filters");
  const auto kernel_size = ops::SpatialSizes::from_config(reader.require("kernel_size"));
  ConvTransposeOptions o;
  read_conv_options(reader, o);
  read_sizes(reader, "output_padding", o.output_padding);
  read_weight_options(reader, "kernel", o.kernel_initializer, o.kernel_regularizer,
                      o.kernel_constraint);
  read_weight_options(reader, "bias", o.bias_initializer, o.bias_regularizer, o.bias_constraint);
  reader.finish();
  return LayerClass(filters, kernel_size, std::move(o));
}

}  // namespace

Conv1DTranspose::Conv1DTranspose(int filters, ops::SpatialSizes kernel_size,
                                 ConvTransposeOptions options)
    : Layer(make(1, filters, kernel_size, std::move(options))) {}
Conv2DTranspose::Conv2DTranspose(int filters, ops::SpatialSizes kernel_size,
                                 ConvTransposeOptions options)
    : Layer(make(2, filters, kernel_size, std::move(options))) {}
Conv3DTranspose::Conv3DTranspose(int filters, ops::SpatialSizes kernel_size,
                                 ConvTransposeOptions options)
    : Layer(make(3, filters, kernel_size, std::move(options))) {}

Conv1DTranspose Conv1DTranspose::from_config(const Config& config) {
  return read<Conv1DTranspose>("Conv1DTranspose", config);
}
Conv2DTranspose Conv2DTranspose::from_config(const Config& config) {
  return read<Conv2DTranspose>("Conv2DTranspose", config);
}
Conv3DTranspose Conv3DTranspose::from_config(const Config& config) {
  return read<Conv3DTranspose>("Conv3DTranspose", config);
}

}  // namespace keras::layers
