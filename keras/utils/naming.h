#pragma once

#include <string>
#include <string_view>

namespace keras {

/// "BatchNormalization" → "batch_normalization", "Conv2D" → "conv2d", as Keras names layers.
std::string to_snake_case(std::string_view class_name);

/// A name not given before in this process: "dense", "dense_1", "dense_2" …
std::string auto_name(std::string_view class_name);
/// The next number for a prefix: "dense" 0, then "dense_1" …
std::string unique_name(std::string_view prefix);
/// Starts the counting again (keras.backend.clear_session).
void reset_names();

}  // namespace keras
