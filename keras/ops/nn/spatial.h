#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/utils/config.h"

namespace keras::ops {

/// An argument such as `strides`: nothing, one integer for all spatial axes, or one for each.
class SpatialSizes {
 public:
  SpatialSizes() = default;  ///< not given, Python's None
  SpatialSizes(int value) : values_{value}, single_(true) {}
  SpatialSizes(std::int64_t value) : values_{value}, single_(true) {}
  SpatialSizes(std::initializer_list<std::int64_t> values) : values_(values) {}
  SpatialSizes(std::vector<std::int64_t> values) : values_(std::move(values)) {}
  /// From a config: null, an integer or a list of them.
  static SpatialSizes from_config(const Config& config);

  bool given() const { return single_ || !values_.empty(); }
  /// One number a spatial axis. Throws ValueError naming `argument` when their number is another or
  /// one is below `minimum`.
  std::vector<std::int64_t> for_axes(int axes, std::string_view argument, int minimum = 1) const;
  /// As it was given.
  Config config() const;

 private:
  std::vector<std::int64_t> values_;
  bool single_ = false;
};

/// "channels_last" for an empty name; throws ValueError for anything but Keras's two names.
std::string standardize_data_format(std::string_view data_format);

/// Moves the channels of (batch, channels, spatial…) to the end, and back.
Tensor to_channels_last(const Tensor& x, std::string_view data_format);
Tensor from_channels_last(const Tensor& x, std::string_view data_format);

/// Zeros on both sides of one axis.
struct Padding {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

/// The zeros that make an axis of `size` elements give ceil(size / stride) windows, one more at the
/// end than at the start where they are odd.
Padding same_padding(std::int64_t size, std::int64_t window, std::int64_t stride,
                     std::int64_t dilation);

/// Throws ValueError unless `padding`, in lower case, is "valid" or "same"; gives the lower case.
std::string standardize_padding(std::string_view padding);

/// The spatial axes of a batch: all but the first and the last. Throws ShapeError unless there are
/// one to three.
std::vector<std::int64_t> spatial_shape(const Shape& shape, std::string_view where);

}  // namespace keras::ops
