#pragma once

#include <string>
#include <vector>

#include "keras/layers/layer.h"

namespace keras {

/// Makes a layer of one of Keras's classes from its config, or of a registered class. Throws
/// ValueError, with near names, for any other.
Layer layer_from_config(const std::string& class_name, const Config& config);
bool is_known_layer(const std::string& class_name);
/// Keras's class names in the registry.
std::vector<std::string> layer_names();

}  // namespace keras
