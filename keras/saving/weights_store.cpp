#include "keras/saving/weights_store.h"

#include <map>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/tensor/convert.h"
#include "keras/engine/text.h"
#include "keras/layers/layer_impl.h"
#include "keras/models/model_impl.h"
#include "keras/ops/core.h"
#include "keras/utils/naming.h"

namespace keras::saving {
namespace {

/// What one group of the file holds.
struct Part {
  std::string path;
  std::string name;
  Variables variables;
};

std::string joined(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "/" + name;
}

std::string short_class_name(const Layer& layer) {
  const std::string name = layer.impl()->python_class_name();
  return name.substr(name.find('>') == std::string::npos ? 0 : name.find('>') + 1);
}

/// Layers are filed under the attribute that holds them; those of a list under their classes'
/// names, counted, because their own names differ from run to run.
void collect_parts(const Layer& layer, const std::string& path, std::vector<Part>& parts) {
  Variables ordered;
  for (const bool trainable : {true, false})
    for (const auto& variable : layer.impl()->own_variables())
      if (variable.trainable() == trainable) ordered.push_back(variable);
  parts.push_back({path, layer.name(), std::move(ordered)});
  std::map<std::string, int> counts;
  for (const auto& inner : layer.impl()->sublayers()) {
    if (const std::string attribute = layer.impl()->attribute_of(inner); !attribute.empty()) {
      collect_parts(inner, joined(path, attribute), parts);
      continue;
    }
    std::string name = to_snake_case(short_class_name(inner));
    const int count = counts[name]++;
    if (count > 0) name += "_" + std::to_string(count);
    collect_parts(inner, joined(path, "layers/" + name), parts);
  }
}

std::vector<Part> parts_of(const Model& model) {
  std::vector<Part> parts;
  collect_parts(model, "", parts);
  const Variables optimizer = model.model_impl().optimizer_variables();
  if (!optimizer.empty()) parts.push_back({"optimizer", "optimizer", optimizer});
  return parts;
}

/// A dataset's values for one variable.
Tensor read_value(const Hdf5Group& group, const std::string& name, const Variable& variable) {
  const Hdf5Dataset dataset = group.dataset(name);
  if (dataset.shape() != variable.shape())
    throw ShapeError(str("The file's weight ", dataset.path(), " has shape ", dataset.shape(),
                         ", the model's ", variable.path(), " has ", variable.shape(), "."));
  const std::size_t most = static_cast<std::size_t>(variable.shape().size()) * sizeof(double);
  const Tensor stored =
      Tensor::from_storage({dataset.shape(), dataset.dtype()}, dataset.read(most));
  return ops::cast(stored, variable.dtype());
}

}  // namespace

Hdf5Image write_weights(const Model& model) {
  Hdf5Writer writer;
  for (const auto& part : parts_of(model)) {
    Hdf5GroupWriter group = writer.root().group(joined(part.path, "vars"));
    group.attribute("name", part.name);
    for (std::size_t i = 0; i < part.variables.size(); ++i) {
      const Tensor value = part.variables[i].value();
      group.dataset(std::to_string(i), value.dtype(), value.shape(), value.storage());
    }
  }
  return writer.finish();
}

void read_weights(const Model& model, const Hdf5File& file) {
  std::vector<std::pair<Variable, Tensor>> values;
  for (const auto& part : parts_of(model)) {
    const std::string path = joined(part.path, "vars");
    const bool optional = part.path == "optimizer";
    if (part.variables.empty() || (optional && !file.root().has(path))) continue;
    if (!file.root().has(path))
      throw IoError(str("The file has no weights for layer '", part.name, "': there is no group ",
                        path, "."));
    const Hdf5Group group = file.root().group(path);
    const std::size_t count = group.names().size();
    // An optimizer that was saved before it had its slots has nothing that its config has not.
    if (optional && count < part.variables.size()) continue;
    if (count != part.variables.size())
      throw IoError(str("Layer '", part.name, "' expected ", part.variables.size(),
                        " variables, but the file has ", count, " in ", path, "."));
    for (std::size_t i = 0; i < count; ++i)
      values.emplace_back(part.variables[i],
                          read_value(group, std::to_string(i), part.variables[i]).eval());
  }
  for (const auto& [variable, value] : values) variable.assign(value);
}

}  // namespace keras::saving
