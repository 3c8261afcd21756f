#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"

namespace keras {

/// The array of a NumPy `.npy` file, as a view of the file where its data needs no change. Throws
/// IoError for a file that is missing or malformed.
Tensor load_tensor(const std::filesystem::path& filepath);
/// Writes a `.npy` file, whole or not at all.
void save_tensor(const std::filesystem::path& filepath, const Tensor& tensor);

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

/// The arrays of an `.npz` file by name: what `fit` takes for inputs or targets by name.
NamedTensors load_tensors(const std::filesystem::path& filepath);
void save_tensors(const std::filesystem::path& filepath, const NamedTensors& tensors);

}  // namespace keras
