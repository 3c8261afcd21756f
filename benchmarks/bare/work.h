#pragma once

#include <keras/keras.h>

#include <cstdint>
#include <vector>

namespace keras::benchmarks {

/// A convolution of a square kernel over channels-last images.
struct Convolution {
  std::int64_t batch, in_height, in_width, in_channels;
  std::int64_t out_height, out_width, out_channels;
  std::int64_t kernel, stride, groups;
  bool operator==(const Convolution&) const = default;
};

/// `batch` times (rows, inner) · (inner, columns).
struct Product {
  std::int64_t batch, rows, inner, columns;
  bool operator==(const Product&) const = default;
};

/// A kernel with how often a step runs it.
template <typename Kernel>
struct Counted {
  Kernel kernel;
  /// In a prediction; in training further ones follow for the two gradients.
  std::int64_t forward;
  /// For the gradient of the input: less, where nobody asks for it.
  std::int64_t input_gradient;
  std::int64_t weight_gradient;
};

/// What a step cannot avoid: kernels, and numbers that its element-wise rest reads or writes.
struct Work {
  std::vector<Counted<Convolution>> convolutions;
  std::vector<Counted<Product>> products;
  /// Activations read or written in a prediction, and further ones in training.
  double predict_traffic = 0;
  double train_traffic = 0;
  /// Trainable parameters: the optimizer reads four numbers and writes three for each.
  double parameters = 0;
  /// Activations that a step holds.
  double activations = 0;
};

/// The work of one step on `batch` examples. Throws ValueError for a layer that it does not know.
Work work_of(const Model& model, std::int64_t batch);

}  // namespace keras::benchmarks
