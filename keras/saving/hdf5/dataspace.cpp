#include "keras/saving/hdf5/dataspace.h"

#include <limits>

#include "keras/engine/text.h"

namespace keras::saving::hdf5 {
namespace {

constexpr int kMaxRank = 32;
constexpr int kNullSpace = 2;

}  // namespace

std::uint64_t Dataspace::element_count(const FileBytes& file) const {
  if (null) return 0;
  std::uint64_t count = 1;
  for (const std::int64_t dim : shape) {
    if (dim == 0) return 0;
    if (__builtin_mul_overflow(count, static_cast<std::uint64_t>(dim), &count) ||
        count > std::numeric_limits<std::int64_t>::max() / 8)
      file.fail(str("the shape ", shape, " is larger than any memory"));
  }
  return count;
}

Dataspace read_dataspace(const FileBytes& file, Bytes message) {
  Cursor cursor(file, message, "a dataspace");
  const int version = cursor.byte();
  if (version != 1 && version != 2) cursor.fail(str("has the unknown version ", version));
  const int rank = cursor.byte();
  if (rank > kMaxRank) cursor.fail(str("has ", rank, " dimensions"));
  cursor.skip(1);  // whether there are maximum sizes
  Dataspace out;
  if (version == 1)
    cursor.skip(5);
  else
    out.null = cursor.byte() == kNullSpace;
  for (int axis = 0; axis < rank; ++axis) {
    const std::uint64_t dim = cursor.length();
    if (dim > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      cursor.fail("has an absurd dimension");
    out.shape.push_back(static_cast<std::int64_t>(dim));
  }
  return out;
}

}  // namespace keras::saving::hdf5
