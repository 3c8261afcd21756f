#include "keras/layers/preprocessing/nested_values.h"

#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::layers {
namespace {

Shape shape_of(const Config& config) {
  Shape shape;
  for (const Config* level = &config; level->is_list(); level = &level->at(std::size_t{0})) {
    shape.push_back(static_cast<std::int64_t>(level->size()));
    if (level->size() == 0) break;
  }
  return shape;
}

void append(const Config& config, const Shape& shape, int axis, std::vector<double>& values) {
  if (axis == shape.rank()) {
    values.push_back(config.as_double());
    return;
  }
  if (static_cast<std::int64_t>(config.as_list().size()) != shape[axis])
    throw ValueError(str("Nested lists must have equal lengths. Received: ", config));
  for (const auto& entry : config.as_list()) append(entry, shape, axis + 1, values);
}

Config nested(const std::vector<double>& values, const Shape& shape, int axis, std::size_t& next) {
  if (axis == shape.rank()) return values[next++];
  Config list = Config::list();
  for (std::int64_t i = 0; i < shape[axis]; ++i)
    list.as_list().push_back(nested(values, shape, axis + 1, next));
  return list;
}

}  // namespace

Tensor tensor_from_nested(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_dict()) return tensor_from_nested(config.at("config").at("value"));
  const Shape shape = shape_of(config);
  std::vector<double> values;
  append(config, shape, 0, values);
  return Tensor::from(values, shape);
}

Config tensor_to_nested(const Tensor& tensor) {
  if (!tensor.defined()) return {};
  std::size_t next = 0;
  return nested(tensor.to_vector<double>(), tensor.shape(), 0, next);
}

}  // namespace keras::layers
