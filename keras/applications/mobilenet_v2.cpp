#include "keras/applications/mobilenet_v2.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/activations/rectifiers.h"
#include "keras/layers/convolutional/conv.h"
#include "keras/layers/convolutional/depthwise_conv.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/merging/merge.h"
#include "keras/layers/normalization/batch_normalization.h"
#include "keras/layers/reshaping/zero_padding.h"

namespace keras::applications {
namespace {

/// Blocks that follow on each other with as many filters; the first one has the stride.
struct Stage {
  int filters;
  int blocks;
  int stride;
};

constexpr Stage kStages[] = {{16, 1, 1}, {24, 2, 2},  {32, 3, 2}, {64, 4, 2},
                             {96, 3, 1}, {160, 3, 2}, {320, 1, 1}};
constexpr int kExpansion = 6;

/// The multiple of 8 that is nearest, but not more than a tenth below.
int make_divisible(double value) {
  constexpr int kDivisor = 8;
  const int nearest =
      std::max(kDivisor, static_cast<int>(value + kDivisor / 2.0) / kDivisor * kDivisor);
  return nearest < 0.9 * value ? nearest + kDivisor : nearest;
}

Tensor normalize(const Tensor& x, const std::string& name) {
  return layers::BatchNormalization(
      {.axis = channel_axis() == 1 ? 1 : -1, .momentum = 0.999, .epsilon = 1e-3, .name = name})(x);
}

Tensor relu6(const Tensor& x, const std::string& name) {
  return layers::ReLU({.max_value = 6.0, .name = name})(x);
}

Tensor convolve_points(const Tensor& x, int filters, const std::string& name) {
  return layers::Conv2D(filters, 1, {.padding = "same", .use_bias = false, .name = name})(x);
}

Tensor pad_to_halve(const Tensor& x, const std::string& name) {
  const Shape sides = correct_pad(x, 3);
  return layers::ZeroPadding2D({{sides[0], sides[1]}, {sides[2], sides[3]}}, {.name = name})(x);
}

/// Wider, a convolution of each channel by itself, narrower again: the residual is narrow.
Tensor inverted_residual_block(const Tensor& input, int filters, int stride, int block_id) {
  const auto channels = static_cast<int>(input.shape()[channel_axis()]);
  const std::string prefix = block_id == 0 ? "expanded_conv_" : str("block_", block_id, "_");
  Tensor x = input;
  if (block_id > 0) {
    x = convolve_points(x, kExpansion * channels, prefix + "expand");
    x = relu6(normalize(x, prefix + "expand_BN"), prefix + "expand_relu");
  }
  if (stride == 2) x = pad_to_halve(x, prefix + "pad");
  x = layers::DepthwiseConv2D(3, {.strides = stride,
                                  .padding = stride == 1 ? "same" : "valid",
                                  .use_bias = false,
                                  .name = prefix + "depthwise"})(x);
  x = relu6(normalize(x, prefix + "depthwise_BN"), prefix + "depthwise_relu");
  x = normalize(convolve_points(x, filters, prefix + "project"), prefix + "project_BN");
  if (channels != filters || stride != 1) return x;
  return layers::Add({.name = prefix + "add"})({input, x});
}

std::string default_name(double alpha, const Shape& input_shape) {
  const std::int64_t rows = input_shape[channel_axis() == 1 ? 1 : 0];
  char width[64];
  std::snprintf(width, sizeof width, "%.2f", alpha);
  return str("mobilenetv2_", width, "_", rows == kUnknown ? "None" : std::to_string(rows));
}

Tensor add_features(const Tensor& image, double alpha) {
  Tensor x =
      layers::Conv2D(make_divisible(32 * alpha), 3,
                     {.strides = 2, .padding = "same", .use_bias = false, .name = "Conv1"})(image);
  x = relu6(normalize(x, "bn_Conv1"), "Conv1_relu");
  int block_id = 0;
  for (const Stage& stage : kStages) {
    const int filters = make_divisible(static_cast<int>(stage.filters * alpha));
    for (int i = 0; i < stage.blocks; ++i)
      x = inverted_residual_block(x, filters, i == 0 ? stage.stride : 1, block_id++);
  }
  const int last = alpha > 1.0 ? make_divisible(1280 * alpha) : 1280;
  x = layers::Conv2D(last, 1, {.use_bias = false, .name = "Conv_1"})(x);
  return relu6(normalize(x, "Conv_1_bn"), "out_relu");
}

}  // namespace

Model MobileNetV2(MobileNetV2Options options) {
  const TopOptions top{options.include_top, options.weights, options.input_shape,
                       options.pooling,     options.classes, options.classifier_activation};
  check_options(top);
  if (!(options.alpha > 0))
    throw ValueError(str("`alpha` must be positive. Received: alpha=", options.alpha));
  const Shape shape = obtain_input_shape(top);
  const Tensor image = Input(shape);
  Tensor x = add_features(image, options.alpha);
  x = pool_globally(x, options.include_top ? "avg" : options.pooling, false);
  if (options.include_top)
    x = layers::Dense(options.classes,
                      {.activation = options.classifier_activation, .name = "predictions"})(x);
  const std::string name = options.name.empty() ? default_name(options.alpha, shape) : options.name;
  return finish(image, x, name, options.weights);
}

namespace mobilenet_v2 {
Tensor preprocess_input(const Tensor& x, PreprocessInputOptions options) {
  return imagenet_utils::preprocess_input(x, {.data_format = options.data_format, .mode = "tf"});
}
}  // namespace mobilenet_v2

}  // namespace keras::applications
