#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "keras/utils/image_codecs.h"

namespace keras::utils {

/// A part of an image: rows [top, bottom) and columns [left, right).
struct ImageBox {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
};

/// The names that `resize_image` knows: "nearest", "bilinear", "bicubic", "hamming", "box" and
/// "lanczos".
const std::vector<std::string>& interpolation_methods();

/// The part `box` at another size, to the bit as Pillow resizes: the filters are widened where the
/// image becomes smaller, and colours are weighted by their alpha. Throws ValueError for an unknown
/// interpolation.
Image resize_image(const Image& image, int height, int width, std::string_view interpolation,
                   const ImageBox& box);

}  // namespace keras::utils
