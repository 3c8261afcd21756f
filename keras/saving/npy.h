#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/engine/tensor/dtype.h"
#include "keras/engine/tensor/shape.h"
#include "keras/engine/tensor/storage.h"

namespace keras::saving {

/// An array as files hold it: row-major, little-endian.
struct Array {
  DType dtype = DType::kFloat32;
  Shape shape;
  Storage bytes;
};

/// The array of a NumPy `.npy` file (versions 1 to 3). Fortran order and big-endian numbers are
/// turned around, uint64 becomes int64 where it fits, two-byte void is bfloat16. Data that needs no
/// change is a view of the file. Python objects, records and damage are IoErrors naming the source.
Array parse_npy(const Storage& file, std::string_view source);
Array load_npy(const std::filesystem::path& path);

/// Writes a `.npy` file of version 1, whole or not at all.
void save_npy(const std::filesystem::path& path, const Array& array);

using NamedArrays = std::vector<std::pair<std::string, Array>>;

/// The arrays of an `.npz` file in its order, their names without ".npy". Other members are passed
/// over.
NamedArrays load_npz(const std::filesystem::path& path);
/// Writes an uncompressed `.npz` file. A repeated name is a ValueError.
void save_npz(const std::filesystem::path& path, const NamedArrays& arrays);

}  // namespace keras::saving
