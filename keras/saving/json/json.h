#pragma once

#include <string>
#include <string_view>

#include "keras/utils/config.h"

namespace keras::saving {

/// The value of a JSON text. It may come from anywhere: containers nest at most 500 deep, and an
/// integer beyond 64 bits is a ValueError. Takes what Python writes, NaN and Infinity included; of
/// equal keys the last wins. Malformed text is an IoError naming `source_name`, line and column.
Config parse_json(std::string_view text, std::string_view source_name);

/// The text that Python's `json.dumps(value, indent=indent)` gives; a negative indent is one line.
std::string dump_json(const Config& value, int indent = -1);

}  // namespace keras::saving
