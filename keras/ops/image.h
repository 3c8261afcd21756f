#pragma once

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
