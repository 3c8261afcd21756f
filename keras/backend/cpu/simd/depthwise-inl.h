// Depthwise convolutions, of one target; see depthwise.h, and vector_math-inl.h about being
// included by targets. Sixteen channels go by at a time: their nine weights and the pixels that two
// rows of outputs share stay in registers, which must be 32.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

#ifdef __AVX512F__

/// Rows that are worked on next.
struct NextRows {
  const float* first = nullptr;
  std::int64_t numbers = 0;
};

/// Part `part` of `parts` into the caches: the processor, which sees jumps from pixel to
/// pixel, does not fetch it by itself.
KERAS_INLINE void fetch(const NextRows& rows, std::int64_t part, std::int64_t parts) {
  const std::int64_t lines = rows.numbers / kLanes;
  for (std::int64_t i = lines * part / parts; i < lines * (part + 1) / parts; ++i)
    __builtin_prefetch(rows.first + i * kLanes);
}

/// Rows [first, last) of an image of so many rows, as far as they exist.
KERAS_INLINE NextRows rows_of(const float* image, std::int64_t first, std::int64_t last,
                              std::int64_t height, std::int64_t row_numbers) {
  first = first < 0 ? 0 : first;
  last = last > height ? height : last;
  return first < last ? NextRows{image + first * row_numbers, (last - first) * row_numbers}
                      : NextRows{};
}

/// The rows of x that the two rows of outputs after those at `row` see as the first ones.
template <int kStride>
KERAS_INLINE NextRows rows_seen_next(const float* x, std::int64_t row, const DepthwiseGeometry& g) {
  const std::int64_t first = (row + 1) * kStride - g.pad_top + 3;
  return rows_of(x, first, first + 2 * kStride, g.input_height, g.input_width * g.channels);
}

alignas(sizeof(Vec)) constexpr float kOutside[kLanes] = {};

KERAS_INLINE Vec load_pixel(const float* from) {
  Vec pixel;
  get(pixel, from);
  return pixel;
}

/// So many rows of an image, one below the other, and columns of sixteen channels of them; what is
/// outside of the image is zero.
template <int kRows>
class ImageRows {
 public:
  ImageRows(const float* image, std::int64_t first_row, std::int64_t height, std::int64_t width,
            std::int64_t channels, std::int64_t channel)
      : width_(width), channels_(channels) {
    for (int i = 0; i < kRows; ++i) {
      const std::int64_t row = first_row + i;
      rows_[i] = row >= 0 && row < height ? image + row * width * channels + channel : nullptr;
    }
  }

  [[gnu::always_inline]] void load(std::int64_t column, Vec (&pixels)[kRows]) const {
    const bool inside = column >= 0 && column < width_;
    for (int i = 0; i < kRows; ++i)
      pixels[i] = load_pixel(inside && rows_[i] ? rows_[i] + column * channels_ : kOutside);
  }

 private:
  const float* rows_[kRows];
  std::int64_t width_, channels_;
};

template <int kRows>
KERAS_INLINE void move(Vec (&to)[kRows], const Vec (&from)[kRows]) {
  for (int i = 0; i < kRows; ++i) to[i] = from[i];
}

/// Three columns of an image that an output sees, which move to the right from output to output.
template <int kRows, int kStride>
class Window {
 public:
  Window(const ImageRows<kRows>& rows, std::int64_t pad_left) : rows_(rows), next_(-pad_left) {
    for (int i = kStride; i < 3; ++i) rows_.load(next_++, columns_[i]);
  }
  [[gnu::always_inline]] void advance() {
    for (int i = kStride; i < 3; ++i) move(columns_[i - kStride], columns_[i]);
    for (int i = 3 - kStride; i < 3; ++i) rows_.load(next_++, columns_[i]);
  }
  [[gnu::always_inline]] Vec at(int row, int column) const { return columns_[column][row]; }

 private:
  const ImageRows<kRows>& rows_;
  std::int64_t next_;
  Vec columns_[3][kRows];
};

/// Rows [row, row + kRows) of the output for sixteen channels.
template <int kStride, int kRows, bool kFinishes>
void depthwise_rows(const DepthwiseConvolution& d, std::int64_t row, std::int64_t channel) {
  constexpr int kInputRows = (kRows - 1) * kStride + 3;
  const DepthwiseGeometry& g = d.geometry;
  const ImageRows<kInputRows> rows(d.x, row * kStride - g.pad_top, g.input_height, g.input_width,
                                   g.channels, channel - d.first_channel);
  Vec weights[9], start = {}, scale = broadcast(Vec{}, 1.0f), offset = {};
  for (int i = 0; i < 9; ++i)
    get(weights[i], d.kernel + (d.mirrored ? 8 - i : i) * g.channels + channel);
  if (kFinishes && d.bias) get(start, d.bias + channel);
  if (kFinishes && d.scale) get(scale, d.scale + channel);
  if (kFinishes && d.offset) get(offset, d.offset + channel);
  const Vec least = broadcast(Vec{}, d.least), most = broadcast(Vec{}, d.most);
  Window<kInputRows, kStride> window(rows, g.pad_left);
  float* y = d.y + row * g.output_width * g.channels + channel - d.first_channel;
  for (std::int64_t column = 0; column < g.output_width; ++column, y += g.channels) {
    window.advance();
    for (int r = 0; r < kRows; ++r) {
      Vec sum = start;
      for (int i = 0; i < 9; ++i) sum += window.at(r * kStride + i / 3, i % 3) * weights[i];
      if constexpr (kFinishes) {
        sum = sum * scale + offset;
        sum = sum < least ? least : sum;
        sum = sum > most ? most : sum;
      }
      put(y + r * g.output_width * g.channels, sum);
    }
  }
}

template <int kStride, bool kFinishes>
void depthwise_of(const DepthwiseConvolution& d) {
  const DepthwiseGeometry& g = d.geometry;
  const std::int64_t blocks = (d.end_channel - d.first_channel) / kLanes;
  for (std::int64_t row = d.first_row; row < d.end_row; row += 2) {
    const NextRows next = rows_seen_next<kStride>(d.x, row, g);
    const NextRows next_y =
        rows_of(d.y, row + 2, row + 4, g.output_height, g.output_width * g.channels);
    for (std::int64_t block = 0; block < blocks; ++block) {
      const std::int64_t channel = d.first_channel + block * kLanes;
      fetch(next, block, blocks);
      fetch(next_y, block, blocks);
      if (row + 1 < d.end_row) {
        depthwise_rows<kStride, 2, kFinishes>(d, row, channel);
      } else {
        depthwise_rows<kStride, 1, kFinishes>(d, row, channel);
      }
    }
  }
}

void depthwise_convolution(const DepthwiseConvolution& d) {
  if (d.geometry.stride == 1) {
    (d.finishes ? depthwise_of<1, true> : depthwise_of<1, false>)(d);
  } else {
    (d.finishes ? depthwise_of<2, true> : depthwise_of<2, false>)(d);
  }
}

/// The two rows of dx from 2 * row - pad on, of sixteen channels: each 2x2 pixels of them see the
/// same 2x2 of dy, all pixels of the kernel once.
void depthwise_gradient_rows(const DepthwiseInputGradient& d, std::int64_t row,
                             std::int64_t channel) {
  const DepthwiseGeometry& g = d.geometry;
  const std::int64_t at = channel - d.first_channel;
  const ImageRows<2> rows(d.dy, row - 1, g.output_height, g.output_width, g.channels, at);
  Vec w[9];
  for (int i = 0; i < 9; ++i) get(w[i], d.kernel + i * g.channels + channel);
  const std::int64_t top = 2 * row - g.pad_top;
  const auto give = [&](std::int64_t y, std::int64_t x, Vec value) {
    if (y >= d.first_row && y < d.end_row && x >= 0 && x < g.input_width)
      put(d.dx + (y * g.input_width + x) * g.channels + at, value);
  };
  Vec before[2] = {}, now[2];
  for (std::int64_t column = 0; 2 * column - g.pad_left < g.input_width; ++column) {
    rows.load(column, now);
    const std::int64_t left = 2 * column - g.pad_left;
    give(top, left, now[1] * w[0] + before[1] * w[2] + now[0] * w[6] + before[0] * w[8]);
    give(top, left + 1, now[1] * w[1] + now[0] * w[7]);
    give(top + 1, left, now[1] * w[3] + before[1] * w[5]);
    give(top + 1, left + 1, now[1] * w[4]);
    move(before, now);
  }
}

void depthwise_input_gradient(const DepthwiseInputGradient& d) {
  const DepthwiseGeometry& g = d.geometry;
  const std::int64_t blocks = (d.end_channel - d.first_channel) / kLanes;
  for (std::int64_t row = (d.first_row + g.pad_top) / 2; 2 * row - g.pad_top < d.end_row; ++row) {
    const NextRows next =
        rows_of(d.dy, row + 1, row + 2, g.output_height, g.output_width * g.channels);
    const NextRows next_dx = rows_of(d.dx, 2 * row + 2 - g.pad_top, 2 * row + 4 - g.pad_top,
                                     g.input_height, g.input_width * g.channels);
    for (std::int64_t block = 0; block < blocks; ++block) {
      fetch(next, block, blocks);
      fetch(next_dx, block, blocks);
      depthwise_gradient_rows(d, row, d.first_channel + block * kLanes);
    }
  }
}

/// What rows [row, row + kRows) of dy say of the weights of sixteen channels.
template <int kStride, int kRows>
void depthwise_kernel_rows(const DepthwiseKernelGradient& d, std::int64_t row,
                           std::int64_t channel) {
  constexpr int kInputRows = (kRows - 1) * kStride + 3;
  const DepthwiseGeometry& g = d.geometry;
  const ImageRows<kInputRows> rows(d.x, row * kStride - g.pad_top, g.input_height, g.input_width,
                                   g.channels, channel);
  Window<kInputRows, kStride> window(rows, g.pad_left);
  const float* dy = d.dy + row * g.output_width * g.channels + channel;
  Vec sums[9] = {};
  for (std::int64_t column = 0; column < g.output_width; ++column, dy += g.channels) {
    window.advance();
    for (int r = 0; r < kRows; ++r) {
      Vec gradient;
      get(gradient, dy + r * g.output_width * g.channels);
      for (int i = 0; i < 9; ++i) sums[i] += window.at(r * kStride + i / 3, i % 3) * gradient;
    }
  }
  for (int i = 0; i < 9; ++i) {
    float* to = d.sums + i * g.channels + channel;
    Vec total;
    get(total, to);
    put(to, total + sums[i]);
  }
}

template <int kStride>
void depthwise_kernel_of(const DepthwiseKernelGradient& d) {
  const DepthwiseGeometry& g = d.geometry;
  const std::int64_t blocks = g.channels / kLanes;
  for (std::int64_t row = 0; row < g.output_height; row += 2) {
    const NextRows next = rows_seen_next<kStride>(d.x, row, g);
    const NextRows next_dy =
        rows_of(d.dy, row + 2, row + 4, g.output_height, g.output_width * g.channels);
    for (std::int64_t block = 0; block < blocks; ++block) {
      fetch(next, block, blocks);
      fetch(next_dy, block, blocks);
      if (row + 1 < g.output_height) {
        depthwise_kernel_rows<kStride, 2>(d, row, block * kLanes);
      } else {
        depthwise_kernel_rows<kStride, 1>(d, row, block * kLanes);
      }
    }
  }
}

void depthwise_kernel_gradient(const DepthwiseKernelGradient& d) {
  (d.geometry.stride == 1 ? depthwise_kernel_of<1> : depthwise_kernel_of<2>)(d);
}

constexpr DepthwiseFunctions kDepthwise = {depthwise_convolution, depthwise_input_gradient,
                                           depthwise_kernel_gradient};

#else

constexpr DepthwiseFunctions kDepthwise = {};

#endif

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
