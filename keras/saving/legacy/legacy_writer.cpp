#include "keras/saving/legacy/legacy_writer.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/asset_holder.h"
#include "keras/layers/layer_impl.h"
#include "keras/models/model_impl.h"
#include "keras/saving/hdf5/hdf5_writer.h"
#include "keras/saving/json/json.h"
#include "keras/saving/legacy/legacy_config.h"
#include "keras/saving/legacy/legacy_weights.h"
#include "keras/saving/serialization.h"

namespace keras::saving::legacy {
namespace {

/// The version whose format this is.
constexpr const char* kVersion = "3.15.1";
constexpr const char* kBackend = "jax";
/// An object's header in HDF5 holds no more; longer lists are cut, as Keras cuts them.
constexpr std::size_t kLargestAttribute = 64512;

void write_names(Hdf5GroupWriter group, const std::string& name,
                 const std::vector<std::string>& names) {
  std::size_t width = 1;
  for (const auto& entry : names) width = std::max(width, entry.size());
  const std::size_t per_part = std::max<std::size_t>(1, kLargestAttribute / width);
  if (names.size() <= per_part) return group.attribute(name, Config::list_of(names));
  for (std::size_t part = 0; part * per_part < names.size(); ++part) {
    const std::size_t end = std::min(names.size(), (part + 1) * per_part);
    const std::vector<std::string> some(
        names.begin() + static_cast<std::ptrdiff_t>(part * per_part),
        names.begin() + static_cast<std::ptrdiff_t>(end));
    group.attribute(name + std::to_string(part), Config::list_of(some));
  }
}

void write_variables(Hdf5GroupWriter group, const Variables& variables) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const auto& variable : variables) {
    std::string name = variable.path();
    for (int i = 1; !taken.insert(name).second; ++i)
      name = variable.path() + "_" + std::to_string(i);
    const Tensor value = variable.value();
    group.dataset(name, value.dtype(), value.shape(), value.storage());
    names.push_back(std::move(name));
  }
  write_names(group, "weight_names", names);
}

void write_weights(Hdf5GroupWriter group, const Model& model) {
  std::vector<std::string> names;
  for (const auto& layer : model.layers()) {
    names.push_back(layer.name());
    write_variables(group.group(layer.name()), legacy_order(layer));
  }
  write_names(group, "layer_names", names);
  group.attribute("backend", kBackend);
  group.attribute("keras_version", kVersion);
  write_variables(group.group("top_level_model_weights"), model.impl()->own_variables());
}

/// The model alone, without the module that only archives have.
Config class_and_config(const Config& object) {
  const Config* registered = object.find("registered_name");
  const bool is_registered = registered && registered->is_string() &&
                             registered->as_string().find('>') != std::string::npos;
  return {{"class_name", is_registered ? *registered : object.at("class_name")},
          {"config", object.at("config")}};
}

/// What layers keep in files of their own in an archive, as arguments, by the layers' names.
void collect_states(const Layer& layer, std::map<std::string, Config>& states) {
  if (const auto* holder = dynamic_cast<const AssetHolder*>(layer.impl().get())) {
    Config state = holder->state_as_arguments();
    const auto [found, is_new] = states.emplace(layer.name(), state);
    if (!is_new && found->second != state)
      throw ValueError(str("save: two layers are called '", layer.name(),
                           "', and legacy HDF5 has their vocabularies under their names."),
                       "give them different names, or save as .keras.");
    return;
  }
  for (const auto& inner : layer.impl()->sublayers()) collect_states(inner, states);
}

void add_states(Config& value, const std::map<std::string, Config>& states) {
  if (value.is_list())
    for (auto& item : value.as_list()) add_states(item, states);
  if (!value.is_dict()) return;
  if (const Config* name = value.find("name"); name && name->is_string()) {
    const auto found = states.find(name->as_string());
    if (found != states.end() && value.contains("vocabulary"))
      for (const auto& [key, argument] : found->second.as_dict()) value.set(key, argument);
  }
  for (auto& [key, item] : value.as_dict()) add_states(item, states);
}

/// Losses and metrics by their long names: Keras 3.15's legacy reader fails on the short ones, in
/// its own files, too.
Config with_long_names(const Config& value) {
  static const std::map<std::string, const char*, std::less<>> names = {
      {"mse", "mean_squared_error"},
      {"MSE", "mean_squared_error"},
      {"mae", "mean_absolute_error"},
      {"MAE", "mean_absolute_error"},
      {"mape", "mean_absolute_percentage_error"},
      {"MAPE", "mean_absolute_percentage_error"},
      {"msle", "mean_squared_logarithmic_error"},
      {"MSLE", "mean_squared_logarithmic_error"}};
  if (value.is_string()) {
    const auto found = names.find(value.as_string());
    return found == names.end() ? value : Config(found->second);
  }
  Config out = value;
  if (out.is_list())
    for (auto& item : out.as_list()) item = with_long_names(item);
  if (out.is_dict() && !out.contains("class_name"))
    for (auto& [key, item] : out.as_dict()) item = with_long_names(item);
  return out;
}

Config training_config(Config compile) {
  for (const char* key : {"loss", "metrics", "weighted_metrics"})
    if (const Config* value = compile.find(key)) compile.set(key, with_long_names(*value));
  Config optimizer = class_and_config(compile.at("optimizer"));
  compile.erase("optimizer");
  compile.set("optimizer_config", std::move(optimizer));
  return compile;
}

/// Whether the optimizer's next step depends on more than the weights. Where it does not, the state
/// stays out of the file: Keras 3.15 builds the optimizer of a file with one for no variables, its
/// own files' too, and cannot train then.
bool has_state(const Model& model, const Config& compile) {
  constexpr std::size_t kCounters = 2;  // steps and learning rate
  const Config* rate = compile.at("optimizer").at("config").find("learning_rate");
  const bool on_schedule = rate && rate->is_dict();
  return on_schedule || model.model_impl().optimizer_variables().size() > kCounters;
}

}  // namespace

void save_model_to_hdf5(const Model& model, const std::filesystem::path& path) {
  Hdf5Writer writer;
  Hdf5GroupWriter root = writer.root();
  root.attribute("backend", kBackend);
  root.attribute("keras_version", kVersion);
  Config object = class_and_config(serialize_layer(model));
  std::map<std::string, Config> states;
  collect_states(model, states);
  if (!states.empty()) add_states(object, states);
  root.attribute("model_config", dump_json(with_names_of_keras3(object)));
  write_weights(root.group("model_weights"), model);
  const Config compile = model.model_impl().get_compile_config();
  if (!compile.is_null() && model.optimizer().defined()) {
    root.attribute("training_config", dump_json(training_config(compile)));
    if (has_state(model, compile))
      write_variables(root.group("optimizer_weights"), model.model_impl().optimizer_variables());
  }
  writer.save(path);
}

}  // namespace keras::saving::legacy
