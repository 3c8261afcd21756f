#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/preprocessing/image/affine_transform.h"

namespace keras::preprocessing::image {

/// The part of an ImageDataGenerator's arguments that changes the scale of values, and what `fit`
/// found for it.
struct Standardization {
  bool featurewise_center = false;
  bool samplewise_center = false;
  bool featurewise_std_normalization = false;
  bool samplewise_std_normalization = false;
  bool zca_whitening = false;
  double zca_epsilon = 1e-6;
  double rescale = 0;  ///< 0: none
  std::function<Tensor(const Tensor&)> preprocessing_function = {};

  std::vector<float> mean = {};  ///< of each channel
  std::vector<float> std = {};
  std::vector<float> zca_matrix = {};  ///< (values of an image)²

  /// Finds what is asked for in images that `rescale` has not been applied to yet.
  void fit(std::vector<float> images, const ImageSize& size);
  /// All but `preprocessing_function`, on images one after the other. Statistics of samples are
  /// those of all the given values. `scratch` keeps its memory from call to call.
  void apply(std::span<float> values, const ImageSize& size, std::vector<float>& scratch) const;
  /// Says on standard error which statistics are asked for and missing.
  void warn_of_missing_fit() const;

 private:
  void fit_mean(std::vector<float>& images, const ImageSize& size);
  void fit_std(std::vector<float>& images, const ImageSize& size);
  void fit_zca(const std::vector<float>& images, const ImageSize& size);
};

}  // namespace keras::preprocessing::image
