#include "keras/ops/registry/recorded_call.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"

namespace keras::ops {
namespace {

void flatten(const Config& value, int depth, Shape& shape, std::vector<double>& out) {
  if (!value.is_list()) {
    out.push_back(value.is_bool() ? static_cast<double>(value.as_bool()) : value.as_double());
    return;
  }
  const auto size = static_cast<std::int64_t>(value.size());
  if (shape.rank() == depth) shape.push_back(size);
  if (shape[depth] != size) throw ValueError("An operation's argument is a ragged list.");
  for (const auto& item : value.as_list()) flatten(item, depth + 1, shape, out);
}

Tensor nested_values(const Config& value, std::optional<DType> dtype) {
  Shape shape;
  std::vector<double> values;
  flatten(value, 0, shape, values);
  bool integers = true;
  for (const Config* first = &value; integers && first->is_list() && first->size() > 0;) {
    first = &first->as_list()[0];
    if (!first->is_list()) integers = first->is_int();
  }
  const DType natural = integers ? DType::kInt32 : DType::kFloat32;
  return cast(Tensor::from(values, shape), dtype.value_or(natural));
}

}  // namespace

const Config* RecordedCall::argument(std::size_t place, std::string_view name) const {
  const Config* found = nullptr;
  if (const Config* args = arguments_.find("args"); args && place < args->size())
    found = &args->at(place);
  if (!found)
    if (const Config* kwargs = arguments_.find("kwargs")) found = kwargs->find(name);
  return found && !found->is_null() ? found : nullptr;
}

Tensor RecordedCall::value_of(const Config& value) const {
  if (const Config* index = value.find("tensor"))
    return tensors_.at(static_cast<std::size_t>(index->as_int()));
  if (value.is_bool()) return value.as_bool();
  if (value.is_int()) return value.as_int();
  if (value.is_number()) return value.as_double();
  if (value.is_list()) return nested_values(value, {});
  const std::string class_name = value.get("class_name", "");
  if (class_name == "__tensor__" || class_name == "__numpy__") {
    const Config& config = value.at("config");
    return nested_values(config.at("value"), dtype_from_name(config.at("dtype").as_string()));
  }
  throw ValueError(str("An operation's argument is not supported: ", value.to_string()));
}

Tensor RecordedCall::tensor(std::size_t place, std::string_view name) const {
  const Config* value = argument(place, name);
  if (!value)
    throw ValueError(
        str("An operation's call has no argument ", name, ": ", arguments_.to_string()));
  return value_of(*value);
}

std::optional<Tensor> RecordedCall::optional_tensor(std::size_t place,
                                                    std::string_view name) const {
  const Config* value = argument(place, name);
  if (!value) return std::nullopt;
  return value_of(*value);
}

Tensors RecordedCall::tensor_list(std::size_t place, std::string_view name) const {
  const Config* values = argument(place, name);
  if (!values || !values->is_list())
    throw ValueError(str("An operation's call has no list ", name, ": ", arguments_.to_string()));
  Tensors out;
  for (const auto& value : values->as_list()) out.push_back(value_of(value));
  return out;
}

Tensors RecordedCall::positional() const {
  Tensors out;
  if (const Config* args = arguments_.find("args"))
    for (const auto& value : args->as_list()) out.push_back(value_of(value));
  return out;
}

std::vector<std::int64_t> RecordedCall::integers(const char* key) const {
  const Config& value = config_.at(key);
  if (value.is_int()) return {value.as_int()};
  std::vector<std::int64_t> out;
  for (const auto& item : value.as_list()) out.push_back(item.as_int());
  return out;
}

Axes RecordedCall::axes(const char* key) const {
  const Config* value = config_.find(key);
  if (!value || value->is_null()) return {};
  std::vector<int> out;
  for (const auto axis : integers(key)) out.push_back(static_cast<int>(axis));
  return out;
}

std::optional<std::int64_t> RecordedCall::integer(const char* key) const {
  const Config* value = config_.find(key);
  if (!value || value->is_null()) return std::nullopt;
  return value->as_int();
}

std::optional<int> RecordedCall::axis(const char* key) const {
  const auto value = integer(key);
  return value ? std::optional<int>(static_cast<int>(*value)) : std::nullopt;
}

std::optional<double> RecordedCall::number(const char* key) const {
  const Config* value = config_.find(key);
  if (!value || value->is_null()) return std::nullopt;
  return value->as_double();
}

std::optional<DType> RecordedCall::dtype(const char* key) const {
  const Config* value = config_.find(key);
  if (!value || value->is_null()) return std::nullopt;
  return dtype_from_name(value->as_string());
}

}  // namespace keras::ops
