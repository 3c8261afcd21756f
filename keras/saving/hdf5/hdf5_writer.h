#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keras/engine/tensor/dtype.h"
#include "keras/engine/tensor/shape.h"
#include "keras/engine/tensor/storage.h"
#include "keras/utils/config.h"

namespace keras::saving {

namespace hdf5 {
struct Node;
}

/// A dataset to be written; takes attributes.
class Hdf5DatasetWriter {
 public:
  /// A string is written as h5py writes `str`, bools, ints and floats as NumPy scalars, lists of
  /// strings as NumPy's "S" arrays, lists of numbers as int64 or float64 arrays, an empty list as
  /// an empty float64 array. Other values are a ValueError. A second value replaces the first.
  void attribute(std::string_view name, const Config& value);

 protected:
  friend class Hdf5GroupWriter;
  explicit Hdf5DatasetWriter(std::shared_ptr<hdf5::Node> node) : node_(std::move(node)) {}
  std::shared_ptr<hdf5::Node> node_;
};

/// A group to be written.
class Hdf5GroupWriter : public Hdf5DatasetWriter {
 public:
  /// The group at a path ("layers/dense/vars"), made where it is missing.
  Hdf5GroupWriter group(std::string_view path);
  /// Adds an array. The bytes are shared, not copied, and must stay as they are until the file is
  /// written; bfloat16 is marked as Keras marks it. A path that is taken is a ValueError.
  Hdf5DatasetWriter dataset(std::string_view path, DType dtype, const Shape& shape, Storage bytes);

 private:
  friend class Hdf5Writer;
  using Hdf5DatasetWriter::Hdf5DatasetWriter;
};

/// The bytes of a finished file: one block of structure, and the arrays where they are.
class Hdf5Image {
 public:
  Hdf5Image(Hdf5Image&&) = default;
  Hdf5Image& operator=(Hdf5Image&&) = default;

  /// The pieces whose concatenation is the file.
  const std::vector<std::span<const std::byte>>& parts() const& { return parts_; }
  const std::vector<std::span<const std::byte>>& parts() const&& = delete;
  std::size_t size() const;

 private:
  friend class Hdf5Writer;
  Hdf5Image() = default;

  std::vector<std::byte> structure_;
  std::vector<Storage> arrays_;
  std::vector<std::span<const std::byte>> parts_;
};

/// Builds an HDF5 file that the HDF5 library reads from version 1.0 on: superblock 0, groups as
/// symbol tables, contiguous data on multiples of 64 bytes.
class Hdf5Writer {
 public:
  Hdf5Writer();
  Hdf5GroupWriter root() const { return Hdf5GroupWriter(root_); }

  /// The file as it is now.
  Hdf5Image finish() const;
  /// Writes the file whole or not at all.
  void save(const std::filesystem::path& path) const;

 private:
  std::shared_ptr<hdf5::Node> root_;
};

}  // namespace keras::saving
