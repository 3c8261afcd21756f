#pragma once

#include <string>

#include "keras/utils/config.h"

namespace keras::saving::legacy {

/// Keras 3's class of a layer that an older Keras called otherwise ("Convolution2D", "Model").
std::string modern_class_name(const std::string& class_name);

/// The config of a layer of Keras 1 or 2, rewritten in place into Keras 3's arguments: names,
/// arguments that are gone, initializers, regularizers and constraints in their old forms.
/// `class_name` is the file's. Throws ValueError for a gone argument that changes the result.
void modernize_layer_config(const std::string& class_name, Config& config);

/// The name, among activations, of what Keras 1 and 2 call hard_sigmoid: clip(0.2 x + 0.5, 0, 1).
inline constexpr const char* kOldHardSigmoid = "keras2>hard_sigmoid";

}  // namespace keras::saving::legacy
