#include "keras/applications/imagenet_utils.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::applications {
namespace {

constexpr std::int64_t kDefaultSize = 224;
constexpr std::int64_t kMinSize = 32;

bool channels_first() { return config::image_data_format() == "channels_first"; }

Shape image_shape(std::int64_t size) {
  return channels_first() ? Shape{3, size, size} : Shape{size, size, 3};
}

void check_size(const Shape& shape) {
  if (shape.rank() != 3) throw ValueError("`input_shape` must be a tuple of three integers.");
  const int rows = channels_first() ? 1 : 0;
  for (const int axis : {rows, rows + 1})
    if (shape[axis] != kUnknown && shape[axis] < kMinSize)
      throw ValueError(str("Input size must be at least ", kMinSize, "x", kMinSize,
                           "; Received: input_shape=", shape.to_string()));
}

/// Three numbers in the dtype of x, along its axis of channels.
Tensor along_channels(const Tensor& x, int axis, const std::vector<double>& values) {
  Shape shape(std::vector<std::int64_t>(static_cast<std::size_t>(x.shape().rank()), 1));
  shape[axis] = 3;
  return ops::cast(Tensor::from(values, shape), x.dtype());
}

}  // namespace

namespace imagenet_utils {

Tensor preprocess_input(const Tensor& x, PreprocessInputOptions options) {
  const std::string& mode = options.mode;
  if (mode != "caffe" && mode != "tf" && mode != "torch")
    throw ValueError(
        str("Expected mode to be one of `caffe`, `tf` or `torch`. Received: mode=", mode));
  const std::string format =
      options.data_format.empty() ? config::image_data_format() : options.data_format;
  if (format != "channels_first" && format != "channels_last")
    throw ValueError(str("Expected data_format to be one of `channels_first` or `channels_last`. ",
                         "Received: data_format=", format));
  const Tensor image = is_float(x.dtype()) ? x : ops::cast(x, dtype_from_name(config::floatx()));
  if (mode == "tf") return image / 127.5 - 1.0;
  const int rank = x.shape().rank();
  if (rank != 3 && rank != 4)
    throw ShapeError(str("Expected an image or a batch of images, with 3 or 4 axes. Received: ",
                         "x.shape=", x.shape().to_string()));
  const int axis = format == "channels_first" ? rank - 3 : rank - 1;
  if (x.shape()[axis] != 3)
    throw ShapeError(str("Expected 3 channels in axis ", axis, " (", format,
                         "). Received: x.shape=", x.shape().to_string()));
  if (mode == "torch")
    return (image / 255.0 - along_channels(image, axis, {0.485, 0.456, 0.406})) /
           along_channels(image, axis, {0.229, 0.224, 0.225});
  return ops::flip(image, {.axis = axis}) - along_channels(image, axis, {103.939, 116.779, 123.68});
}

}  // namespace imagenet_utils

void check_options(const TopOptions& options) {
  if (!options.pooling.empty() && options.pooling != "avg" && options.pooling != "max")
    throw ValueError(str("The `pooling` argument should be empty, \"avg\" or \"max\". Received: ",
                         "pooling=", options.pooling));
  const Weights& weights = options.weights;
  if (!weights.given()) return;
  if (weights.path() == "imagenet")
    throw ValueError("weights='imagenet' names files that are not fetched here.",
                     "Download the weights file of Keras's model and give its path: "
                     "{.weights = \"resnet50.weights.h5\"}; or leave `weights` out.");
  if (!std::filesystem::exists(weights.path()))
    throw ValueError(
        str("The `weights` argument should be either nullptr (random initialization) or the path "
            "to the weights file to be loaded. Received: weights=",
            weights.path()));
  const activations::Activation& activation = options.classifier_activation;
  if (options.include_top && !activation.is_linear() && activation.name() != "softmax")
    throw ValueError(
        str("Only `None` and `softmax` activations are allowed for the `classifier_activation` "
            "argument when using pretrained weights, with `include_top=True`; Received: "
            "classifier_activation=",
            activation.name()));
}

Shape obtain_input_shape(const TopOptions& options) {
  if (options.input_shape) check_size(*options.input_shape);
  const Shape shape =
      options.input_shape.value_or(image_shape(options.include_top ? kDefaultSize : kUnknown));
  if (options.include_top && !shape.is_static())
    throw ValueError(
        str("If `include_top` is True, you should specify a static `input_shape`. Received: "
            "input_shape=",
            shape.to_string()));
  return shape;
}

int channel_axis() { return channels_first() ? 1 : 3; }

Shape correct_pad(const Tensor& x, int kernel_size) {
  const int rows = channels_first() ? 2 : 1;
  const Shape& shape = x.shape();
  const std::int64_t after = kernel_size / 2;
  const auto before = [&](int axis) {
    return after - (shape[axis] == kUnknown ? 1 : 1 - shape[axis] % 2);
  };
  return {before(rows), after, before(rows + 1), after};
}

Tensor pool_globally(const Tensor& x, const std::string& pooling, bool named) {
  if (pooling == "avg") return layers::GlobalAveragePooling2D({.name = named ? "avg_pool" : ""})(x);
  if (pooling == "max") return layers::GlobalMaxPooling2D({.name = named ? "max_pool" : ""})(x);
  return x;
}

Model finish(const Tensor& image, const Tensor& x, const std::string& name,
             const Weights& weights) {
  const Model model(image, x, {.name = name});
  if (weights.given()) model.load_weights(weights.path());
  return model;
}

}  // namespace keras::applications
