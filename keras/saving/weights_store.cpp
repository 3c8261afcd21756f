#include "keras/saving/weights_store.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/tensor/convert.h"
#include "keras/engine/text.h"
#include "keras/layers/asset_holder.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/low_rank_adaptation.h"
#include "keras/layers/quantizable_layer.h"
#include "keras/layers/shared_weights.h"
#include "keras/models/model_impl.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/saving/legacy/legacy_training.h"
#include "keras/saving/legacy/store_tree.h"
#include "keras/utils/io_utils.h"
#include "keras/utils/naming.h"

namespace keras::saving {
namespace {

/// More than any vocabulary has.
constexpr std::size_t kLargestArray = std::size_t{64} << 20;
constexpr std::size_t kLargestAsset = std::size_t{256} << 20;

/// Where a layer keeps arrays besides variables, or files; null where it has neither.
AssetHolder* holder_of(const WeightGroup& part) {
  return dynamic_cast<AssetHolder*>(part.layer.get());
}

/// The adaptation of a layer that has one enabled, else null.
LowRankAdaptation* adaptation_of(const WeightGroup& part) {
  auto* adaptation = dynamic_cast<LowRankAdaptation*>(part.layer.get());
  return adaptation && !adaptation->factors().empty() ? adaptation : nullptr;
}

std::string joined(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "/" + name;
}

std::string short_class_name(const Layer& layer) {
  const std::string name = layer.impl()->python_class_name();
  return name.substr(name.find('>') == std::string::npos ? 0 : name.find('>') + 1);
}

/// Layers are filed under the attribute that holds them; those of a list under their classes'
/// names, counted, because their own names differ from run to run.
void collect_parts(const Layer& layer, const std::string& path, std::vector<WeightGroup>& parts) {
  WeightGroup part = {path, layer.name(), layer.impl()->own_variables(), layer.impl()};
  if (const auto* shared = dynamic_cast<const SharedWeights*>(layer.impl().get()))
    part.variables = shared->variables_in_files();
  if (const auto* quantizable = dynamic_cast<const QuantizableLayer*>(layer.impl().get()))
    part.variables = quantizable->variables_in_files();
  if (const LowRankAdaptation* adaptation = adaptation_of(part))
    for (const auto& factor : adaptation->factors()) std::erase(part.variables, factor);
  parts.push_back(std::move(part));
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

std::vector<WeightGroup> model_parts(const Model& model) {
  std::vector<WeightGroup> parts;
  collect_parts(model, "", parts);
  return parts;
}

/// A dataset's values for one variable.
Tensor read_value(const Hdf5Dataset& dataset, const Variable& variable) {
  if (dataset.shape() != variable.shape())
    throw ShapeError(str("The file's weight ", dataset.path(), " has shape ", dataset.shape(),
                         ", the model's ", variable.path(), " has ", variable.shape(), "."));
  // Rounding other numbers to a byte would change what they mean.
  if (variable.dtype() == DType::kInt8 && dataset.dtype() != DType::kInt8)
    throw DtypeError(str("The file's weight ", dataset.path(), " has dtype ", dataset.dtype(),
                         ", the model's ", variable.path(), " is quantized to int8."));
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
void read_part(const WeightGroup& part, const StoredWeights& stored, Assignments& values) {
  const std::string path = part.vars_path();
  if (!stored.has(path))
    throw MissingGroup(
        str("The file has no weights for layer '", part.name, "': there is no group ", path, "."));
  const std::size_t count = stored.count(path);
  if (count != part.variables.size())
    throw IoError(str("Layer '", part.name, "' expected ", part.variables.size(),
                      " variables, but the file has ", count, " in ", path, "."));
  Assignments own;
  for (std::size_t i = 0; i < count; ++i)
    own.emplace_back(part.variables[i],
                     read_value(stored.dataset(path, std::to_string(i)), part.variables[i]).eval());
  values.insert(values.end(), own.begin(), own.end());
}

Assignments read_parts(const Model& model, const StoredWeights& stored, bool skip_mismatch) {
  Assignments values;
  for (const auto& part : model_parts(model)) {
    if (part.variables.empty()) continue;
    if (!skip_mismatch) {
      read_part(part, stored, values);
      continue;
    }
    try {
      read_part(part, stored, values);
    } catch (const Error& error) {
      utils::warn("A layer is skipped while loading weights: " + error.message());
    }
  }
  return values;
}

/// What a layer has in its group besides variables.
void read_arrays(const WeightGroup& part, const StoredWeights& stored) {
  const std::string path = part.vars_path();
  if (!holder_of(part) || !stored.has(path)) return;
  for (const auto& name : stored.names(path)) {
    const Hdf5Dataset dataset = stored.dataset(path, name);
    holder_of(part)->load_own_array(name, Tensor::from_storage({dataset.shape(), dataset.dtype()},
                                                               dataset.read(kLargestArray)));
  }
}

/// A kernel that was read holds its adaptation; a layer that was skipped keeps its own.
void forget_adaptation(const WeightGroup& part, const Assignments& values) {
  const LowRankAdaptation* adaptation = adaptation_of(part);
  if (!adaptation) return;
  const Variable kernel = adaptation->adapted_kernel();
  if (std::none_of(values.begin(), values.end(),
                   [&](const auto& read) { return read.first == kernel; }))
    return;
  for (const auto& factor : adaptation->factors())
    factor.assign(ops::zeros(factor.shape(), factor.dtype()));
}

/// Stores of other generations name layers in other ways. The error is the first one's where that
/// does not help.
Assignments read_other_store(const Model& model, const StoredWeights& stored,
                             const MissingGroup& error) {
  try {
    if (stored.files().size() == 1) return legacy::read_store_tree(model, stored.files()[0]);
  } catch (const Error&) {
  }
  throw IoError(error);
}

void read_optimizer_state(const Model& model, const StoredWeights& stored) {
  const std::string path = "optimizer/vars";
  const Variables state = model.model_impl().optimizer_variables();
  if (state.empty() || !stored.has(path)) return;
  const std::size_t count = stored.count(path);
  // An optimizer that was saved before it had its slots has nothing that its config has not.
  if (count < 2) return;
  if (count != state.size()) {
    // Keras 2 does not save the learning rate among them, but slots of a momentum of 0.
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
    const bool restored =
        stored.files().size() == 1 &&
        legacy::restore_optimizer(model, stored.files()[0].root().group(path), names);
    // Keras goes on, too: it wraps optimizers of mixed_float16 without a word in the config.
    if (!restored)
      utils::warn(str("The optimizer's state is not restored, because it has ", state.size(),
                      " variables and the file has ", count, " in ", path, "."));
    return;
  }
  std::vector<Tensor> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(read_value(stored.dataset(path, std::to_string(i)), state[i]).eval());
  for (std::size_t i = 0; i < count; ++i) state[i].assign(values[i]);
}

}  // namespace

std::vector<WeightGroup> weight_groups(const Model& model) {
  std::vector<WeightGroup> parts = model_parts(model);
  const Variables optimizer = model.model_impl().optimizer_variables();
  if (!optimizer.empty()) parts.push_back({"optimizer", "optimizer", optimizer, {}});
  return parts;
}

NamedTensors arrays_of(const WeightGroup& group) {
  NamedTensors arrays;
  std::vector<std::pair<Variable, Tensor>> merged;
  if (const LowRankAdaptation* adaptation = adaptation_of(group))
    merged = adaptation->merged_kernel();
  for (std::size_t i = 0; i < group.variables.size(); ++i) {
    const Variable& variable = group.variables[i];
    const auto sum = std::find_if(merged.begin(), merged.end(),
                                  [&](const auto& one) { return one.first == variable; });
    arrays.emplace_back(std::to_string(i),
                        sum == merged.end() ? variable.value() : sum->second.eval());
  }
  if (const AssetHolder* holder = holder_of(group))
    for (const auto& [name, value] : holder->own_arrays()) arrays.emplace_back(name, value);
  return arrays;
}

Hdf5Image write_weights(const Model& model) {
  Hdf5Writer writer;
  for (const auto& part : weight_groups(model)) {
    Hdf5GroupWriter group = writer.root().group(part.vars_path());
    group.attribute("name", part.name);
    for (const auto& [name, value] : arrays_of(part))
      group.dataset(name, value.dtype(), value.shape(), value.storage());
  }
  return writer.finish();
}

void read_weights(const Model& model, const StoredWeights& stored, bool skip_mismatch) {
  Assignments values;
  try {
    values = read_parts(model, stored, skip_mismatch);
  } catch (const MissingGroup& error) {
    values = read_other_store(model, stored, error);
  }
  for (const auto& [variable, value] : values) variable.assign(value);
  for (const auto& part : model_parts(model)) {
    read_arrays(part, stored);
    forget_adaptation(part, values);
  }
  read_optimizer_state(model, stored);
}

void write_assets(const Model& model, ArchiveWriter& archive) {
  for (const auto& part : model_parts(model))
    if (holder_of(part))
      for (const auto& [name, text] : holder_of(part)->assets())
        archive.add("assets/" + joined(part.path, name), text);
}

void read_assets(const Model& model, const Archive& archive) {
  for (const auto& part : model_parts(model)) {
    if (!holder_of(part)) continue;
    const std::string folder = "assets/" + part.path + "/";
    for (const auto& member : archive.names()) {
      if (!member.starts_with(folder) || member.find('/', folder.size()) != std::string::npos)
        continue;
      const Storage bytes = archive.read(member, kLargestAsset);
      holder_of(part)->load_asset(member.substr(folder.size()),
                                  {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
  }
}

}  // namespace keras::saving
