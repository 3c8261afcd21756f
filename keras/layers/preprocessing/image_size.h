#pragma once

#include <utility>

#include "keras/layers/config_reader.h"

namespace keras::layers {

/// Throws ValueError unless both are positive.
void check_image_size(const char* class_name, int height, int width);

/// `height` and `width`.
std::pair<int, int> read_image_size(ConfigReader& reader);

}  // namespace keras::layers
