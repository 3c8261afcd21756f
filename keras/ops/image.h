#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/ops/nn/spatial.h"

/// Keras: keras.ops.image. Images are one, of rank 3, or a batch, of rank 4; their channels stand
/// where `data_format` says, last when it is empty. All throw ShapeError for other ranks.
namespace keras::ops::image {

struct DataFormatOptions {
  std::string data_format = {};
};

/// 0.2989 · red + 0.587 · green + 0.114 · blue; images of one channel stay as they are. Keras:
/// keras.ops.image.rgb_to_grayscale, and so on for all below.
Tensor rgb_to_grayscale(const Tensor& images, DataFormatOptions options = {});
/// Hue, saturation and value, all in [0, 1]. Throws ValueError for images that are not floats.
Tensor rgb_to_hsv(const Tensor& images, DataFormatOptions options = {});
Tensor hsv_to_rgb(const Tensor& images, DataFormatOptions options = {});

struct ResizeOptions {
  /// "nearest", "bilinear", "bicubic" (of Keys, 1981, with a = -0.5), "lanczos3" or "lanczos5".
  std::string interpolation = "bilinear";
  /// Widens the filter where images become smaller.
  bool antialias = false;
  /// Cuts the images to the new proportions first.
  bool crop_to_aspect_ratio = false;
  /// Pads the images with `fill_value` to the new proportions first.
  bool pad_to_aspect_ratio = false;
  std::string fill_mode = "constant";
  double fill_value = 0.0;
  std::string data_format = {};
};
/// Images of another (height, width), in the same dtype.
Tensor resize(const Tensor& images, const std::vector<std::int64_t>& size,
              ResizeOptions options = {});

struct ScaleAndTranslateOptions {
  bool antialias = true;
};
/// x along each of the axes `spatial_dims` at (place + 0.5 - translation) / scale - 0.5, with the
/// filters of `resize` as `method` (without "nearest").
Tensor scale_and_translate(const Tensor& images, const Shape& output_shape, const Tensor& scale,
                           const Tensor& translation, const std::vector<int>& spatial_dims,
                           const std::string& method, ScaleAndTranslateOptions options = {});

struct PadImagesOptions {
  std::optional<std::int64_t> top_padding = {};
  std::optional<std::int64_t> left_padding = {};
  std::optional<std::int64_t> bottom_padding = {};
  std::optional<std::int64_t> right_padding = {};
  std::optional<std::int64_t> target_height = {};
  std::optional<std::int64_t> target_width = {};
  std::string data_format = {};
};
/// Zeros around images. Of top, bottom and height, and of left, right and width, two are given.
Tensor pad_images(const Tensor& images, PadImagesOptions options);

struct CropImagesOptions {
  std::optional<std::int64_t> top_cropping = {};
  std::optional<std::int64_t> left_cropping = {};
  std::optional<std::int64_t> bottom_cropping = {};
  std::optional<std::int64_t> right_cropping = {};
  std::optional<std::int64_t> target_height = {};
  std::optional<std::int64_t> target_width = {};
  std::string data_format = {};
};
/// A part of images. Of top, bottom and height, and of left, right and width, two are given.
Tensor crop_images(const Tensor& images, CropImagesOptions options);

struct AffineTransformOptions {
  std::string interpolation = "bilinear";  ///< or "nearest"
  /// What stands outside: `fill_value` ("constant"), the edge ("nearest"), the image repeated
  /// ("wrap"), or mirrored with its edge pixels twice ("reflect") or once ("mirror").
  std::string fill_mode = "constant";
  double fill_value = 0;
  std::string data_format = {};
};
/// The pixel (x, y) of the result comes from ((a0·x + a1·y + a2) / k, (b0·x + b1·y + b2) / k) with
/// k = c0·x + c1·y + 1; `transform` is [a0, a1, a2, b0, b1, b2, c0, c1], or has such a row for each
/// image.
Tensor affine_transform(const Tensor& images, const Tensor& transform,
                        AffineTransformOptions options = {});

struct PerspectiveTransformOptions {
  std::string interpolation = "bilinear";  ///< or "nearest"
  double fill_value = 0;
  std::string data_format = {};
};
/// Images seen from elsewhere: `start_points`, four (x, y), come to stand at `end_points`. Both are
/// (4, 2), or (n, 4, 2) for n images.
Tensor perspective_transform(const Tensor& images, const Tensor& start_points,
                             const Tensor& end_points, PerspectiveTransformOptions options = {});

struct ElasticTransformOptions {
  double alpha = 20.0;  ///< how far pixels are shifted
  double sigma = 5.0;   ///< over how many pixels shifts are alike
  std::string interpolation = "bilinear";
  std::string fill_mode = "reflect";  ///< as of AffineTransformOptions
  double fill_value = 0.0;
  std::optional<std::int64_t> seed = {};
  std::string data_format = {};
};
/// Images whose pixels are shifted at random, near ones alike: Simard et al., "Best practices for
/// convolutional neural networks applied to visual document analysis" (2003).
Tensor elastic_transform(const Tensor& images, ElasticTransformOptions options = {});

struct MapCoordinatesOptions {
  std::string fill_mode = "constant";  ///< as of AffineTransformOptions
  double fill_value = 0;
};
/// The values of `inputs` at `coordinates` (rank of inputs, …), by linear interpolation (`order` 1)
/// or the nearest (0); of shape (…).
Tensor map_coordinates(const Tensor& inputs, const Tensor& coordinates, int order,
                       MapCoordinatesOptions options = {});

struct GaussianBlurOptions {
  std::array<std::int64_t, 2> kernel_size = {3, 3};  ///< columns and rows
  std::array<double, 2> sigma = {1.0, 1.0};
  std::string data_format = {};
};
Tensor gaussian_blur(const Tensor& images, GaussianBlurOptions options = {});
/// Along a last axis of two: how fast values grow from row to row, and from column to column.
Tensor sobel_edges(const Tensor& images, DataFormatOptions options = {});

struct ExtractPatchesOptions {
  SpatialSizes strides = {};  ///< `size` when not given
  SpatialSizes dilation_rate = 1;
  std::string padding = "valid";
  std::string data_format = {};
};
/// The patches of images, each as the channels of one place: patch row by patch row, the channels
/// of a pixel together. Three sizes make patches of volumes.
Tensor extract_patches(const Tensor& images, SpatialSizes size, ExtractPatchesOptions options = {});
Tensor extract_patches_3d(const Tensor& volumes, SpatialSizes size,
                          ExtractPatchesOptions options = {});

}  // namespace keras::ops::image
