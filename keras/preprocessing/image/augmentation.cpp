#include "keras/preprocessing/image/augmentation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::preprocessing::image {
namespace {

struct Extremes {
  float least, most;
};

Extremes extremes_of(const float* values, std::size_t count) {
  const auto [least, most] = std::minmax_element(values, values + count);
  return {*least, *most};
}

void shift_channels(float* values, std::size_t count, float intensity) {
  const Extremes range = extremes_of(values, count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = std::min(std::max(values[i] + intensity, range.least), range.most);
}

/// A value as an 8-bit image holds it: cut off, modulo 256.
int to_byte(float value) { return std::abs(value) < 2e9f ? static_cast<int>(value) & 255 : 0; }

/// Pillow's ImageEnhance.Brightness: a blend with black, cut off to whole numbers.
float enhanced(int value, float factor) {
  return std::trunc(std::min(std::max(factor * static_cast<float>(value), 0.0f), 255.0f));
}

bool is_alpha(std::size_t i, const ImageSize& size) {
  if (size.channels != 4) return false;
  return size.channels_first ? i >= size.size() / 4 * 3 : i % 4 == 3;
}

/// Values outside [0, 255] are brought there first and back afterwards.
void change_brightness(float* values, const ImageSize& size, float factor) {
  if (size.channels != 1 && size.channels != 3 && size.channels != 4)
    throw ValueError(str("Unsupported channel number: ", size.channels,
                         ". The brightness of images with 1, 3 or 4 channels can be changed."));
  const std::size_t count = size.size();
  const Extremes range = extremes_of(values, count);
  const bool scale = range.least < 0 || range.most > 255;
  const float extent = range.most - range.least;
  for (std::size_t i = 0; i < count; ++i) {
    float value = values[i];
    if (scale) value = (extent != 0 ? (value - range.least) / extent : 0.0f) * 255;
    const int byte = to_byte(value);
    value = is_alpha(i, size) ? static_cast<float>(byte) : enhanced(byte, factor);
    values[i] = scale ? value / 255 * extent + range.least : value;
  }
}

}  // namespace

void ShiftRange::check(std::string_view argument) const {
  const bool finite = std::all_of(choices_.begin(), choices_.end(),
                                  [](double choice) { return std::isfinite(choice); });
  if (!std::isfinite(evenly_) || !finite) throw ValueError(str("`", argument, "` must be finite."));
  if (count_ < 0)
    throw ValueError(
        str("`", argument, "` as an int must not be negative. Received: ", argument, "=", count_));
}

double ShiftRange::draw(RandomState& random, int length) const {
  double most = evenly_;
  double shift = 0;
  if (!choices_.empty() || count_ != 0) {
    const std::size_t count = choices_.empty() ? static_cast<std::size_t>(count_) : choices_.size();
    const std::uint32_t place = random.interval(static_cast<std::uint32_t>(count - 1));
    most = choices_.empty() ? count_ : *std::max_element(choices_.begin(), choices_.end());
    shift = choices_.empty() ? place : choices_[place];
    if (random.interval(1) == 0) shift = -shift;
  } else if (evenly_ != 0) {
    shift = random.uniform(-evenly_, evenly_);
  } else {
    return 0;
  }
  return most < 1 ? shift * length : shift;
}

TransformParameters Augmentation::draw(RandomState& random, const ImageSize& size) const {
  TransformParameters p;
  if (rotation_range != 0) p.theta = random.uniform(-rotation_range, rotation_range);
  p.tx = height_shift_range.draw(random, size.height);
  p.ty = width_shift_range.draw(random, size.width);
  if (shear_range != 0) p.shear = random.uniform(-shear_range, shear_range);
  if (zoom_range.low != 1 || zoom_range.high != 1) {
    p.zx = random.uniform(zoom_range.low, zoom_range.high);
    p.zy = random.uniform(zoom_range.low, zoom_range.high);
  }
  // A flip that is not asked for takes its number all the same.
  p.flip_horizontal = (random.random_sample() < 0.5) && horizontal_flip;
  p.flip_vertical = (random.random_sample() < 0.5) && vertical_flip;
  if (channel_shift_range != 0)
    p.channel_shift_intensity = random.uniform(-channel_shift_range, channel_shift_range);
  if (brightness_range)
    p.brightness = random.uniform((*brightness_range)[0], (*brightness_range)[1]);
  return p;
}

void Augmentation::apply(const float* from, float* to, const ImageSize& size,
                         const TransformParameters& p) const {
  if (size.size() == 0) return;
  const AffineTransform transform = make_affine_transform(
      {.theta = p.theta, .tx = p.tx, .ty = p.ty, .shear = p.shear, .zx = p.zx, .zy = p.zy}, size);
  warp_image(from, to, size, transform,
             {.fill_mode = fill_mode,
              .cval = cval,
              .order = interpolation_order,
              .flip_horizontal = p.flip_horizontal,
              .flip_vertical = p.flip_vertical});
  if (p.channel_shift_intensity)
    shift_channels(to, size.size(), static_cast<float>(*p.channel_shift_intensity));
  if (p.brightness) change_brightness(to, size, static_cast<float>(*p.brightness));
}

}  // namespace keras::preprocessing::image
