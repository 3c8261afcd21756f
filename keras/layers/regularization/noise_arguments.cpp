#include "keras/layers/regularization/noise_arguments.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/layer_impl.h"

namespace keras::layers {

void check_share(const char* argument, double value) {
  if (0 <= value && value <= 1) return;
  throw ValueError(str("Invalid value received for argument `", argument,
                       "`. Expected a float value between 0 and 1. Received: ", argument, "=",
                       value));
}

std::vector<std::int64_t> noise_shape_for(const std::optional<Shape>& noise_shape,
                                          const Shape& input_shape) {
  if (!noise_shape) return input_shape.dims();
  if (noise_shape->rank() > input_shape.rank())
    throw ValueError(str("`noise_shape` ", *noise_shape, " has more axes than the inputs of shape ",
                         input_shape, "."));
  std::vector<std::int64_t> dims = noise_shape->dims();
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (dims[i] == kUnknown) dims[i] = input_shape[static_cast<int>(i)];
  return dims;
}

Config seed_to_config(const std::optional<std::int64_t>& seed) {
  return seed ? Config(*seed) : Config();
}

Config noise_shape_to_config(const std::optional<Shape>& noise_shape) {
  return noise_shape ? shape_to_config(*noise_shape) : Config();
}

}  // namespace keras::layers
