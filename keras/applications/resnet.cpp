#include "keras/applications/resnet.h"

#include <array>
#include <utility>

#include "keras/engine/text.h"
#include "keras/layers/convolutional/conv.h"
#include "keras/layers/core/activation.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/merging/merge.h"
#include "keras/layers/normalization/batch_normalization.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/layers/reshaping/zero_padding.h"

namespace keras::applications {
namespace {

/// How many blocks each of the four stacks has, and whether they activate before they convolve.
struct Architecture {
  const char* name;
  std::array<int, 4> blocks;
  bool preact;
};

/// One block: bottleneck convolutions with `filters`, four times as many at the end.
struct Block {
  std::string name;
  int filters;
  int stride;
  bool conv_shortcut;
};

Tensor normalize(const Tensor& x, const std::string& name) {
  return layers::BatchNormalization({.axis = channel_axis(), .epsilon = 1.001e-5, .name = name})(x);
}

Tensor relu(const Tensor& x, const std::string& name) {
  return layers::Activation("relu", {.name = name})(x);
}

/// Names end in _bn and _relu after a common start.
Tensor normalize_and_relu(const Tensor& x, const std::string& start) {
  return relu(normalize(x, start + "_bn"), start + "_relu");
}

Tensor convolve(const Tensor& x, int filters, int size, layers::ConvOptions options) {
  return layers::Conv2D(filters, size, std::move(options))(x);
}

Tensor block_v1(const Tensor& input, const Block& block) {
  const auto [name, filters, stride, conv_shortcut] = block;
  Tensor shortcut = input;
  if (conv_shortcut)
    shortcut =
        normalize(convolve(input, 4 * filters, 1, {.strides = stride, .name = name + "_0_conv"}),
                  name + "_0_bn");
  Tensor x = convolve(input, filters, 1, {.strides = stride, .name = name + "_1_conv"});
  x = normalize_and_relu(x, name + "_1");
  x = convolve(x, filters, 3, {.padding = "same", .name = name + "_2_conv"});
  x = normalize_and_relu(x, name + "_2");
  x = convolve(x, 4 * filters, 1, {.name = name + "_3_conv"});
  x = normalize(x, name + "_3_bn");
  return relu(layers::Add({.name = name + "_add"})({shortcut, x}), name + "_out");
}

Tensor block_v2(const Tensor& input, const Block& block) {
  const auto [name, filters, stride, conv_shortcut] = block;
  const Tensor preact = normalize_and_relu(input, name + "_preact");
  Tensor shortcut = input;
  if (conv_shortcut)
    shortcut = convolve(preact, 4 * filters, 1, {.strides = stride, .name = name + "_0_conv"});
  else if (stride > 1)
    shortcut = layers::MaxPooling2D(1, {.strides = stride})(input);
  Tensor x = convolve(preact, filters, 1, {.use_bias = false, .name = name + "_1_conv"});
  x = normalize_and_relu(x, name + "_1");
  x = layers::ZeroPadding2D(1, {.name = name + "_2_pad"})(x);
  x = convolve(x, filters, 3, {.strides = stride, .use_bias = false, .name = name + "_2_conv"});
  x = normalize_and_relu(x, name + "_2");
  x = convolve(x, 4 * filters, 1, {.name = name + "_3_conv"});
  return layers::Add({.name = name + "_out"})({shortcut, x});
}

/// Stack 0 keeps the size in the first version, stack 3 in the second; the others halve it, in the
/// first block in the first version and in the last in the second.
Tensor add_stack(Tensor x, int stack, const Architecture& architecture) {
  const int blocks = architecture.blocks[static_cast<std::size_t>(stack)];
  const bool preact = architecture.preact;
  const bool halves = stack != (preact ? 3 : 0);
  const int halving_block = preact ? blocks : 1;
  for (int i = 1; i <= blocks; ++i) {
    const Block block{.name = str("conv", stack + 2, "_block", i),
                      .filters = 64 << stack,
                      .stride = halves && i == halving_block ? 2 : 1,
                      .conv_shortcut = i == 1};
    x = preact ? block_v2(x, block) : block_v1(x, block);
  }
  return x;
}

Model make(const Architecture& architecture, ResNetOptions options) {
  const TopOptions top{options.include_top, options.weights, options.input_shape,
                       options.pooling,     options.classes, options.classifier_activation};
  check_options(top);
  const Tensor image = Input(obtain_input_shape(top));
  Tensor x = layers::ZeroPadding2D(3, {.name = "conv1_pad"})(image);
  x = convolve(x, 64, 7, {.strides = 2, .name = "conv1_conv"});
  if (!architecture.preact) x = normalize_and_relu(x, "conv1");
  x = layers::ZeroPadding2D(1, {.name = "pool1_pad"})(x);
  x = layers::MaxPooling2D(3, {.strides = 2, .name = "pool1_pool"})(x);
  for (int stack = 0; stack < 4; ++stack) x = add_stack(x, stack, architecture);
  if (architecture.preact) x = normalize_and_relu(x, "post");
  x = pool_globally(x, options.include_top ? "avg" : options.pooling, true);
  if (options.include_top)
    x = layers::Dense(options.classes,
                      {.activation = options.classifier_activation, .name = "predictions"})(x);
  return finish(image, x, options.name.empty() ? architecture.name : options.name, options.weights);
}

}  // namespace

Model ResNet50(ResNetOptions options) {
  return make({"resnet50", {3, 4, 6, 3}, false}, std::move(options));
}
Model ResNet101(ResNetOptions options) {
  return make({"resnet101", {3, 4, 23, 3}, false}, std::move(options));
}
Model ResNet152(ResNetOptions options) {
  return make({"resnet152", {3, 8, 36, 3}, false}, std::move(options));
}
Model ResNet50V2(ResNetOptions options) {
  return make({"resnet50v2", {3, 4, 6, 3}, true}, std::move(options));
}
Model ResNet101V2(ResNetOptions options) {
  return make({"resnet101v2", {3, 4, 23, 3}, true}, std::move(options));
}
Model ResNet152V2(ResNetOptions options) {
  return make({"resnet152v2", {3, 8, 36, 3}, true}, std::move(options));
}

namespace resnet {
Tensor preprocess_input(const Tensor& x, PreprocessInputOptions options) {
  return imagenet_utils::preprocess_input(x, {.data_format = options.data_format, .mode = "caffe"});
}
}  // namespace resnet
namespace resnet_v2 {
Tensor preprocess_input(const Tensor& x, PreprocessInputOptions options) {
  return imagenet_utils::preprocess_input(x, {.data_format = options.data_format, .mode = "tf"});
}
}  // namespace resnet_v2

}  // namespace keras::applications
