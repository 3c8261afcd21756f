#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "keras/activations/activation.h"
#include "keras/models/model.h"

namespace keras::applications {

/// A `weights` argument: nothing (weights at random) or the path of a weights file. Files are not
/// fetched, so "imagenet" is an error.
class Weights {
 public:
  Weights() = default;
  Weights(std::nullptr_t) {}
  Weights(const char* path) : path_(path) {}
  Weights(std::string path) : path_(std::move(path)) {}

  bool given() const { return path_.has_value(); }
  const std::string& path() const { return *path_; }

 private:
  std::optional<std::string> path_;
};

namespace imagenet_utils {

struct PreprocessInputOptions {
  /// "channels_last" or "channels_first"; as configured when empty.
  std::string data_format = {};
  /// "caffe": RGB to BGR and each channel less its mean over ImageNet; "tf": from -1 to 1;
  /// "torch": from 0 to 1, then each channel less its mean and over its deviation.
  std::string mode = "caffe";
};

/// Images with values from 0 to 255 as models want them. `x` has 3 or 4 axes; integers become
/// floatx. Throws ValueError for another mode or format, ShapeError where "caffe" and "torch" do
/// not find three channels. Keras: keras.applications.imagenet_utils.preprocess_input.
Tensor preprocess_input(const Tensor& x, PreprocessInputOptions options = {});

}  // namespace imagenet_utils

/// What the `preprocess_input` of each model takes.
struct PreprocessInputOptions {
  std::string data_format = {};
};

/// What the models have in common.
struct TopOptions {
  bool include_top = true;
  Weights weights = {};
  std::optional<Shape> input_shape = {};
  std::string pooling = {};
  int classes = 1000;
  activations::Activation classifier_activation = "softmax";
};

/// Throws ValueError, with Keras's wording, for "imagenet", a file that does not exist, an unknown
/// `pooling`, and an activation that does not go with weights from a file.
void check_options(const TopOptions& options);
/// The given shape of an image, checked, or the one that holds without: 224×224×3 with the top,
/// open without.
Shape obtain_input_shape(const TopOptions& options);
/// The axis of a batch of images that holds the channels: 3 or 1.
int channel_axis();
/// What to pad before and after each axis, so that a convolution with strides of 2 halves it.
Shape correct_pad(const Tensor& x, int kernel_size);
/// The global pooling that `pooling` names, if it names one; under a name of Keras's where the
/// model gives its pooling layers names.
Tensor pool_globally(const Tensor& x, const std::string& pooling, bool named);
/// The model from image to x, with its weights read where a file was given.
Model finish(const Tensor& image, const Tensor& x, const std::string& name, const Weights& weights);

}  // namespace keras::applications
