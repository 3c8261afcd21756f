// The 10,000 handwritten digits of MNIST's test file, for the examples with pictures.
#pragma once

#include <keras/keras.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <utility>
#include <vector>

#include "example_data.h"

namespace example {

/// What a gzipped file in LeCun's idx format has behind its header.
inline std::vector<std::uint8_t> read_idx(const std::filesystem::path& path, std::size_t header) {
  const gzFile file = gzopen(path.c_str(), "rb");
  if (!file) throw std::runtime_error("cannot open " + path.string());
  std::vector<std::uint8_t> bytes;
  std::uint8_t block[65536];
  for (int count = 0; (count = gzread(file, block, sizeof block)) > 0;)
    bytes.insert(bytes.end(), block, block + count);
  gzclose(file);
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(header));
  return bytes;
}

/// Digits in [0, 1], (n, 28, 28, 1), and which they are: of the first 8,000 as many as asked for,
/// and the last 2,000.
inline std::pair<keras::datasets::Split, keras::datasets::Split> load_mnist(
    const Arguments& arguments, std::int64_t train_count = 8000) {
  using namespace keras;
  const auto pixels = read_idx(find(arguments, "mnist10k/t10k-images-idx3-ubyte.gz"), 16);
  const auto labels = read_idx(find(arguments, "mnist10k/t10k-labels-idx1-ubyte.gz"), 8);
  const Tensor x = ops::cast(Tensor::from(pixels, {10000, 28, 28, 1}), DType::kFloat32) / 255.0;
  const Tensor y = ops::cast(Tensor::from(labels, {10000}), DType::kInt32);
  const auto part = [&](std::int64_t begin, std::int64_t end) {
    return datasets::Split{ops::slice_axis(x, 0, begin, end).eval(),
                           ops::slice_axis(y, 0, begin, end).eval()};
  };
  return {part(0, train_count), part(8000, 10000)};
}

/// Rows of pictures, (n, height, width, channels) each, as one picture so many times as large.
inline void save_rows(const char* path, const keras::Tensors& rows, std::int64_t times = 1) {
  using namespace keras;
  Tensors strips;
  for (const Tensor& row : rows) strips.push_back(ops::concatenate(ops::unstack(row), {.axis = 1}));
  Tensor picture = ops::concatenate(strips, {.axis = 0});
  picture = ops::repeat(ops::repeat(picture, times, {.axis = 0}), times, {.axis = 1});
  utils::save_img(path, 255.0 * picture, {.scale = false});
}

}  // namespace example
