#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keras/engine/tensor/dtype.h"
#include "keras/engine/tensor/shape.h"

namespace keras::saving {

/// The dictionary at the front of a `.npy` file.
struct NpyHeader {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

/// Parses the Python literal; nothing where it is another one than NumPy writes.
std::optional<NpyHeader> parse_npy_header(std::string_view text);

/// What stands before the data of a `.npy` file (versions 1 to 3).
struct NpyFront {
  NpyHeader header;
  std::size_t data_at = 0;
};

/// Damage is an IoError naming the source.
NpyFront read_npy_front(std::span<const std::byte> file, std::string_view source);

/// What a type string such as "<f4" says.
struct NpyType {
  DType dtype = DType::kFloat32;
  bool big_endian = false;
  bool unsigned_64 = false;
};

/// Nothing for a type that tensors lack.
std::optional<NpyType> parse_npy_type(std::string_view descr);
std::string_view npy_type(DType dtype);

}  // namespace keras::saving
