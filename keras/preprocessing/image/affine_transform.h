#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace keras::preprocessing::image {

/// What stands outside of an image: the nearest edge, a value, the image mirrored, or repeated.
enum class FillMode { kNearest, kConstant, kReflect, kWrap };
/// Throws ValueError for other names than "nearest", "constant", "reflect" and "wrap".
FillMode fill_mode_from_name(std::string_view name);

struct ImageSize {
  int height = 0;
  int width = 0;
  int channels = 0;
  bool channels_first = false;

  std::size_t size() const {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) *
           static_cast<std::size_t>(channels);
  }
};

/// Where a result's pixel comes from: matrix · (row, column) + offset.
struct AffineTransform {
  std::array<std::array<double, 2>, 2> matrix = {{{1, 0}, {0, 1}}};
  std::array<double, 2> offset = {0, 0};
  bool identity = true;
};

struct AffineParameters {
  double theta = 0;  ///< degrees
  double tx = 0;     ///< pixels along rows
  double ty = 0;     ///< pixels along columns
  double shear = 0;  ///< degrees
  double zx = 1;
  double zy = 1;
};

/// Keras's rotation, shift, shear and zoom about an image's middle. Throws ValueError for
/// parameters that are not finite.
AffineTransform make_affine_transform(const AffineParameters& parameters, const ImageSize& size);

struct WarpOptions {
  FillMode fill_mode = FillMode::kNearest;
  float cval = 0;  ///< the value of FillMode::kConstant
  int order = 1;   ///< 0: the nearest pixel; 1: linear interpolation
  bool flip_horizontal = false;
  bool flip_vertical = false;
};

/// Takes `from` through a transform and then flips it, in one pass: the values of
/// scipy.ndimage.affine_transform.
void warp_image(const float* from, float* to, const ImageSize& size,
                const AffineTransform& transform, const WarpOptions& options);

}  // namespace keras::preprocessing::image
