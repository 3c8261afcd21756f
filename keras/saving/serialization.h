#pragma once

#include <functional>
#include <memory>
#include <string>

#include "keras/layers/layer.h"
#include "keras/models/model.h"

namespace keras {

/// Makes a layer class of one's own known under a name such as "my_app>Scale", so that models that
/// hold one load. Throws ValueError for a name that is taken.
void register_layer(const std::string& registered_name,
                    std::function<Layer(const Config& config)> from_config);
template <typename LayerClass>
void register_layer(const std::string& registered_name) {
  register_layer(registered_name,
                 [](const Config& config) { return Layer(LayerClass::from_config(config)); });
}

namespace saving {

/// {"module", "class_name", "config", "registered_name", "build_config"} of a layer, and of a layer
/// or keras.ops function in a functional model.
Config serialize_layer(const Layer& layer);
Config serialize_operation(const std::shared_ptr<Operation>& operation);

/// The layer that a serialized object describes. Throws ValueError for a class that is neither
/// Keras's nor registered, or that this version does not have.
Layer deserialize_layer(const Config& config);
Model deserialize_model(const Config& config);
/// The same, with weights that are not initialized: those of a file must follow.
Model deserialize_model_for_file(const Config& config);

/// A layer or keras.ops function of a config, to be called as the config says.
class RestoredOperation {
 public:
  RestoredOperation() = default;
  explicit RestoredOperation(Layer layer) : layer_(std::move(layer)) {}

  bool defined() const { return layer_.defined() || function_ != nullptr; }
  /// What an input layer gives; empty for any other.
  Tensors input_tensors() const;
  /// `arguments` as OperationNode has them.
  Tensors call(const Tensors& tensors, const Config& arguments) const;

 private:
  friend RestoredOperation restore_operation(const Config& config);
  Layer layer_;
  std::function<Tensors(const Tensors&, const Config&)> function_;
};
RestoredOperation restore_operation(const Config& config);

}  // namespace saving
}  // namespace keras
