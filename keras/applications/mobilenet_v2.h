#pragma once

#include <optional>
#include <string>

#include "keras/applications/imagenet_utils.h"

namespace keras::applications {

struct MobileNetV2Options {
  /// Of one image, at least 32 each way; 224×224×3 when left out, open without the top.
  std::optional<Shape> input_shape = {};
  /// The width: by how much each layer's number of filters is multiplied.
  double alpha = 1.0;
  /// Whether the model ends in pooling and a Dense layer "predictions".
  bool include_top = true;
  /// Nothing, or the path of a file with the weights of the same model of Keras's.
  Weights weights = {};
  /// Without the top: "avg" or "max" over the last feature maps; nothing when empty.
  std::string pooling = {};
  int classes = 1000;
  /// Nothing for logits; with weights from a file, that or "softmax".
  activations::Activation classifier_activation = "softmax";
  /// "mobilenetv2_ALPHA_ROWS" when empty.
  std::string name = {};
};

/// Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks" (2018). Layers have
/// Keras's names. Throws ValueError for weights that do not exist or do not fit, and for an alpha
/// that is not positive. Keras: keras.applications.MobileNetV2.
Model MobileNetV2(MobileNetV2Options options = {});

/// Images from 0 to 255 as the model wants them: mode "tf".
namespace mobilenet_v2 {
Tensor preprocess_input(const Tensor& x, PreprocessInputOptions options = {});
}

}  // namespace keras::applications
