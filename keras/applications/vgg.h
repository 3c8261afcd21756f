#pragma once

#include <optional>
#include <string>

#include "keras/applications/imagenet_utils.h"

namespace keras::applications {

struct VGGOptions {
  /// Whether the model ends in three Dense layers: "fc1", "fc2" and "predictions".
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
  /// "vgg16" or "vgg19" when empty.
  std::string name = {};
};

/// Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition"
/// (2014). Layers have Keras's names. Throw ValueError for weights that do not exist or do not fit.
/// Keras: keras.applications.VGG16, VGG19.
Model VGG16(VGGOptions options = {});
Model VGG19(VGGOptions options = {});

/// Images from 0 to 255 as the models want them: mode "caffe".
namespace vgg16 {
Tensor preprocess_input(const Tensor& x, PreprocessInputOptions options = {});
}
namespace vgg19 {
using vgg16::preprocess_input;
}

}  // namespace keras::applications
