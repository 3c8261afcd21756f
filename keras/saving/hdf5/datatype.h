#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keras/engine/tensor/dtype.h"
#include "keras/saving/hdf5/file_bytes.h"

namespace keras::saving::hdf5 {

/// The kind of a dataset's or an attribute's elements, as far as Keras's files have them.
struct Datatype {
  enum class Kind { kNumber, kFixedString, kVariableString, kOpaque, kUnsupported };

  Kind kind = Kind::kUnsupported;
  std::size_t size = 0;           ///< bytes of one element
  DType dtype = DType::kFloat32;  ///< of a number
  bool big_endian = false;
  bool unsigned_64 = false;   ///< read as int64 where all values fit
  bool space_padded = false;  ///< of a fixed string
  std::string reason;         ///< why it is unsupported
};

/// An element type that is not supported is no error here: nobody may ask for that object.
Datatype read_datatype(const FileBytes& file, Bytes message);

/// The message for a number's type as h5py writes it: booleans as an enumeration, bfloat16 as
/// opaque pairs of bytes.
std::vector<std::byte> encode_datatype(DType dtype);
std::vector<std::byte> encode_fixed_string(std::size_t size);
std::vector<std::byte> encode_variable_string();

}  // namespace keras::saving::hdf5
