#include "keras/saving/hdf5/filters.h"

#include <zlib.h>

#include <algorithm>

#include "keras/engine/text.h"

namespace keras::saving::hdf5 {
namespace {

constexpr int kMaxFilters = 32;
constexpr int kDeflate = 1;
constexpr int kShuffle = 2;
constexpr int kFletcher32 = 3;
constexpr int kFirstNamedId = 256;
constexpr std::size_t kChecksumSize = 4;
constexpr std::uint64_t kDeflateLimit = 1032;  // what deflate can expand to at most

std::vector<std::byte> inflate_chunk(const FileBytes& file, Bytes input, std::uint64_t size) {
  if (size / kDeflateLimit > input.size() + 1)
    file.fail("a chunk is larger than deflate can make it");
  std::vector<std::byte> output(size);
  auto length = static_cast<uLongf>(size);
  const int status =
      ::uncompress(reinterpret_cast<Bytef*>(output.data()), &length,
                   reinterpret_cast<const Bytef*>(input.data()), static_cast<uLong>(input.size()));
  if (status != Z_OK) file.fail("a compressed chunk is damaged");
  output.resize(length);
  return output;
}

/// Shuffled bytes have all first bytes of the elements first, then all second ones.
std::vector<std::byte> unshuffle(const std::vector<std::byte>& input, std::size_t element) {
  const std::size_t count = input.size() / element;
  if (count == 0) return input;  // a damaged size may be of billions of bytes
  std::vector<std::byte> output(input.size());
  for (std::size_t byte = 0; byte < element; ++byte)
    for (std::size_t i = 0; i < count; ++i) output[i * element + byte] = input[byte * count + i];
  std::copy(input.begin() + static_cast<std::ptrdiff_t>(count * element), input.end(),
            output.begin() + static_cast<std::ptrdiff_t>(count * element));
  return output;
}

std::uint32_t fletcher32(Bytes bytes) {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const auto first = std::to_integer<std::uint32_t>(bytes[i]);
    const auto second = i + 1 < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i + 1]) : 0u;
    low = (low + ((first << 8) | second)) % 0xffff;
    high = (high + low) % 0xffff;
  }
  return (high << 16) | low;
}

/// The sums are taken modulo 65535, where 0 and 65535 are the same and writers may give either.
std::uint32_t canonical(std::uint32_t sum) {
  return (((sum >> 16) % 0xffff) << 16) | ((sum & 0xffff) % 0xffff);
}

void check_fletcher32(const FileBytes& file, std::vector<std::byte>& bytes) {
  if (bytes.size() < kChecksumSize) file.fail("a chunk has no room for its checksum");
  Cursor cursor(file, Bytes(bytes).last(kChecksumSize), "a checksum");
  const auto stored = static_cast<std::uint32_t>(cursor.number(kChecksumSize));
  bytes.resize(bytes.size() - kChecksumSize);
  const std::uint32_t sum = canonical(fletcher32(bytes));
  // Files of HDF5 1.6.2 and older have the bytes of each half swapped.
  const std::uint32_t swapped = ((stored & 0x00ff00ffu) << 8) | ((stored >> 8) & 0x00ff00ffu);
  if (canonical(stored) != sum && canonical(swapped) != sum)
    file.fail("a chunk does not agree with its checksum");
}

}  // namespace

std::vector<Filter> read_filters(const FileBytes& file, Bytes message) {
  Cursor cursor(file, message, "a filter pipeline");
  const int version = cursor.byte();
  if (version != 1 && version != 2) cursor.fail(str("has the unknown version ", version));
  const int count = cursor.byte();
  if (count > kMaxFilters) cursor.fail(str("has ", count, " filters"));
  if (version == 1) cursor.skip(6);
  std::vector<Filter> filters;
  for (int i = 0; i < count; ++i) {
    Filter filter;
    filter.id = static_cast<int>(cursor.number(2));
    const bool named = version == 1 || filter.id >= kFirstNamedId;
    const std::uint64_t name_size = named ? cursor.number(2) : 0;
    cursor.skip(2);  // flags
    const std::uint64_t value_count = cursor.number(2);
    cursor.skip(version == 1 ? (name_size + 7) / 8 * 8 : name_size);
    for (std::uint64_t value = 0; value < value_count; ++value)
      filter.values.push_back(static_cast<std::uint32_t>(cursor.number(4)));
    if (version == 1 && value_count % 2 != 0) cursor.skip(4);
    filters.push_back(std::move(filter));
  }
  return filters;
}

std::vector<std::byte> undo_filters(const FileBytes& file, const std::vector<Filter>& filters,
                                    std::uint32_t mask, Bytes stored, std::uint64_t size) {
  std::vector<std::byte> bytes(stored.begin(), stored.end());
  for (std::size_t i = filters.size(); i > 0; --i) {
    const Filter& filter = filters[i - 1];
    if (i <= 32 && ((mask >> (i - 1)) & 1u) != 0) continue;
    switch (filter.id) {
      case kDeflate:
        // A checksum may have gone in with the data.
        bytes = inflate_chunk(file, bytes, size + kChecksumSize);
        break;
      case kShuffle:
        if (filter.values.empty() || filter.values[0] == 0)
          file.fail("the shuffle filter lacks its element size");
        bytes = unshuffle(bytes, filter.values[0]);
        break;
      case kFletcher32:
        check_fletcher32(file, bytes);
        break;
      default:
        file.fail(str("the filter ", filter.id,
                      " is not supported (deflate, shuffle and "
                      "fletcher32 are)"));
    }
  }
  if (bytes.size() != size)
    file.fail(str("a chunk has ", bytes.size(), " bytes where ", size, " are expected"));
  return bytes;
}

}  // namespace keras::saving::hdf5
