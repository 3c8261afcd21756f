#include "keras/engine/tensor/layout.h"

#include <cstring>
#include <numeric>
#include <stdexcept>

namespace keras::engine {
namespace {

/// The longest runs, all of one length, whose elements have places one after the other.
std::int64_t run_length(const std::vector<std::int64_t>& places) {
  auto run = static_cast<std::int64_t>(places.size());
  for (std::size_t i = 1; i < places.size(); ++i)
    if (places[i] != places[i - 1] + 1) run = std::gcd(run, static_cast<std::int64_t>(i));
  return run;
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

Layout::Layout(std::vector<std::vector<std::int64_t>> places) : places_(std::move(places)) {
  if (places_.empty()) places_ = {{0}};
  for (std::size_t axis = 0; axis + 1 < places_.size(); ++axis)
    rows_ *= static_cast<std::int64_t>(places_[axis].size());
  run_ = run_length(places_.back());
}

/// Calls `copy(first element in row-major order, its place)` for all runs of those rows.
void Layout::for_each_run(std::int64_t first, std::int64_t last, const auto& copy) const {
  const std::vector<std::int64_t>& columns = places_.back();
  std::int64_t element = first * static_cast<std::int64_t>(columns.size());
  for (std::int64_t row = first; row < last; ++row) {
    std::int64_t place = 0, rest = row;
    for (std::size_t axis = places_.size() - 1; axis-- > 0;) {
      const auto size = static_cast<std::int64_t>(places_[axis].size());
      place += places_[axis][static_cast<std::size_t>(rest % size)];
      rest /= size;
    }
    for (std::size_t c = 0; c < columns.size(); c += static_cast<std::size_t>(run_)) {
      copy(element, place + columns[c]);
      element += run_;
    }
  }
}

void Layout::pack_rows(const std::byte* row_major, std::byte* packed, std::size_t element_bytes,
                       std::int64_t first, std::int64_t last) const {
  if (run_ > 1) {
    const std::size_t bytes = static_cast<std::size_t>(run_) * element_bytes;
    return for_each_run(first, last, [&](std::int64_t element, std::int64_t place) {
      std::memcpy(packed + static_cast<std::size_t>(place) * element_bytes,
                  row_major + static_cast<std::size_t>(element) * element_bytes, bytes);
    });
  }
  with_word(element_bytes, [&]<typename Word>(Word) {
    for_each_run(first, last, [&](std::int64_t element, std::int64_t place) {
      reinterpret_cast<Word*>(packed)[place] = reinterpret_cast<const Word*>(row_major)[element];
    });
  });
}

void Layout::unpack(const std::byte* packed, std::byte* row_major,
                    std::size_t element_bytes) const {
  with_word(element_bytes, [&]<typename Word>(Word) {
    for_each_run(0, rows_, [&](std::int64_t element, std::int64_t place) {
      for (std::int64_t i = 0; i < run_; ++i)
        reinterpret_cast<Word*>(row_major)[element + i] =
            reinterpret_cast<const Word*>(packed)[place + i];
    });
  });
}

}  // namespace keras::engine
