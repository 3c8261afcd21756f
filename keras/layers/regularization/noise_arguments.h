#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "keras/engine/tensor/shape.h"
#include "keras/utils/config.h"

namespace keras::layers {

/// What the layers that draw noise have in common. Throws ValueError, naming the argument, unless
/// `value` is in [0, 1].
void check_share(const char* argument, double value);

/// A `noise_shape` with unknown axes as those of the input; the input's shape when unset.
std::vector<std::int64_t> noise_shape_for(const std::optional<Shape>& noise_shape,
                                          const Shape& input_shape);

/// Arguments as Keras writes them, null where unset.
Config seed_to_config(const std::optional<std::int64_t>& seed);
Config noise_shape_to_config(const std::optional<Shape>& noise_shape);

}  // namespace keras::layers
