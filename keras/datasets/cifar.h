#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "keras/datasets/split.h"

namespace keras::datasets {

namespace cifar10 {
/// 50,000 and 10,000 colour pictures of 32x32 pixels, uint8, in config::image_data_format(); labels
/// (n, 1), uint8: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck. A.
/// Krizhevsky. The archive is kept as `datasets/cifar-10-batches-py-target_archive` in Keras's
/// cache, its contents in the folder beside it.
TrainAndTest load_data();
/// load_data of the archive's contents at another place.
TrainAndTest load_folder(const std::filesystem::path& folder);
}  // namespace cifar10

namespace cifar100 {
/// As cifar10 with 100 kinds, or the 20 groups of them for the `label_mode` "coarse"; labels are
/// int64. Throws ValueError for modes other than "fine" and "coarse".
TrainAndTest load_data(const std::string& label_mode = "fine");
/// load_data of the archive's contents at another place.
TrainAndTest load_folder(const std::filesystem::path& folder,
                         const std::string& label_mode = "fine");
}  // namespace cifar100

/// Pictures and labels of CIFAR's batches, one after the other: pickles of a dictionary with the
/// array `data` (n, 3072) and a list of numbers. Throws IoError for damage.
Split load_cifar_batches(const std::vector<std::filesystem::path>& files,
                         std::string_view label_key, DType label_dtype);

}  // namespace keras::datasets
