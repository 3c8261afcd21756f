#pragma once

#include <filesystem>

#include "keras/datasets/split.h"

namespace keras::datasets {

namespace fashion_mnist {
/// 60,000 and 10,000 pictures of clothes, 28x28 pixels, uint8, of 10 kinds: T-shirt, trouser,
/// pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot. Zalando SE, MIT license. The
/// four files lie in `datasets/fashion-mnist` of Keras's cache.
TrainAndTest load_data();
}  // namespace fashion_mnist

/// Pictures (n, rows, columns) and labels (n) of two gzip files in the format of MNIST (IDX).
/// Throws IoError for damage.
Split load_idx(const std::filesystem::path& images, const std::filesystem::path& labels);

}  // namespace keras::datasets
