#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/utils/config.h"

namespace keras::layers {

/// An argument such as `padding` or `cropping`: one integer for all sides, one for each spatial
/// axis, or a pair (before, after) for each.
class SpatialSides {
 public:
  using Pair = std::pair<std::int64_t, std::int64_t>;

  /// What is said of one axis.
  class Entry {
   public:
    Entry(int both) : sides_(both, both), single_(true) {}
    Entry(std::int64_t both) : sides_(both, both), single_(true) {}
    Entry(int before, int after) : sides_(before, after) {}
    Entry(std::int64_t before, std::int64_t after) : sides_(before, after) {}

   private:
    friend class SpatialSides;
    Pair sides_;
    bool single_ = false;
  };

  SpatialSides(int all) : all_(all), is_all_(true) {}
  SpatialSides(std::int64_t all) : all_(all), is_all_(true) {}
  SpatialSides(std::initializer_list<Entry> entries) : entries_(entries) {}
  /// From a config: an integer, a list of integers or a list of pairs.
  static SpatialSides from_config(const Config& config);

  /// One pair a spatial axis; for one axis, two integers are its pair. Throws ValueError naming
  /// `argument` when their number is another or one is negative.
  std::vector<Pair> for_axes(int axes, std::string_view argument) const;
  /// As it was given.
  Config config() const;

 private:
  std::vector<Entry> entries_;
  std::int64_t all_ = 0;
  bool is_all_ = false;
};

/// As Keras's layers write it: [[1, 1], [2, 2]], of one axis [1, 1].
Config sides_to_config(const std::vector<SpatialSides::Pair>& sides);

}  // namespace keras::layers
