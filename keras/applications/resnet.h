#pragma once

#include <optional>
#include <string>

#include "keras/applications/imagenet_utils.h"

namespace keras::applications {

struct ResNetOptions {
  /// Whether the model ends in pooling and a Dense layer "predictions".
  bool include_top = true;
  /// Nothing, or the path of a file with the weights of the same model of Keras's.
  Weights weights = {};
  /// Of one image, at least 32 each way; 224×224×3 when left out, open without the top.
  std::optional<Shape> input_shape = {};
  /// Without the top: "avg" or "max" over the last feature maps; nothing when empty.
  std::string pooling = {};
  int classes = 1000;
  /// Nothing for logits; with weights from a file, that or "softmax".
  activations::Activation classifier_activation = "softmax";
  /// Keras's name of the model when empty.
  std::string name = {};
};

/// Residual networks: He et al., "Deep residual learning for image recognition" (2015). Layers
/// have Keras's names. Throw ValueError for weights that do not exist or do not fit.
/// Keras: keras.applications.ResNet50, ResNet101, ResNet152.
Model ResNet50(ResNetOptions options = {});
Model ResNet101(ResNetOptions options = {});
Model ResNet152(ResNetOptions options = {});

/// With the activation before the convolution: He et al., "Identity mappings in deep residual
/// networks" (2016). Keras: keras.applications.ResNet50V2, ResNet101V2, ResNet152V2.
Model ResNet50V2(ResNetOptions options = {});
Model ResNet101V2(ResNetOptions options = {});
Model ResNet152V2(ResNetOptions options = {});

/// Images from 0 to 255 as the models of the first kind want them: mode "caffe".
namespace resnet {
Tensor preprocess_input(const Tensor& x, PreprocessInputOptions options = {});
}
namespace resnet50 {
using resnet::preprocess_input;
}
/// And those of the second: mode "tf".
namespace resnet_v2 {
Tensor preprocess_input(const Tensor& x, PreprocessInputOptions options = {});
}

}  // namespace keras::applications
