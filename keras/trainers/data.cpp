#include "keras/trainers/data.h"

#include <algorithm>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {
namespace {

std::string quoted_list(const std::vector<std::string>& names) {
  return names.empty() ? "[]" : "['" + join(names, "', '") + "']";
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Data::Data(Tensor one) {
  if (one.defined()) tensors_.push_back(std::move(one));
}

Data::Data(const std::vector<Item>& named) : nested_(true) {
  for (const auto& [name, tensor] : named) {
    names_.push_back(name);
    tensors_.push_back(tensor);
  }
}

Data::Data(const std::map<std::string, Tensor>& named)
    : Data(std::vector<Item>(named.begin(), named.end())) {}

const Tensor& Data::operator[](std::string_view name) const { return tensors_[index_of(name)]; }

std::size_t Data::index_of(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end())
    throw ValueError(
        str("The data has no tensor named \"", name, "\", it has ", quoted_list(names_), "."));
  return static_cast<std::size_t>(found - names_.begin());
}

const Tensor& Data::single() const {
  if (tensors_.size() != 1)
    throw ValueError(str("Expected one tensor, received ", tensors_.size(), "."));
  return tensors_[0];
}

Data Data::with(std::span<const Tensor> tensors) const {
  Data out = *this;
  out.tensors_.assign(tensors.begin(), tensors.end());
  return out;
}

bool Data::has_structure_of(const Data& other) const {
  return tensors_.size() == other.tensors_.size() && names_ == other.names_ &&
         nested_ == other.nested_;
}

Data Data::in_order_of(const std::vector<std::string>& names, std::string_view argument) const {
  if (!is_named() || names.empty() || names_ == names) return *this;
  // More inputs than the model takes do no harm, as in Keras.
  const auto given = sorted(names_), wanted = sorted(names);
  const bool fits = argument == "x"
                        ? std::includes(given.begin(), given.end(), wanted.begin(), wanted.end())
                        : given == wanted;
  if (!fits)
    throw ValueError(str("The names in `", argument, "` must be those of the model: expected ",
                         quoted_list(names), ", received ", quoted_list(names_), "."));
  Data out = *this;
  out.names_ = names;
  out.tensors_.resize(names.size());
  for (std::size_t i = 0; i < names.size(); ++i)
    out.tensors_[i] = (*this)[std::string_view(names[i])];
  return out;
}

bool Batch::has_structure_of(const Batch& other) const {
  return x.has_structure_of(other.x) && y.has_structure_of(other.y) &&
         sample_weight.has_structure_of(other.sample_weight);
}

std::int64_t Batch::size() const { return x.defined() && x[0].rank() > 0 ? x[0].shape()[0] : 0; }

void Batch::flatten(Tensors& out) const {
  for (const Data* part : {&x, &y, &sample_weight})
    out.insert(out.end(), part->tensors().begin(), part->tensors().end());
}

Batch Batch::with(std::span<const Tensor> tensors) const {
  const auto y_begin = x.size();
  const auto weights_begin = y_begin + y.size();
  return {x.with(tensors.first(y_begin)), y.with(tensors.subspan(y_begin, y.size())),
          sample_weight.with(tensors.subspan(weights_begin, sample_weight.size()))};
}

}  // namespace keras
