#include "keras/layers/call_arguments.h"

#include <algorithm>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {
namespace {

const Config* tensor_index(const Config& value) {
  return value.is_dict() && value.size() == 1 ? value.find("tensor") : nullptr;
}

/// Null, or lists and dictionaries of it, such as the masks of a nested model's inputs.
bool holds_nothing(const Config& value) {
  if (value.is_list())
    return std::all_of(value.as_list().begin(), value.as_list().end(), holds_nothing);
  if (value.is_dict())
    return std::all_of(value.as_dict().begin(), value.as_dict().end(),
                       [](const auto& entry) { return holds_nothing(entry.second); });
  return value.is_null();
}

}  // namespace

CallArguments::CallArguments(const std::string& layer, std::vector<std::string> parameters,
                             const Config& arguments, Tensors tensors)
    : layer_(layer), parameters_(std::move(parameters)), tensors_(std::move(tensors)) {
  const auto& args = arguments.at("args").as_list();
  if (args.size() > parameters_.size())
    throw ValueError(str("Layer \"", layer_, "\" takes at most ", parameters_.size(),
                         " positional arguments (", join(parameters_, ", "), "), but it received ",
                         args.size(), "."));
  for (std::size_t i = 0; i < args.size(); ++i) bind(parameters_[i], args[i]);
  for (const auto& [key, value] : arguments.at("kwargs").as_dict()) bind(key, value);
}

CallArguments CallArguments::with_tensors(Tensors tensors) const {
  CallArguments other = *this;
  other.tensors_ = std::move(tensors);
  return other;
}

void CallArguments::bind(const std::string& name, const Config& value) {
  if (holds_nothing(value)) return;
  if (std::find(parameters_.begin(), parameters_.end(), name) == parameters_.end())
    throw ValueError(
        str("Layer \"", layer_, "\": the call argument `", name, "=", value, "` is not supported."),
        str("the arguments are ", join(parameters_, ", "), "."));
  if (!get(name).is_null())
    throw ValueError(str("Layer \"", layer_, "\": the call argument `", name, "` is given twice."));
  values_.emplace_back(name, value);
}

const Config& CallArguments::get(const std::string& name) const {
  static const Config none;
  for (const auto& [key, value] : values_)
    if (key == name) return value;
  return none;
}

Tensor CallArguments::tensor(const std::string& name) const {
  const Config& value = get(name);
  if (value.is_null()) return {};
  const Config* index = tensor_index(value);
  if (!index)
    throw ValueError(str("Layer \"", layer_, "\": the call argument `", name,
                         "` must be a tensor, received ", value, "."));
  return tensors_.at(static_cast<std::size_t>(index->as_int()));
}

void CallArguments::collect(const Config& value, Tensors& into) const {
  if (const Config* index = tensor_index(value)) {
    into.push_back(tensors_.at(static_cast<std::size_t>(index->as_int())));
  } else if (value.is_list()) {
    for (const auto& item : value.as_list()) collect(item, into);
  } else if (value.is_dict()) {
    for (const auto& [key, item] : value.as_dict()) collect(item, into);
  } else if (value.is_null()) {
    into.emplace_back();
  } else {
    throw ValueError(str("Layer \"", layer_, "\": a tensor is needed, received ", value, "."));
  }
}

Tensors CallArguments::list(const std::string& name) const {
  Tensors tensors;
  if (const Config& value = get(name); !value.is_null()) collect(value, tensors);
  return tensors;
}

CallArguments CallArguments::with_mask_on_input() const {
  const Config* mask = tensor_index(get("mask"));
  if (!mask || tensors_.empty()) return *this;
  Tensors tensors = tensors_;
  tensors[0] = tensors[0].with_mask(tensors_.at(static_cast<std::size_t>(mask->as_int())));
  return with_tensors(std::move(tensors));
}

bool CallArguments::flag(const std::string& name, bool fallback) const {
  const Config& value = get(name);
  if (value.is_null()) return fallback;
  if (!value.is_bool())
    throw ValueError(str("Layer \"", layer_, "\": the call argument `", name,
                         "` must be True or False, received ", value, "."));
  return value.as_bool();
}

std::optional<bool> CallArguments::training() const {
  if (get("training").is_null()) return std::nullopt;
  return flag("training", false);
}

}  // namespace keras
