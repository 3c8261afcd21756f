#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/preprocessing/image/affine_transform.h"
#include "keras/preprocessing/image/random_state.h"

namespace keras::preprocessing::image {

/// What `get_random_transform` draws and `apply_transform` does.
struct TransformParameters {
  double theta = 0;  ///< rotation in degrees
  double tx = 0;     ///< shift along rows in pixels
  double ty = 0;     ///< shift along columns in pixels
  double shear = 0;  ///< degrees
  double zx = 1;     ///< zoom along rows
  double zy = 1;     ///< zoom along columns
  bool flip_horizontal = false;
  bool flip_vertical = false;
  std::optional<double> channel_shift_intensity = {};
  std::optional<double> brightness = {};

  friend bool operator==(const TransformParameters&, const TransformParameters&) = default;
};

/// How far images are shifted, as Keras reads it: a float below 1 is a fraction of the size, from 1
/// on it is pixels, both drawn evenly; an int n draws one of 0 … n - 1 pixels and a sign; a list
/// draws one of its values and a sign.
class ShiftRange {
 public:
  ShiftRange(double evenly) : evenly_(evenly) {}
  ShiftRange(int pixels) : count_(pixels) {}
  ShiftRange(std::vector<double> choices) : choices_(std::move(choices)) {}
  ShiftRange(std::initializer_list<double> choices) : choices_(choices) {}

  /// In pixels of an axis of this length.
  double draw(RandomState& random, int length) const;
  /// Throws ValueError naming `argument` for ranges that nothing can be drawn from.
  void check(std::string_view argument) const;

 private:
  double evenly_ = 0;
  int count_ = 0;
  std::vector<double> choices_;
};

/// A smallest and a largest value, or one number x for [1 - x, 1 + x].
struct ZoomRange {
  ZoomRange(double around_one) : low(1 - around_one), high(1 + around_one) {}
  ZoomRange(double smallest, double largest) : low(smallest), high(largest) {}
  double low, high;
};

/// The part of an ImageDataGenerator's arguments that changes single images.
struct Augmentation {
  double rotation_range = 0;
  ShiftRange width_shift_range = 0.0;
  ShiftRange height_shift_range = 0.0;
  std::optional<std::array<double, 2>> brightness_range = {};
  double shear_range = 0;
  ZoomRange zoom_range = 0.0;
  double channel_shift_range = 0;
  bool horizontal_flip = false;
  bool vertical_flip = false;
  FillMode fill_mode = FillMode::kNearest;
  float cval = 0;
  int interpolation_order = 1;

  /// The numbers that Keras draws, in its order.
  TransformParameters draw(RandomState& random, const ImageSize& size) const;
  /// Throws ValueError where brightness is asked for images of other than 1, 3 or 4 channels.
  void apply(const float* from, float* to, const ImageSize& size,
             const TransformParameters& parameters) const;
};

}  // namespace keras::preprocessing::image
