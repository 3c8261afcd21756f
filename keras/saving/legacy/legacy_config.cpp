#include "keras/saving/legacy/legacy_config.h"

#include <cstdlib>
#include <set>
#include <string>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/legacy/legacy_graph.h"
#include "keras/saving/legacy/legacy_layers.h"
#include "keras/utils/io_utils.h"

namespace keras::saving::legacy {
namespace {

void modernize_object(Config& object);

bool is_object(const Config& value) {
  const Config* class_name = value.find("class_name");
  return class_name && class_name->is_string() && value.contains("config");
}

/// The shape that a layer in front of a Sequential model says its input has; null where it does
/// not.
Config front_shape(const Config& layer) {
  const Config* config = layer.find("config");
  if (config == nullptr) return nullptr;
  if (config->is_list())
    return config->size() > 0 ? front_shape(config->at(std::size_t{0})) : Config();
  for (const char* key : {"batch_input_shape", "batch_shape"})
    if (const Config* shape = config->find(key); shape && shape->is_list()) return *shape;
  // Of a model in front, the first layer says it; of a wrapper, the layer inside does not.
  if (const Config* layers = config->find("layers");
      layers && layers->is_list() && layers->size() > 0)
    return front_shape(layers->at(std::size_t{0}));
  return nullptr;
}

/// A Keras 1 Dense or recurrent layer in front may have its input's size alone.
Config front_shape_of_sizes(const Config& layer) {
  const Config& config = layer.at("config");
  if (!config.is_dict() || layer.get("class_name", "") == "Embedding") return nullptr;
  const Config* size = config.find("input_dim");
  if (size == nullptr || !size->is_int()) return nullptr;
  if (const Config* length = config.find("input_length"); length && length->is_int())
    return Config::list({nullptr, *length, *size});
  return Config::list({nullptr, *size});
}

Config input_layer_for(const Config& first) {
  Config shape = front_shape(first);
  if (shape.is_null()) shape = front_shape_of_sizes(first);
  if (shape.is_null()) return nullptr;
  const Config& config = first.at("config");
  const std::string name = config.is_dict() ? config.get("name", "layer") : "layer";
  const Config* dtype = config.find("dtype");
  return {{"class_name", "InputLayer"},
          {"config",
           {{"batch_shape", shape},
            {"dtype", dtype && dtype->is_string() ? *dtype : Config("float32")},
            {"name", name + "_input"}}}};
}

void modernize_sequential(Config& config) {
  if (config.is_list()) {
    Config layers = std::move(config);
    config = {{"layers", std::move(layers)}};
  }
  Config* layers = config.find("layers");
  if (layers == nullptr || !layers->is_list())
    throw ValueError("Sequential: the config has no list of layers.");
  if (layers->size() > 0) {
    const Config& first = layers->at(std::size_t{0});
    if (first.get("class_name", "") != "InputLayer")
      if (Config input = input_layer_for(first); !input.is_null())
        layers->as_list().insert(layers->as_list().begin(), std::move(input));
  }
  for (auto& layer : layers->as_list()) modernize_object(layer);
}

void modernize_input_layer(Config& config) {
  if (const Config* shape = config.find("batch_input_shape"); shape && !shape->is_null()) {
    Config moved = *shape;
    config.erase("batch_input_shape");
    config.set("batch_shape", std::move(moved));
  }
  if (const Config* dtype = config.find("input_dtype"); dtype && !config.contains("dtype"))
    config.set("dtype", Config(*dtype));
  if (!config.contains("dtype") || config.at("dtype").is_null()) config.set("dtype", "float32");
}

/// Keras 1's one layer for all ways to merge.
void modernize_merge(Config& object) {
  const Config config = object.at("config");
  const std::string mode = config.get("mode", "sum");
  if (const Config* inner = config.find("layers"); inner && inner->is_list() && inner->size() > 0)
    throw ValueError("Merge: a Merge of Keras 1 with models of its own is not supported.");
  Config out = {{"name", config.get("name", "merge")}};
  std::string class_name;
  if (mode == "sum") class_name = "Add";
  if (mode == "mul") class_name = "Multiply";
  if (mode == "ave") class_name = "Average";
  if (mode == "max") class_name = "Maximum";
  if (mode == "concat") {
    class_name = "Concatenate";
    out.set("axis", config.get("concat_axis", -1));
  }
  if (mode == "dot" || mode == "cos") {
    class_name = "Dot";
    out.set("axes", config.contains("dot_axes") ? config.at("dot_axes") : Config(-1));
    out.set("normalize", mode == "cos");
  }
  if (class_name.empty())
    throw ValueError(str("Merge: the mode \"", mode, "\" of Keras 1 is not supported."));
  object.set("class_name", class_name);
  object.set("config", std::move(out));
}

/// Layers inside of a wrapper, and the cells of a recurrent layer.
void modernize_inner(Config& config) {
  for (const char* key : {"layer", "forward_layer", "backward_layer", "cell"})
    if (Config* inner = config.find(key); inner && is_object(*inner)) modernize_object(*inner);
  if (Config* cells = config.find("cells"); cells && cells->is_list())
    for (auto& cell : cells->as_list())
      if (is_object(cell)) modernize_object(cell);
}

void modernize_object(Config& object) {
  if (!is_object(object))
    throw ValueError(str("A layer in the config has no class_name and config: ", object));
  const std::string class_name = object.at("class_name").as_string();
  Config& config = *object.find("config");
  const bool is_model = config.contains("layers") && config.contains("input_layers");
  if (class_name == "Sequential") {
    modernize_sequential(config);
  } else if ((class_name == "Model" || class_name == "Functional") && is_model) {
    for (auto& layer : config.find("layers")->as_list()) modernize_object(layer);
    modernize_graph(config);
    object.set("class_name", "Functional");
  } else if (class_name == "Merge") {
    modernize_merge(object);
  } else {
    if (class_name == "InputLayer") modernize_input_layer(config);
    modernize_layer_config(class_name, config);
    modernize_inner(config);
    object.set("class_name", modern_class_name(class_name));
  }
  // Their build configs say shapes in ways of their own, which calls say anyway.
  object.erase("build_config");
}

/// Whether anything was replaced.
bool replace_old_names(Config& value) {
  bool replaced = false;
  if (value.is_string() && value.as_string() == kOldHardSigmoid) {
    value = "hard_sigmoid";
    return true;
  }
  if (value.is_list())
    for (auto& item : value.as_list()) replaced = replace_old_names(item) || replaced;
  if (value.is_dict())
    for (auto& [key, item] : value.as_dict()) replaced = replace_old_names(item) || replaced;
  return replaced;
}

/// Classes of Keras 2 that Keras 3 does not have.
void collect_older_classes(const Config& value, std::set<std::string>& found) {
  if (value.is_list())
    for (const auto& item : value.as_list()) collect_older_classes(item, found);
  if (!value.is_dict()) return;
  if (const Config* name = value.find("class_name"); name && name->is_string())
    if (name->as_string().starts_with("LocallyConnected")) found.insert(name->as_string());
  for (const auto& [key, item] : value.as_dict()) collect_older_classes(item, found);
}

}  // namespace

int keras_generation(const std::string& version) {
  const int number = std::atoi(version.c_str());
  return number < 1 ? 1 : number;
}

Config with_names_of_keras3(Config config) {
  std::set<std::string> older;
  collect_older_classes(config, older);
  for (const auto& name : older)
    utils::warn(str("The model has a layer of Keras 2, ", name,
                    ", that Keras 3 does not have: there the file loads only with a class of that "
                    "name in custom_objects."));
  if (replace_old_names(config))
    utils::warn(
        "The model uses hard_sigmoid as Keras 1 and 2 define it, clip(0.2 x + 0.5, 0, 1). Keras 3 "
        "reads the file with its own, relu6(x + 3) / 6, and computes slightly other values.");
  return config;
}

Config modernize_model(Config object) {
  modernize_object(object);
  return object;
}

}  // namespace keras::saving::legacy
