#include "keras/applications/vgg.h"

#include <utility>

#include "keras/engine/text.h"
#include "keras/layers/convolutional/conv.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/layers/reshaping/flatten.h"

namespace keras::applications {
namespace {

constexpr int kBlocks = 5;

Tensor add_blocks(Tensor x, int convolutions_of_late_blocks) {
  for (int block = 1; block <= kBlocks; ++block) {
    const int filters = block == kBlocks ? 512 : 32 << block;
    const int convolutions = block <= 2 ? 2 : convolutions_of_late_blocks;
    for (int i = 1; i <= convolutions; ++i)
      x = layers::Conv2D(
          filters, 3,
          {.padding = "same", .activation = "relu", .name = str("block", block, "_conv", i)})(x);
    x = layers::MaxPooling2D(2, {.strides = 2, .name = str("block", block, "_pool")})(x);
  }
  return x;
}

Model make(const char* name, int convolutions_of_late_blocks, VGGOptions options) {
  const TopOptions top{options.include_top, options.weights, options.input_shape,
                       options.pooling,     options.classes, options.classifier_activation};
  check_options(top);
  const Tensor image = Input(obtain_input_shape(top));
  Tensor x = add_blocks(image, convolutions_of_late_blocks);
  if (options.include_top) {
    x = layers::Flatten({.name = "flatten"})(x);
    x = layers::Dense(4096, {.activation = "relu", .name = "fc1"})(x);
    x = layers::Dense(4096, {.activation = "relu", .name = "fc2"})(x);
    x = layers::Dense(options.classes,
                      {.activation = options.classifier_activation, .name = "predictions"})(x);
  } else {
    x = pool_globally(x, options.pooling, false);
  }
  return finish(image, x, options.name.empty() ? name : options.name, options.weights);
}

}  // namespace

Model VGG16(VGGOptions options) { return make("vgg16", 3, std::move(options)); }
Model VGG19(VGGOptions options) { return make("vgg19", 4, std::move(options)); }

namespace vgg16 {
Tensor preprocess_input(const Tensor& x, PreprocessInputOptions options) {
  return imagenet_utils::preprocess_input(x, {.data_format = options.data_format, .mode = "caffe"});
}
}  // namespace vgg16

}  // namespace keras::applications
