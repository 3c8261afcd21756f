#include "keras/saving/serialization.h"

#include <set>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/layer_registry.h"
#include "keras/layers/weights_to_come.h"
#include "keras/models/model_impl.h"
#include "keras/ops/operation_registry.h"

namespace keras {
namespace saving {
namespace {

/// "package>Name" is a class of the user's.
bool is_registered_name(const std::string& class_name) {
  return class_name.find('>') != std::string::npos;
}

void check_class(const Config& object, std::set<std::string>& unknown) {
  const std::string class_name = object.get("class_name", "");
  if (class_name.empty())
    throw ValueError(str("A layer in the model's config has no class_name: ",
                         object.to_string().substr(0, 100)));
  const bool known = is_known_layer(class_name) || ops::is_known_operation(class_name) ||
                     is_known_layer(object.get("registered_name", ""));
  if (!known) unknown.insert(class_name);
}

bool holds_layer(std::string_view key) {
  return key == "layer" || key == "forward_layer" || key == "backward_layer" || key == "cell";
}

void collect_unknown(const Config& object, std::set<std::string>& unknown) {
  if (object.is_list())
    for (const auto& item : object.as_list()) collect_unknown(item, unknown);
  if (!object.is_dict()) return;
  for (const char* key : {"layers", "cells"})
    if (const Config* layers = object.find(key); layers && layers->is_list())
      for (const auto& entry : layers->as_list())
        if (entry.is_dict()) check_class(entry, unknown);
  for (const auto& [key, value] : object.as_dict()) {
    if (holds_layer(key) && value.is_dict() && value.contains("class_name"))
      check_class(value, unknown);
    collect_unknown(value, unknown);
  }
}

/// All classes that are missing, in one error.
void check_classes(const Config& config) {
  std::set<std::string> unknown;
  collect_unknown(config, unknown);
  if (unknown.empty()) return;
  throw ValueError(str("The model holds classes that are not known here: ",
                       join({unknown.begin(), unknown.end()}, ", "), "."),
                   "register your own with keras::register_layer before loading.");
}

}  // namespace

Config serialize_layer(const Layer& layer) {
  LayerImpl& impl = *layer.impl();
  const std::string class_name = impl.class_name();
  Config module = impl.module();
  Config registered_name = nullptr;
  std::string short_name = class_name;
  if (module.as_string().starts_with("keras.src.")) registered_name = class_name;
  if (is_registered_name(class_name)) {
    module = nullptr;
    registered_name = class_name;
    short_name = class_name.substr(class_name.find('>') + 1);
  }
  Config out = {{"module", module},
                {"class_name", short_name},
                {"config", impl.get_config()},
                {"registered_name", registered_name}};
  if (Config build = impl.get_build_config(); !build.is_null())
    out.set("build_config", std::move(build));
  return out;
}

Config serialize_operation(const std::shared_ptr<Operation>& operation) {
  if (auto layer = std::dynamic_pointer_cast<LayerImpl>(operation))
    return serialize_layer(Layer(std::move(layer)));
  Config config = operation->op_config();
  config.set("name", operation->name());
  return {{"module", ops::operation_module(operation->class_name())},
          {"class_name", operation->class_name()},
          {"config", config},
          {"registered_name", operation->class_name()}};
}

namespace {

/// Errors tell which layer's config is wrong.
Layer make_layer(const Config& object) {
  const std::string registered = object.get("registered_name", "");
  const std::string class_name = object.get("class_name", "");
  // Keras names its own classes there, too, but the class decides.
  const bool is_own = is_registered_name(registered) && is_known_layer(registered);
  const Config& config = object.at("config");
  try {
    return layer_from_config(is_own ? registered : class_name, config);
  } catch (Error& error) {
    const Config* name = config.find("name");
    error.add_frame(name && name->is_string() ? str(name->as_string(), " (", class_name, ")")
                                              : class_name);
    throw;
  }
}

}  // namespace

Layer deserialize_layer(const Config& config) {
  const Layer layer = make_layer(config);
  const Config* build = config.find("build_config");
  if (!build || build->is_null() || layer.built()) return layer;
  if (const Config* shape = build->find("input_shape"); shape && shape->is_list()) {
    const bool several = shape->size() > 0 && shape->at(std::size_t{0}).is_list();
    Shapes shapes;
    for (const auto& item : several ? shape->as_list() : Config::List{*shape})
      shapes.push_back(shape_from_config(item));
    layer.build(shapes);
  }
  return layer;
}

Model deserialize_model(const Config& config) {
  check_classes(config);
  const Layer layer = deserialize_layer(config);
  auto impl = std::dynamic_pointer_cast<ModelImpl>(layer.impl());
  if (!impl)
    throw ValueError(str("The object is a layer of class ", layer.class_name(), ", not a model."));
  return Model(std::move(impl));
}

Model deserialize_model_for_file(const Config& config) {
  const WeightsToCome follow;
  return deserialize_model(config);
}

Tensors RestoredOperation::input_tensors() const {
  if (!layer_.defined() || !layers::is_input_layer(layer_)) return {};
  return {layers::input_layer_tensor(layer_)};
}

Tensors RestoredOperation::call(const Tensors& tensors, const Config& arguments) const {
  if (function_) return function_(tensors, arguments);
  return layer_.impl()->invoke_recorded(tensors, arguments);
}

namespace {

/// Legacy files of Keras 3 have no modules. The class names of some operations are layers', too,
/// whose configs have more than a name.
bool is_operation(const Config& config) {
  const std::string module = config.get("module", "");
  if (!module.empty())
    return module.starts_with("keras.src.ops") || module.starts_with("keras.ops");
  const std::string class_name = config.get("class_name", "");
  return ops::is_known_operation(class_name) &&
         (!is_known_layer(class_name) || !config.at("config").contains("trainable"));
}

}  // namespace

RestoredOperation restore_operation(const Config& config) {
  const std::string class_name = config.get("class_name", "");
  if (is_operation(config)) {
    RestoredOperation operation;
    operation.function_ = [function = ops::operation_from_config(class_name, config.at("config")),
                           name = config.get("name", "")](const Tensors& tensors,
                                                          const Config& arguments) {
      Tensors outputs = function(tensors, arguments);
      if (!name.empty()) history_of(outputs[0]).node->operation->rename(name);
      return outputs;
    };
    return operation;
  }
  return RestoredOperation(deserialize_layer(config));
}

}  // namespace saving

}  // namespace keras
