#include "keras/layers/reshaping/spatial_sides.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::layers {
namespace {

Config pair_to_config(const SpatialSides::Pair& pair) {
  return Config::list({pair.first, pair.second});
}

}  // namespace

SpatialSides SpatialSides::from_config(const Config& config) {
  if (config.is_int()) return SpatialSides(config.as_int());
  SpatialSides sides({});
  for (const auto& entry : config.as_list()) {
    if (entry.is_int()) {
      sides.entries_.emplace_back(entry.as_int());
      continue;
    }
    if (entry.size() != 2)
      throw ValueError(str("Expected a pair of integers (before, after). Received: ", entry));
    sides.entries_.emplace_back(entry.at(std::size_t{0}).as_int(),
                                entry.at(std::size_t{1}).as_int());
  }
  return sides;
}

std::vector<SpatialSides::Pair> SpatialSides::for_axes(int axes, std::string_view argument) const {
  const bool one_pair =
      axes == 1 && entries_.size() == 2 && entries_[0].single_ && entries_[1].single_;
  std::vector<Pair> pairs;
  if (is_all_) {
    pairs.assign(static_cast<std::size_t>(axes), {all_, all_});
  } else if (one_pair) {
    pairs.emplace_back(entries_[0].sides_.first, entries_[1].sides_.first);
  } else {
    for (const auto& entry : entries_) pairs.push_back(entry.sides_);
  }
  if (pairs.size() != static_cast<std::size_t>(axes))
    throw ValueError(str("`", argument, "` should have ", axes,
                         axes == 1 ? " pair (before, after). " : " elements. ",
                         "Received: ", argument, "=", config(), "."));
  for (const auto& [before, after] : pairs)
    if (before < 0 || after < 0)
      throw ValueError(
          str("`", argument, "` cannot be negative. Received: ", argument, "=", config(), "."));
  return pairs;
}

Config SpatialSides::config() const {
  if (is_all_) return all_;
  Config list = Config::list();
  for (const auto& entry : entries_)
    list.as_list().push_back(entry.single_ ? Config(entry.sides_.first)
                                           : pair_to_config(entry.sides_));
  return list;
}

Config sides_to_config(const std::vector<SpatialSides::Pair>& sides) {
  if (sides.size() == 1) return pair_to_config(sides[0]);
  Config list = Config::list();
  for (const auto& pair : sides) list.as_list().push_back(pair_to_config(pair));
  return list;
}

}  // namespace keras::layers
