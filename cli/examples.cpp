// Arrays as a model's inputs and targets.

#include <algorithm>
#include <optional>

#include "cli/command.h"
#include "cli/files.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"

namespace keras::cli {
namespace {

const Tensor* find(const NamedTensors& arrays, const std::string& name) {
  const auto found = std::find_if(arrays.begin(), arrays.end(),
                                  [&](const auto& item) { return item.first == name; });
  return found == arrays.end() ? nullptr : &found->second;
}

std::string names_of(const NamedTensors& arrays) {
  std::string out;
  for (const auto& [name, array] : arrays) out += (out.empty() ? "" : ", ") + name;
  return out;
}

bool fits(const Shape& shape, const Shape& wanted, int from) {
  if (shape.rank() != wanted.rank() - from) return false;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const std::int64_t size = wanted[axis + from];
    if (size != kUnknown && size != shape[axis]) return false;
  }
  return true;
}

std::optional<std::int64_t> size_of_example(const Shape& shape) {
  std::int64_t size = 1;
  for (int axis = 1; axis < shape.rank(); ++axis) {
    if (shape[axis] == kUnknown) return std::nullopt;
    size *= shape[axis];
  }
  return size;
}

/// An array in the shape of an input: as it is, one example without an axis for the batch, or rows
/// that hold all numbers of an example.
Tensor shaped(const Tensor& array, const Tensor& input, const std::string& name,
              const std::string& path) {
  const Shape& wanted = input.shape();
  if (fits(array.shape(), wanted, 0)) return array;
  if (fits(array.shape(), wanted, 1)) return ops::expand_dims(array, {.axis = 0});
  const auto size = size_of_example(wanted);
  if (size && array.rank() == 2 && array.shape()[1] == *size) {
    Shape shape = wanted;
    shape[0] = array.shape()[0];
    return ops::reshape(array, shape);
  }
  throw BadInput(str(path, ": shape ", array.shape(), " does not fit the input \"", name,
                     "\", which takes ", wanted, "; give an array of that shape"));
}

Tensors in_order(const Model& model, const NamedTensors& arrays, const std::string& path) {
  const auto names = model.input_names();
  const Tensors inputs = model.inputs();
  const bool named = std::all_of(names.begin(), names.end(),
                                 [&](const auto& name) { return find(arrays, name) != nullptr; });
  if (!named && arrays.size() != inputs.size())
    throw BadInput(str(path, ": ", arrays.size(), arrays.size() == 1 ? " array" : " arrays",
                       " for a model with the inputs ", join(names, ", "),
                       "; give one array for each"));
  Tensors out;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    out.push_back(
        shaped(named ? *find(arrays, names[i]) : arrays[i].second, inputs[i], names[i], path));
  return out;
}

/// Arrays by the names of the model's ends, or NAME_PART, NAME, NAME0, NAME1 …
Data end_of(const std::vector<std::string>& names, const NamedTensors& arrays, const char* letter,
            const std::string& part) {
  std::vector<Data::Item> named;
  for (const auto& name : names)
    if (const Tensor* array = find(arrays, name)) named.emplace_back(name, *array);
  if (!names.empty() && named.size() == names.size()) {
    Tensors tensors;
    for (auto& [name, array] : named) tensors.push_back(array);
    return tensors.size() == 1 ? Data(tensors[0]) : Data(tensors);
  }
  for (const std::string& name : {letter + ("_" + part), std::string(letter)})
    if (const Tensor* array = find(arrays, name)) return *array;
  Tensors numbered;
  while (const Tensor* array = find(arrays, letter + std::to_string(numbered.size())))
    numbered.push_back(*array);
  if (numbered.size() == 1) return numbered[0];
  return numbered.empty() ? Data() : Data(numbered);
}

}  // namespace

Tensors read_inputs(const Model& model, const std::vector<std::string>& paths) {
  if (std::any_of(paths.begin(), paths.end(), is_image)) return {read_images(model, paths)};
  NamedTensors arrays;
  for (const auto& path : paths)
    for (const auto& array : read_arrays(path)) arrays.push_back(array);
  return in_order(model, arrays, paths.front());
}

Examples read_examples(const Model& model, const std::string& path, const std::string& part) {
  if (ending_of(path) != ".npz")
    throw BadInput(path +
                   ": not an .npz file; save inputs and targets with numpy.savez(FILE, x=…, "
                   "y=…)");
  const NamedTensors arrays = read_arrays(path);
  Examples out;
  out.x = end_of(model.input_names(), arrays, "x", part);
  out.y = end_of(model.output_names(), arrays, "y", part);
  if (!out.x.defined() || !out.y.defined())
    throw BadInput(str(path, ": has no array ", out.x.defined() ? "y" : "x", " (but ",
                       names_of(arrays), "); name the inputs x and the targets y"));
  const Tensors inputs = model.inputs();
  if (out.x.size() != inputs.size())
    throw BadInput(str(path, ": ", out.x.size(), " inputs for a model with ", inputs.size(),
                       "; name them ", join(model.input_names(), ", ")));
  Tensors xs;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    xs.push_back(shaped(out.x[i], inputs[i], model.input_names()[i], path));
  out.x = out.x.with(xs);
  for (const auto& y : out.y.tensors())
    if (y.rank() == 0 || y.shape()[0] != xs[0].shape()[0])
      throw BadInput(str(path, ": targets of shape ", y.shape(), " for ", xs[0].shape()[0],
                         " examples; give one for each"));
  if (const Tensor* weights = find(arrays, "sample_weight")) out.sample_weight = *weights;
  return out;
}

}  // namespace keras::cli
