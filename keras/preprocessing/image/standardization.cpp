#include "keras/preprocessing/image/standardization.h"

#include <algorithm>
#include <cmath>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/preprocessing/image/simd/warp_kernels.h"
#include "keras/preprocessing/image/symmetric_eigen.h"
#include "keras/utils/io_utils.h"

namespace keras::preprocessing::image {
namespace {

// What Keras adds to standard deviations.
constexpr float kSmall = 1e-6f;

/// Calls function(value, channel) for all values.
template <typename F>
void for_each_value(std::span<float> values, const ImageSize& size, const F& function) {
  const auto channels = static_cast<std::size_t>(size.channels);
  if (!size.channels_first) {
    for (std::size_t i = 0; i < values.size(); i += channels)
      for (std::size_t c = 0; c < channels; ++c) function(values[i + c], c);
    return;
  }
  const std::size_t pixels = size.size() / channels;
  for (std::size_t i = 0, c = 0; i < values.size(); i += pixels, c = (c + 1) % channels)
    for (std::size_t p = 0; p < pixels; ++p) function(values[i + p], c);
}

double mean_of(std::span<const float> values) {
  double total = 0;
  for (const float v : values) total += v;
  return total / static_cast<double>(values.size());
}

double deviation_of(std::span<const float> values) {
  const double mean = mean_of(values);
  double total = 0;
  for (const float v : values) total += (v - mean) * (v - mean);
  return std::sqrt(total / static_cast<double>(values.size()));
}

/// out = values · matrix, for one image.
void whiten(std::span<float> values, const std::vector<float>& matrix, std::vector<float>& out) {
  out.assign(values.size(), 0.0f);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float value = values[i];
    const float* row = &matrix[i * values.size()];
    for (std::size_t j = 0; j < out.size(); ++j) out[j] += value * row[j];
  }
  std::copy(out.begin(), out.end(), values.begin());
}

/// The products of all pairs of vectors: `count` of them, `length` values each, `stride` and `step`
/// places from vector to vector and from value to value.
std::vector<double> gram(const std::vector<float>& x, std::size_t count, std::size_t stride,
                         std::size_t length, std::size_t step) {
  std::vector<double> out(count * count);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      double total = 0;
      for (std::size_t k = 0; k < length; ++k)
        total += static_cast<double>(x[i * stride + k * step]) * x[j * stride + k * step];
      out[i * count + j] = out[j * count + i] = total;
    }
  return out;
}

}  // namespace

void Standardization::fit_mean(std::vector<float>& images, const ImageSize& size) {
  std::vector<double> totals(static_cast<std::size_t>(size.channels));
  for_each_value(images, size, [&](float& v, std::size_t c) { totals[c] += v; });
  const double count = static_cast<double>(images.size()) / size.channels;
  mean.clear();
  for (const double total : totals) mean.push_back(static_cast<float>(total / count));
  for_each_value(images, size, [&](float& v, std::size_t c) { v -= mean[c]; });
}

void Standardization::fit_std(std::vector<float>& images, const ImageSize& size) {
  // The mean has been taken away.
  std::vector<double> squares(static_cast<std::size_t>(size.channels));
  for_each_value(images, size,
                 [&](float& v, std::size_t c) { squares[c] += static_cast<double>(v) * v; });
  const double count = static_cast<double>(images.size()) / size.channels;
  std.clear();
  for (const double square : squares) std.push_back(static_cast<float>(std::sqrt(square / count)));
  for_each_value(images, size, [&](float& v, std::size_t c) { v /= std[c] + kSmall; });
}

void Standardization::fit_zca(const std::vector<float>& images, const ImageSize& size) {
  // The left singular vectors u and values s of the images as columns, by way of the smaller of
  // the two products of that matrix with itself.
  const std::size_t features = size.size();
  const std::size_t count = images.size() / features;
  const bool by_features = features <= count;
  const std::size_t rank = std::min(features, count);
  const SymmetricEigen eigen =
      symmetric_eigen(by_features ? gram(images, features, 1, count, features)
                                  : gram(images, count, features, features, 1),
                      rank);
  std::vector<double> matrix(features * features);
  std::vector<double> u(features);
  for (std::size_t e = 0; e < rank; ++e) {
    const double s = std::sqrt(std::max(eigen.values[e], 0.0));
    const double* vector = &eigen.vectors[e * rank];
    if (by_features) {
      std::copy_n(vector, features, u.begin());
    } else {
      if (s == 0) continue;
      std::fill(u.begin(), u.end(), 0.0);
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < features; ++j) u[j] += vector[i] / s * images[i * features + j];
    }
    const double weight = std::sqrt(static_cast<double>(count)) / (s + zca_epsilon);
    for (std::size_t i = 0; i < features; ++i) {
      const double scaled = weight * u[i];
      double* row = &matrix[i * features];
      for (std::size_t j = 0; j < features; ++j) row[j] += scaled * u[j];
    }
  }
  zca_matrix.assign(matrix.begin(), matrix.end());
}

void Standardization::fit(std::vector<float> images, const ImageSize& size) {
  if (images.empty()) throw ValueError("Input to `.fit()` has no images.");
  if (rescale != 0)
    for (float& v : images) v *= static_cast<float>(rescale);
  if (featurewise_center) fit_mean(images, size);
  if (featurewise_std_normalization) fit_std(images, size);
  if (zca_whitening) fit_zca(images, size);
}

void Standardization::warn_of_missing_fit() const {
  const auto warn = [](const char* argument) {
    utils::warn(str("This ImageDataGenerator specifies `", argument,
                    "`, but it hasn't been fit on any training data. Fit it first by calling "
                    "`.fit(data)`."));
  };
  if (featurewise_center && mean.empty()) warn("featurewise_center");
  if (featurewise_std_normalization && std.empty()) warn("featurewise_std_normalization");
  if (zca_whitening && zca_matrix.empty()) warn("zca_whitening");
}

void Standardization::apply(std::span<float> values, const ImageSize& size,
                            std::vector<float>& scratch) const {
  if (values.empty()) return;
  if (rescale != 0)
    simd::warp_table().multiply(values.data(), values.size(), static_cast<float>(rescale));
  if (samplewise_center) {
    const auto center = static_cast<float>(mean_of(values));
    for (float& v : values) v -= center;
  }
  if (samplewise_std_normalization) {
    const float divisor = static_cast<float>(deviation_of(values)) + kSmall;
    for (float& v : values) v /= divisor;
  }
  const auto check = [&](const std::vector<float>& of_channels) {
    if (of_channels.size() != static_cast<std::size_t>(size.channels))
      throw ShapeError(str("This ImageDataGenerator was fit on images of ", of_channels.size(),
                           " channels, and an image has ", size.channels, "."));
  };
  if (featurewise_center && !mean.empty()) {
    check(mean);
    for_each_value(values, size, [&](float& v, std::size_t c) { v -= mean[c]; });
  }
  if (featurewise_std_normalization && !std.empty()) {
    check(std);
    for_each_value(values, size, [&](float& v, std::size_t c) { v /= std[c] + kSmall; });
  }
  if (!zca_whitening || zca_matrix.empty()) return;
  if (zca_matrix.size() != size.size() * size.size())
    throw ShapeError(str("The ZCA matrix is for images of ",
                         std::sqrt(static_cast<double>(zca_matrix.size())),
                         " values, and an image has ", size.size(), "."));
  for (std::size_t i = 0; i < values.size(); i += size.size())
    whiten(values.subspan(i, size.size()), zca_matrix, scratch);
}

}  // namespace keras::preprocessing::image
