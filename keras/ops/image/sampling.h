#pragma once

#include <array>
#include <string>

#include "keras/engine/tensor/tensor.h"
#include "keras/ops/image.h"

namespace keras::ops::image {

/// How values between pixels and outside of images are found.
struct SamplingOptions {
  int order = 1;  ///< 0: the nearest pixel; 1: linear interpolation
  std::string fill_mode = "constant";
  double fill_value = 0;
};

/// Throws ValueError for modes other than "constant", "nearest", "wrap", "mirror" and "reflect".
void check_fill_mode(const std::string& fill_mode);
/// 0 or 1. Throws ValueError for names other than "nearest" and "bilinear".
int interpolation_order(const std::string& interpolation);

/// A batch of images (batch, height, width, channels) at coordinates that broadcast to
/// (batch, rows, columns).
Tensor sample_images(const Tensor& images, const Tensor& row, const Tensor& column,
                     const SamplingOptions& options);

/// Where pixels come from: column = (a0·x + a1·y + a2) / k and row = (b0·x + b1·y + b2) / k, with
/// k = c0·x + c1·y + 1, each a tensor that broadcasts to (batch, 1, 1); k = 1 where c0 is not
/// given.
struct Projection {
  Tensor a0, a1, a2, b0, b1, b2, c0 = {}, c1 = {};
};
Tensor project_images(const Tensor& images, const Projection& projection,
                      const SamplingOptions& options);

/// The numbers, (n, 8), of the projections that bring the end points, (n, 4, 2), to the start
/// points.
Tensor homographies(const Tensor& start_points, const Tensor& end_points);
/// The columns of (n, 8) numbers.
Projection projection_of(const Tensor& numbers);

/// A blur with sigma (2,) for columns and rows, over `kernel_size` columns and rows.
Tensor blur_images(const Tensor& images, const std::array<std::int64_t, 2>& kernel_size,
                   const Tensor& sigma, const std::string& data_format);

/// How far an elastic transform shifts pixels, and over how many pixels shifts are alike.
struct Elasticity {
  Tensor alpha, sigma;
  std::int64_t kernel_size;
};
/// elastic_transform with numbers that are tensors; `noise`, (batch, height, width, 2), is normal,
/// and `options` says the rest.
Tensor elastic_images(const Tensor& images, const Tensor& noise, const Elasticity& how,
                      const ElasticTransformOptions& options);

}  // namespace keras::ops::image
