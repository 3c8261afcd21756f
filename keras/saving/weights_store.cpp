#include "keras/saving/weights_store.h"

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/tensor/convert.h"
#include "keras/engine/text.h"
#include "keras/layers/asset_holder.h"
#include "keras/layers/layer_impl.h"
#include "keras/models/model_impl.h"
#include "keras/ops/core.h"
#include "keras/saving/legacy/legacy_training.h"
#include "keras/saving/legacy/store_tree.h"
#include "keras/utils/io_utils.h"
#include "keras/utils/naming.h"

namespace keras::saving {
namespace {

/// What one group of the file holds.
struct Part {
  std::string path;
  std::string name;
  Variables variables;
  std::shared_ptr<LayerImpl> layer = {};

  /// The layer's arrays besides variables, where it has any.
  AssetHolder* holder() const { return dynamic_cast<AssetHolder*>(layer.get()); }
};

/// More than any vocabulary has.
constexpr std::size_t kLargestArray = std::size_t{64} << 20;
constexpr std::size_t kLargestAsset = std::size_t{256} << 20;

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
  parts.push_back({path, layer.name(), std::move(ordered), layer.impl()});
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

std::vector<Part> model_parts(const Model& model) {
  std::vector<Part> parts;
  collect_parts(model, "", parts);
  return parts;
}

std::vector<Part> parts_of(const Model& model) {
  std::vector<Part> parts = model_parts(model);
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

/// The store does not hold a layer under the name that it has now.
struct MissingGroup : IoError {
  using IoError::IoError;
};

using Assignments = legacy::Assignments;

/// Checks one layer's group. Adds all of it or nothing.
void read_part(const Part& part, const Hdf5Group& root, Assignments& values) {
  const std::string path = joined(part.path, "vars");
  if (!root.has(path))
    throw MissingGroup(
        str("The file has no weights for layer '", part.name, "': there is no group ", path, "."));
  const Hdf5Group group = root.group(path);
  const std::size_t count = group.names().size();
  if (count != part.variables.size())
    throw IoError(str("Layer '", part.name, "' expected ", part.variables.size(),
                      " variables, but the file has ", count, " in ", path, "."));
  Assignments own;
  for (std::size_t i = 0; i < count; ++i)
    own.emplace_back(part.variables[i],
                     read_value(group, std::to_string(i), part.variables[i]).eval());
  values.insert(values.end(), own.begin(), own.end());
}

Assignments read_parts(const Model& model, const Hdf5File& file, bool skip_mismatch) {
  Assignments values;
  for (const auto& part : model_parts(model)) {
    if (part.variables.empty()) continue;
    if (!skip_mismatch) {
      read_part(part, file.root(), values);
      continue;
    }
    try {
      read_part(part, file.root(), values);
    } catch (const Error& error) {
      utils::warn("A layer is skipped while loading weights: " + error.message());
    }
  }
  return values;
}

/// What a layer has in its group besides variables.
void read_arrays(const Part& part, const Hdf5Group& root) {
  const std::string path = joined(part.path, "vars");
  if (!part.holder() || !root.has(path)) return;
  const Hdf5Group group = root.group(path);
  for (const auto& name : group.names()) {
    const Hdf5Dataset dataset = group.dataset(name);
    part.holder()->load_own_array(name, Tensor::from_storage({dataset.shape(), dataset.dtype()},
                                                             dataset.read(kLargestArray)));
  }
}

/// Stores of other generations name layers in other ways. The error is the first one's where that
/// does not help.
Assignments read_other_store(const Model& model, const Hdf5File& file, const MissingGroup& error) {
  try {
    return legacy::read_store_tree(model, file);
  } catch (const Error&) {
    throw IoError(error);
  }
}

void read_optimizer_state(const Model& model, const Hdf5Group& root) {
  const Variables state = model.model_impl().optimizer_variables();
  if (state.empty() || !root.has("optimizer/vars")) return;
  const Hdf5Group group = root.group("optimizer/vars");
  const std::size_t count = group.names().size();
  // An optimizer that was saved before it had its slots has nothing that its config has not.
  if (count < 2) return;
  if (count > state.size())
    throw IoError(str("The optimizer has ", state.size(), " variables, but the file has ", count,
                      " in optimizer/vars."));
  if (count < state.size()) {
    // Keras 2 does not save the learning rate among them.
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
    legacy::restore_optimizer(model, group, names);
    return;
  }
  std::vector<Tensor> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(read_value(group, std::to_string(i), state[i]).eval());
  for (std::size_t i = 0; i < count; ++i) state[i].assign(values[i]);
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
    if (!part.holder()) continue;
    for (const auto& [name, value] : part.holder()->own_arrays())
      group.dataset(name, value.dtype(), value.shape(), value.storage());
  }
  return writer.finish();
}

void read_weights(const Model& model, const Hdf5File& file, bool skip_mismatch) {
  Assignments values;
  try {
    values = read_parts(model, file, skip_mismatch);
  } catch (const MissingGroup& error) {
    values = read_other_store(model, file, error);
  }
  for (const auto& [variable, value] : values) variable.assign(value);
  for (const auto& part : model_parts(model)) read_arrays(part, file.root());
  read_optimizer_state(model, file.root());
}

void write_assets(const Model& model, ArchiveWriter& archive) {
  for (const auto& part : model_parts(model))
    if (part.holder())
      for (const auto& [name, text] : part.holder()->assets())
        archive.add("assets/" + joined(part.path, name), text);
}

void read_assets(const Model& model, const Archive& archive) {
  for (const auto& part : model_parts(model)) {
    if (!part.holder()) continue;
    const std::string folder = "assets/" + part.path + "/";
    for (const auto& member : archive.names()) {
      if (!member.starts_with(folder) || member.find('/', folder.size()) != std::string::npos)
        continue;
      const Storage bytes = archive.read(member, kLargestAsset);
      part.holder()->load_asset(member.substr(folder.size()),
                                {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
  }
}

}  // namespace keras::saving
