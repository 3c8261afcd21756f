#include "keras/saving/npy.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/archive/archive.h"
#include "keras/saving/archive/archive_writer.h"
#include "keras/saving/atomic_file.h"
#include "keras/saving/byte_reader.h"
#include "keras/saving/element_bytes.h"
#include "keras/saving/mapped_file.h"
#include "keras/saving/npy_header.h"
#include "keras/utils/config_text.h"

namespace keras::saving {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::string_view kMagic{"\x93NUMPY", 6};
constexpr std::size_t kAlignment = 64;

[[noreturn]] void fail(std::string_view source, std::string_view reason) {
  throw IoError(str(source, ": ", reason, "."));
}

std::uint64_t byte_count(const std::vector<std::int64_t>& shape, std::size_t element,
                         std::string_view source) {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  std::uint64_t count = element;
  for (const std::int64_t dim : shape)
    if (__builtin_mul_overflow(count, static_cast<std::uint64_t>(dim), &count) ||
        count > std::numeric_limits<std::int64_t>::max())
      fail(source, "has a shape larger than any memory");
  return count;
}

/// Row-major bytes of elements that lie with the first axis running fastest.
Storage from_fortran_order(Bytes bytes, const Shape& shape, std::size_t element) {
  Storage out = Storage::allocate(bytes.size());
  const int rank = shape.rank();
  const std::size_t count = bytes.size() / element;
  std::vector<std::int64_t> index(static_cast<std::size_t>(rank));
  const auto strides = row_major_strides(shape);
  std::size_t to = 0;
  for (std::size_t from = 0; from < count; ++from) {
    std::memcpy(out.data() + to * element, bytes.data() + from * element, element);
    for (std::size_t axis = 0; axis < index.size(); ++axis) {
      const auto stride = static_cast<std::size_t>(strides[axis]);
      to += stride;
      if (++index[axis] < shape[static_cast<int>(axis)]) break;
      to -= stride * static_cast<std::size_t>(index[axis]);
      index[axis] = 0;
    }
  }
  return out;
}

std::string encode_front(const Array& array) {
  std::string text = str("{'descr': '", npy_type(array.dtype),
                         "', 'fortran_order': False, 'shape': ", array.shape, ", }");
  constexpr std::size_t kPrefix = 10;
  const std::size_t used = kPrefix + text.size() + 1;
  text.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  text += '\n';
  std::string front(kMagic);
  front += {'\1', '\0', static_cast<char>(text.size() & 0xff), static_cast<char>(text.size() >> 8)};
  return front + text;
}

Bytes checked_bytes(const Array& array, std::string_view target) {
  const std::size_t wanted = static_cast<std::size_t>(array.shape.size()) * dtype_size(array.dtype);
  if (array.bytes.size() != wanted) {
    throw ValueError(str("An array of shape ", array.shape, " and dtype ", array.dtype, " needs ",
                         wanted, " bytes, got ", array.bytes.size(), " (for ", target, ")."));
  }
  return {array.bytes.data(), array.bytes.size()};
}

}  // namespace

Array parse_npy(const Storage& file, std::string_view source) {
  const Bytes all{file.data(), file.size()};
  const NpyFront front = read_npy_front(all, source);
  const auto type = parse_npy_type(front.header.descr);
  if (!type) fail(source, str("the dtype ", json_quote(front.header.descr), " is not supported"));
  const std::size_t element = dtype_size(type->dtype);
  const auto data = part_of(all, front.data_at, byte_count(front.header.shape, element, source));
  if (!data) fail(source, "is truncated");
  Array array{type->dtype, Shape(front.header.shape), {}};
  const bool reorder = front.header.fortran_order && array.shape.rank() > 1 && !data->empty();
  const bool aligned = reinterpret_cast<std::uintptr_t>(data->data()) % element == 0;
  const bool swap = type->big_endian && element > 1;
  if (reorder) {
    array.bytes = from_fortran_order(*data, array.shape, element);
  } else if (swap || !aligned) {
    array.bytes = Storage::copy_of(*data);
  } else {
    array.bytes = Storage::view(file.data() + front.data_at, data->size(),
                                std::make_shared<const Storage>(file));
  }
  if (swap) swap_bytes({array.bytes.data(), array.bytes.size()}, element);
  const auto fault =
      element_fault({array.bytes.data(), array.bytes.size()}, array.dtype, type->unsigned_64);
  if (!fault.empty()) fail(source, fault);
  return array;
}

Array load_npy(const std::filesystem::path& path) {
  return parse_npy(map_file(path), path.string());
}

void save_npy(const std::filesystem::path& path, const Array& array) {
  const Bytes bytes = checked_bytes(array, path.string());
  AtomicFile file(path);
  file.write(encode_front(array));
  file.write(bytes);
  file.commit();
}

NamedArrays load_npz(const std::filesystem::path& path) {
  const Archive archive = Archive::open(path);
  constexpr std::string_view kEnding = ".npy";
  NamedArrays arrays;
  for (const std::string& member : archive.names()) {
    if (!member.ends_with(kEnding)) continue;
    arrays.emplace_back(member.substr(0, member.size() - kEnding.size()),
                        parse_npy(archive.read(member), str(path.string(), ", ", member)));
  }
  return arrays;
}

void save_npz(const std::filesystem::path& path, const NamedArrays& arrays) {
  ArchiveWriter writer(path);
  for (const auto& [name, array] : arrays) {
    const std::string front = encode_front(array);
    const Bytes parts[] = {std::as_bytes(std::span(front)), checked_bytes(array, name)};
    writer.add_parts(name + ".npy", parts);
  }
  writer.finish();
}

}  // namespace keras::saving
