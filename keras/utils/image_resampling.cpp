#include "keras/utils/image_resampling.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::utils {
namespace {

// The separable filters of Turkowski, "Filters for Common Resampling Tasks" (1990), in the
// arithmetic of Pillow's Resample.c, so that the same bytes come out.

double box_filter(double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }

double bilinear_filter(double x) { return std::max(0.0, 1.0 - std::abs(x)); }

double hamming_filter(double x) {
  x = std::abs(x);
  if (x == 0.0) return 1.0;
  if (x >= 1.0) return 0.0;
  x *= std::numbers::pi;
  return std::sin(x) / x * (0.54 + 0.46 * std::cos(x));
}

double bicubic_filter(double x) {
  constexpr double kA = -0.5;
  x = std::abs(x);
  if (x < 1.0) return ((kA + 2.0) * x - (kA + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * kA;
  return 0.0;
}

double sinc(double x) {
  if (x == 0.0) return 1.0;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

double lanczos_filter(double x) { return -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0; }

struct Filter {
  std::string_view name;
  double (*weight)(double);
  double support;
};

constexpr Filter kFilters[] = {
    {"bilinear", bilinear_filter, 1.0}, {"bicubic", bicubic_filter, 2.0},
    {"hamming", hamming_filter, 1.0},   {"box", box_filter, 0.5},
    {"lanczos", lanczos_filter, 3.0},
};

/// Where one result's weights begin, and how many they are.
struct Taps {
  int first = 0;
  int count = 0;
};

/// The weights of all results along an axis, `widest` places for each.
struct Kernel {
  std::vector<Taps> taps;
  std::vector<double> weights;
  int widest = 0;
};

Kernel make_kernel(const Filter& filter, int size, int from, int to, int results) {
  const double scale = static_cast<double>(to - from) / results;
  const double widening = std::max(scale, 1.0);
  const double support = filter.support * widening;
  Kernel kernel;
  kernel.widest = static_cast<int>(std::ceil(support)) * 2 + 1;
  kernel.taps.resize(static_cast<std::size_t>(results));
  kernel.weights.resize(kernel.taps.size() * static_cast<std::size_t>(kernel.widest));
  for (int i = 0; i < results; ++i) {
    const double center = from + (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(center - support + 0.5));
    const int count = std::min(size, static_cast<int>(center + support + 0.5)) - first;
    double* weights =
        &kernel.weights[static_cast<std::size_t>(i) * static_cast<std::size_t>(kernel.widest)];
    double total = 0.0;
    for (int k = 0; k < count; ++k)
      total += weights[k] = filter.weight((k + first - center + 0.5) / widening);
    for (int k = 0; k < count && total != 0.0; ++k) weights[k] /= total;
    kernel.taps[static_cast<std::size_t>(i)] = {first, count};
  }
  return kernel;
}

constexpr int kPrecisionBits = 32 - 8 - 2;

/// Bytes are weighted in fixed point, wider samples in double precision.
template <typename T>
struct Weighting;

template <>
struct Weighting<std::uint8_t> {
  using Weight = int;
  static Weight weight(double w) {
    return static_cast<int>(std::copysign(0.5, w) + w * (1 << kPrecisionBits));
  }
  static constexpr int kStart = 1 << (kPrecisionBits - 1);
  static std::uint8_t sample(int sum) {
    return static_cast<std::uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
  }
};

template <>
struct Weighting<std::uint16_t> {
  using Weight = double;
  static Weight weight(double w) { return w; }
  static constexpr double kStart = 0.5;
  static std::uint16_t sample(double sum) {
    return static_cast<std::uint16_t>(std::clamp(static_cast<int>(sum), 0, 65535));
  }
};

/// Weighted sums along the middle axis of (outer, length, inner) samples.
template <typename T>
std::vector<T> filtered(const std::vector<T>& from, std::size_t outer, std::size_t length,
                        std::size_t inner, const Kernel& kernel) {
  using Weights = Weighting<T>;
  const std::size_t results = kernel.taps.size();
  std::vector<typename Weights::Weight> weights(kernel.weights.size());
  std::transform(kernel.weights.begin(), kernel.weights.end(), weights.begin(), Weights::weight);
  std::vector<T> out(outer * results * inner);
  std::vector<typename Weights::Weight> sums(inner);
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t i = 0; i < results; ++i) {
      std::fill(sums.begin(), sums.end(), Weights::kStart);
      const auto* row_weights = &weights[i * static_cast<std::size_t>(kernel.widest)];
      const T* samples =
          from.data() + (o * length + static_cast<std::size_t>(kernel.taps[i].first)) * inner;
      for (int k = 0; k < kernel.taps[i].count; ++k, samples += inner)
        for (std::size_t c = 0; c < inner; ++c) sums[c] += samples[c] * row_weights[k];
      T* to = &out[(o * results + i) * inner];
      for (std::size_t c = 0; c < inner; ++c) to[c] = Weights::sample(sums[c]);
    }
  return out;
}

template <typename T>
std::vector<T> resampled(std::vector<T> samples, const Image& image, int height, int width,
                         const Filter& filter, const ImageBox& box) {
  const auto rows = static_cast<std::size_t>(image.height);
  const auto columns = static_cast<std::size_t>(image.width);
  const auto channels = static_cast<std::size_t>(image.channels());
  if (width != image.width || box.left != 0 || box.right != width)
    samples = filtered(samples, rows, columns, channels,
                       make_kernel(filter, image.width, box.left, box.right, width));
  if (height != image.height || box.top != 0 || box.bottom != height)
    samples = filtered(samples, 1, rows, static_cast<std::size_t>(width) * channels,
                       make_kernel(filter, image.height, box.top, box.bottom, height));
  return samples;
}

std::vector<std::size_t> nearest_places(int from, int to, int size, int results) {
  const double scale = static_cast<double>(to - from) / results;
  std::vector<std::size_t> places;
  double at = from + scale * 0.5;
  for (int i = 0; i < results; ++i, at += scale)
    places.push_back(static_cast<std::size_t>(std::min(static_cast<int>(at), size - 1)));
  return places;
}

template <typename T>
std::vector<T> nearest(const std::vector<T>& samples, const Image& image, int height, int width,
                       const ImageBox& box) {
  const auto channels = static_cast<std::size_t>(image.channels());
  const auto columns = nearest_places(box.left, box.right, image.width, width);
  std::vector<T> out;
  out.reserve(static_cast<std::size_t>(height) * columns.size() * channels);
  for (const std::size_t row : nearest_places(box.top, box.bottom, image.height, height))
    for (const std::size_t column : columns) {
      const T* pixel = &samples[(row * static_cast<std::size_t>(image.width) + column) * channels];
      out.insert(out.end(), pixel, pixel + channels);
    }
  return out;
}

/// Colours times alpha, and back.
void premultiply(std::vector<std::uint8_t>& rgba) {
  for (std::size_t i = 0; i < rgba.size(); i += 4)
    for (std::size_t c = 0; c < 3; ++c) {
      const int product = rgba[i + c] * rgba[i + 3] + 128;
      rgba[i + c] = static_cast<std::uint8_t>(((product >> 8) + product) >> 8);
    }
}

void unpremultiply(std::vector<std::uint8_t>& rgba) {
  for (std::size_t i = 0; i < rgba.size(); i += 4) {
    const int alpha = rgba[i + 3];
    if (alpha == 0 || alpha == 255) continue;
    for (std::size_t c = 0; c < 3; ++c)
      rgba[i + c] = static_cast<std::uint8_t>(std::min(255, 255 * rgba[i + c] / alpha));
  }
}

const Filter* find_filter(std::string_view name) {
  const auto* found = std::find_if(std::begin(kFilters), std::end(kFilters),
                                   [&](const Filter& filter) { return filter.name == name; });
  return found == std::end(kFilters) ? nullptr : found;
}

}  // namespace

const std::vector<std::string>& interpolation_methods() {
  static const std::vector<std::string> names = {"nearest", "bilinear", "bicubic",
                                                 "hamming", "box",      "lanczos"};
  return names;
}

Image resize_image(const Image& image, int height, int width, std::string_view interpolation,
                   const ImageBox& box) {
  const Filter* filter = find_filter(interpolation);
  if (!filter && interpolation != "nearest")
    throw ValueError(str("Invalid interpolation method ", interpolation,
                         " specified. Supported methods are ",
                         join(interpolation_methods(), ", ")));
  Image out;
  out.height = height;
  out.width = width;
  out.mode = image.mode;
  if (!filter) {
    if (image.mode == "I;16") {
      out.pixels16 = nearest(image.pixels16, image, height, width, box);
    } else {
      out.pixels = nearest(image.pixels, image, height, width, box);
    }
    return out;
  }
  if (image.mode == "I;16") {
    out.pixels16 = resampled(image.pixels16, image, height, width, *filter, box);
    return out;
  }
  std::vector<std::uint8_t> pixels = image.pixels;
  if (image.mode == "RGBA") premultiply(pixels);
  out.pixels = resampled(std::move(pixels), image, height, width, *filter, box);
  if (image.mode == "RGBA") unpremultiply(out.pixels);
  return out;
}

}  // namespace keras::utils
