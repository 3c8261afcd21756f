#include "keras/layers/preprocessing/value_range.h"

#include <algorithm>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::layers {

std::array<double, 2> read_value_range(ConfigReader& reader) {
  const Config& config = reader.get("value_range");
  if (config.is_null()) return {0, 255};
  if (!config.is_list() || config.as_list().size() != 2 || !config.as_list()[0].is_number() ||
      !config.as_list()[1].is_number())
    throw ValueError(
        str("The `value_range` argument should be a list of two numbers. Received: value_range=",
            config));
  return {config.as_list()[0].as_double(), config.as_list()[1].as_double()};
}

std::array<double, 2> ordered(const std::array<double, 2>& range) {
  return {std::min(range[0], range[1]), std::max(range[0], range[1])};
}

Config value_range_to_config(const std::array<double, 2>& range) {
  return Config::list_of(std::vector<double>(range.begin(), range.end()));
}

}  // namespace keras::layers
