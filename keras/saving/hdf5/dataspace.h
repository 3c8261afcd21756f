#pragma once

#include <cstdint>

#include "keras/engine/tensor/shape.h"
#include "keras/saving/hdf5/file_bytes.h"

namespace keras::saving::hdf5 {

/// The extent of a dataset or attribute: a scalar has the shape (), a null one holds nothing.
struct Dataspace {
  Shape shape;
  bool null = false;
  /// The number of elements; an absurd shape is an IoError.
  std::uint64_t element_count(const FileBytes& file) const;
};

Dataspace read_dataspace(const FileBytes& file, Bytes message);

}  // namespace keras::saving::hdf5
