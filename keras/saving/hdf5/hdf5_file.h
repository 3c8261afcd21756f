#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "keras/engine/tensor/dtype.h"
#include "keras/engine/tensor/shape.h"
#include "keras/engine/tensor/storage.h"
#include "keras/utils/config.h"

namespace keras::saving {

namespace hdf5 {
struct Object;
}

/// What groups and datasets have in common: a path and attributes. Handles share the file.
class Hdf5Object {
 public:
  /// "/" for the root, "/layers/dense" below it.
  const std::string& path() const;
  std::vector<std::string> attribute_names() const;
  bool has_attribute(std::string_view name) const;
  /// A string, int, float or bool, a flat list of them for an array, null for an empty one. A
  /// missing attribute, or one of a kind that Keras does not write, is an IoError naming it.
  Config attribute(std::string_view name) const;

 protected:
  explicit Hdf5Object(std::shared_ptr<const hdf5::Object> object) : object_(std::move(object)) {}
  std::shared_ptr<const hdf5::Object> object_;
};

/// An array in an HDF5 file.
class Hdf5Dataset : public Hdf5Object {
 public:
  const Shape& shape() const;
  /// Element types that tensors lack are an IoError.
  DType dtype() const;
  /// The size in memory.
  std::size_t byte_size() const;
  /// The elements, row-major and little-endian: a view of the file where they lie so, aligned, in
  /// one piece. More than `max_bytes` is refused before memory is taken.
  Storage read(std::size_t max_bytes = std::numeric_limits<std::size_t>::max()) const;

 private:
  friend class Hdf5Group;
  using Hdf5Object::Hdf5Object;
};

/// A folder in an HDF5 file. Paths may have several names with "/" between them.
class Hdf5Group : public Hdf5Object {
 public:
  /// The members in the order of their names.
  std::vector<std::string> names() const;
  bool has(std::string_view path) const;
  bool is_group(std::string_view path) const;
  /// Missing, of the other kind, or behind a soft or external link is an IoError naming it.
  Hdf5Group group(std::string_view path) const;
  Hdf5Dataset dataset(std::string_view path) const;

 private:
  friend class Hdf5File;
  using Hdf5Object::Hdf5Object;
};

/// An HDF5 file from anywhere, read within the subset that Keras and h5py write. All that is
/// wrong with it is an IoError naming the file and the object.
class Hdf5File {
 public:
  static Hdf5File open(Storage bytes, std::string source);
  static Hdf5File open(const std::filesystem::path& path);
  Hdf5Group root() const { return root_; }

 private:
  explicit Hdf5File(Hdf5Group root) : root_(std::move(root)) {}
  Hdf5Group root_;
};

}  // namespace keras::saving
