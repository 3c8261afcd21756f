#include "keras/engine/tensor/layout.h"

#include <span>
#include <stdexcept>

namespace keras::engine {
namespace {

/// Calls `copy(row_major, place)` for all elements in row-major order.
template <typename Copy>
void walk(std::span<const std::vector<std::int64_t>> axes, std::int64_t place,
          std::int64_t& row_major, const Copy& copy) {
  if (axes.empty()) {
    copy(row_major++, place);
  } else if (axes.size() == 1) {
    for (const std::int64_t step : axes[0]) copy(row_major++, place + step);
  } else {
    for (const std::int64_t step : axes[0]) walk(axes.subspan(1), place + step, row_major, copy);
  }
}

template <typename Word>
void pack_words(std::span<const std::vector<std::int64_t>> axes, const Word* row_major,
                Word* packed) {
  std::int64_t next = 0;
  walk(axes, 0, next, [&](std::int64_t from, std::int64_t to) { packed[to] = row_major[from]; });
}

template <typename Word>
void unpack_words(std::span<const std::vector<std::int64_t>> axes, const Word* packed,
                  Word* row_major) {
  std::int64_t next = 0;
  walk(axes, 0, next, [&](std::int64_t to, std::int64_t from) { row_major[to] = packed[from]; });
}

/// Calls `work` with a word of that many bytes.
void with_word(std::size_t bytes, const auto& work) {
  switch (bytes) {
    case 1:
      return work(std::uint8_t{});
    case 2:
      return work(std::uint16_t{});
    case 4:
      return work(std::uint32_t{});
    case 8:
      return work(std::uint64_t{});
    default:
      throw std::logic_error("Layout: no element has that size");
  }
}

}  // namespace

void Layout::pack(const std::byte* row_major, std::byte* packed, std::size_t element_bytes) const {
  with_word(element_bytes, [&]<typename Word>(Word) {
    pack_words(std::span(places_), reinterpret_cast<const Word*>(row_major),
               reinterpret_cast<Word*>(packed));
  });
}

void Layout::unpack(const std::byte* packed, std::byte* row_major,
                    std::size_t element_bytes) const {
  with_word(element_bytes, [&]<typename Word>(Word) {
    unpack_words(std::span(places_), reinterpret_cast<const Word*>(packed),
                 reinterpret_cast<Word*>(row_major));
  });
}

}  // namespace keras::engine
