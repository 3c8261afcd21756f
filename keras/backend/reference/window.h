#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "keras/engine/tensor/shape.h"

namespace keras::reference {

/// One spatial axis of a convolution or pooling.
struct WindowAxis {
  std::int64_t input = 1;
  std::int64_t output = 1;
  std::int64_t window = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_low = 0;

  /// The place in the input that tap `tap` of window `position` reads; outside of it in padding.
  std::int64_t input_index(std::int64_t position, std::int64_t tap) const {
    return position * stride - pad_low + tap * dilation;
  }
  bool contains(std::int64_t index) const { return index >= 0 && index < input; }
};

/// How windows slide over channels-last tensors; with fewer than three spatial axes the first ones
/// have size 1.
struct SlidingWindow {
  std::int64_t batch = 1;
  std::array<WindowAxis, 3> axes;

  std::int64_t positions() const { return axes[0].output * axes[1].output * axes[2].output; }

  /// Calls `visit(input_pixel, tap)` for every tap of window `position` (row-major, within one
  /// example) that lies in the input.
  template <typename Visit>
  void for_each_tap(std::int64_t position, Visit&& visit) const {
    const auto& [depth, height, width] = axes;
    const std::int64_t z = position / (height.output * width.output);
    const std::int64_t y = position / width.output % height.output;
    const std::int64_t x = position % width.output;
    for (std::int64_t i = 0; i < depth.window; ++i) {
      const std::int64_t in_z = depth.input_index(z, i);
      if (!depth.contains(in_z)) continue;
      for (std::int64_t j = 0; j < height.window; ++j) {
        const std::int64_t in_y = height.input_index(y, j);
        if (!height.contains(in_y)) continue;
        for (std::int64_t k = 0; k < width.window; ++k) {
          const std::int64_t in_x = width.input_index(x, k);
          if (!width.contains(in_x)) continue;
          visit((in_z * height.input + in_y) * width.input + in_x,
                (i * height.window + j) * width.window + k);
        }
      }
    }
  }
  std::int64_t input_pixels() const { return axes[0].input * axes[1].input * axes[2].input; }
};

/// `input` and `output` are whole shapes, the rest is one number a spatial axis.
inline SlidingWindow make_window(const Shape& input, const Shape& output,
                                 const std::vector<std::int64_t>& window,
                                 const std::vector<std::int64_t>& strides,
                                 const std::vector<std::int64_t>& dilation,
                                 const std::vector<std::int64_t>& pad_low) {
  SlidingWindow sliding;
  sliding.batch = input[0];
  const std::size_t first = 3 - window.size();
  for (std::size_t i = 0; i < window.size(); ++i) {
    const int axis = static_cast<int>(i) + 1;
    sliding.axes[first + i] = {input[axis], output[axis], window[i],
                               strides[i],  dilation[i],  pad_low[i]};
  }
  return sliding;
}

}  // namespace keras::reference
