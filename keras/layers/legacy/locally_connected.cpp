#include "keras/layers/legacy/locally_connected.h"

#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/convolutional/conv_geometry.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras::layers::legacy {
namespace {

class LocallyConnectedImpl final : public LayerImpl {
 public:
  LocallyConnectedImpl(int rank, int filters, const ops::SpatialSizes& kernel_size,
                       LocallyConnectedOptions options)
      : LayerImpl(
            {str("LocallyConnected", rank, "D"), options.name, options.trainable, options.dtype}),
        filters_(filters),
        geometry_(rank, kernel_size, options.strides, 1, options.data_format),
        options_(std::move(options)) {
    require_positive("filters", filters_);
    activity_regularizer_ = options_.activity_regularizer;
    input_spec_ = {{.ndim = rank + 2}};
  }

  void build(const Shapes& input_shapes) override {
    const Shape places = places_of(input_shapes[0]);
    const std::int64_t channels = geometry_.channels(input_shapes[0]);
    std::int64_t window = channels;
    for (const auto size : geometry_.kernel_size) window *= size;
    kernel_ = add_weight("kernel", {places.size(), window, filters_},
                         {.initializer = options_.kernel_initializer,
                          .regularizer = options_.kernel_regularizer,
                          .constraint = options_.kernel_constraint});
    if (options_.use_bias) {
      Shape shape = places;
      shape.push_back(filters_);
      bias_ = add_weight("bias", shape,
                         {.initializer = options_.bias_initializer,
                          .regularizer = options_.bias_regularizer,
                          .constraint = options_.bias_constraint});
    }
    input_spec_ = {{.ndim = geometry_.rank + 2, .axes = {{geometry_.channel_axis(), channels}}}};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    const Shape places = places_of(x.shape());
    const Tensor y = ops::einsum("bpk,pkf->bpf", {windows(x, places), computed(kernel_)});
    Shape shape = {-1};
    for (int axis = 0; axis < geometry_.rank; ++axis) shape.push_back(places[axis]);
    shape.push_back(filters_);
    Tensor out = ops::from_channels_last(ops::reshape(y, shape), geometry_.data_format);
    // Keras 2 takes the bias in the order of its numbers, not of its axes.
    if (bias_.defined()) out = out + ops::reshape(computed(bias_), one_of(out.shape()));
    return options_.activation(out);
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("filters", filters_);
    config.set("kernel_size", Config::list_of(geometry_.kernel_size));
    config.set("strides", Config::list_of(geometry_.strides));
    config.set("padding", "valid");
    config.set("data_format", geometry_.data_format);
    config.set("activation", options_.activation.config());
    config.set("use_bias", options_.use_bias);
    config.set("kernel_initializer", options_.kernel_initializer.serialize());
    config.set("bias_initializer", options_.bias_initializer.serialize());
    config.set("kernel_regularizer", options_.kernel_regularizer.serialize());
    config.set("bias_regularizer", options_.bias_regularizer.serialize());
    config.set("activity_regularizer", options_.activity_regularizer.serialize());
    config.set("kernel_constraint", options_.kernel_constraint.serialize());
    config.set("bias_constraint", options_.bias_constraint.serialize());
    config.set("implementation", 1);
    return config;
  }

 private:
  bool channels_first() const { return geometry_.data_format == "channels_first"; }

  /// The spatial sizes of the output.
  Shape places_of(const Shape& input) const {
    Shape places;
    for (int i = 0; i < geometry_.rank; ++i) {
      const auto axis = static_cast<std::size_t>(i);
      const std::int64_t size = input[i + (channels_first() ? 2 : 1)];
      if (size == kUnknown)
        throw ValueError(str("The spatial dimensions of the inputs to a ", class_name(),
                             " layer should be fully-defined, but layer received the inputs shape ",
                             input));
      const std::int64_t room = size - geometry_.kernel_size[axis];
      if (room < 0)
        throw ValueError(str("One of the dimensions in the output is <= 0 due to downsampling in ",
                             name(), ". Consider increasing the input size. Received input shape ",
                             input));
      places.push_back(room / geometry_.strides[axis] + 1);
    }
    return places;
  }

  /// (batch, places, inputs of a place), where the inputs come in the order that they have in x.
  Tensor windows(const Tensor& x, const Shape& places) const {
    Tensors parts;
    std::vector<std::int64_t> offset(geometry_.kernel_size.size(), 0);
    const std::int64_t count = Shape(geometry_.kernel_size).size();
    for (std::int64_t i = 0; i < count; ++i) {
      std::int64_t rest = i;
      for (std::size_t axis = offset.size(); axis-- > 0; rest /= geometry_.kernel_size[axis])
        offset[axis] = rest % geometry_.kernel_size[axis];
      parts.push_back(shifted(x, offset, places));
    }
    const Tensor all = ops::stack(parts, {.axis = channels_first() ? -1 : -2});
    return ops::reshape(all, {-1, places.size(), kernel_.shape()[1]});
  }

  /// (batch, spatial axes of the output, channels): what stands at one offset in each window.
  Tensor shifted(const Tensor& x, const std::vector<std::int64_t>& offset,
                 const Shape& places) const {
    std::vector<ops::Index> key = {ops::Slice{}};
    if (channels_first()) key.push_back(ops::Slice{});
    for (std::size_t axis = 0; axis < offset.size(); ++axis) {
      const std::int64_t stride = geometry_.strides[axis];
      const std::int64_t last = offset[axis] + (places[static_cast<int>(axis)] - 1) * stride;
      key.push_back(ops::Slice{offset[axis], last + 1, stride});
    }
    return ops::to_channels_last(ops::get_item(x, key), geometry_.data_format);
  }

  static Shape one_of(Shape shape) {
    shape[0] = 1;
    return shape;
  }

  std::int64_t filters_;
  ConvGeometry geometry_;
  LocallyConnectedOptions options_;
  Variable kernel_;
  Variable bias_;
};

std::shared_ptr<LayerImpl> make(int rank, int filters, const ops::SpatialSizes& kernel_size,
                                LocallyConnectedOptions options) {
  return std::make_shared<LocallyConnectedImpl>(rank, filters, kernel_size, std::move(options));
}

template <typename LayerClass>
LayerClass read(const char* class_name, const Config& config) {
  ConfigReader reader(class_name, config);
  const int filters = reader.require_int("filters");
  const auto kernel_size = ops::SpatialSizes::from_config(reader.require("kernel_size"));
  LocallyConnectedOptions o;
  read_sizes(reader, "strides", o.strides);
  reader.expect("padding", "valid");
  reader.expect("implementation", 1);
  o.data_format = reader.get("data_format", "");
  o.activation = activation_from_config(reader.get("activation"));
  o.use_bias = reader.get("use_bias", true);
  read_weight_options(reader, "kernel", o.kernel_initializer, o.kernel_regularizer,
                      o.kernel_constraint);
  read_weight_options(reader, "bias", o.bias_initializer, o.bias_regularizer, o.bias_constraint);
  o.activity_regularizer =
      regularizers::Regularizer::deserialize(reader.get("activity_regularizer"));
  o.name = reader.name();
  o.trainable = reader.trainable();
  o.dtype = reader.dtype();
  reader.finish();
  return LayerClass(filters, kernel_size, std::move(o));
}

}  // namespace

LocallyConnected1D::LocallyConnected1D(int filters, ops::SpatialSizes kernel_size,
                                       LocallyConnectedOptions options)
    : Layer(make(1, filters, kernel_size, std::move(options))) {}
LocallyConnected2D::LocallyConnected2D(int filters, ops::SpatialSizes kernel_size,
                                       LocallyConnectedOptions options)
    : Layer(make(2, filters, kernel_size, std::move(options))) {}

LocallyConnected1D LocallyConnected1D::from_config(const Config& config) {
  return read<LocallyConnected1D>("LocallyConnected1D", config);
}
LocallyConnected2D LocallyConnected2D::from_config(const Config& config) {
  return read<LocallyConnected2D>("LocallyConnected2D", config);
}

}  // namespace keras::layers::legacy
