#pragma once

#include <string>
#include <vector>

#include "keras/layers/layer_impl.h"
#include "keras/models/model.h"

namespace keras {

/// What a model of one's own derives from: make the layers in the constructor with `track`,
/// override `call` (or `call_list`).
class ModelImpl : public LayerImpl {
 public:
  explicit ModelImpl(ModelOptions options = {}, std::string class_name = "Model");

  /// The layers that `get_layer` and `summary` know.
  virtual std::vector<Layer> layers() const { return sublayers(); }
  /// The symbolic tensors at both ends, for models that have them.
  virtual Tensors inputs() const { return {}; }
  virtual Tensors outputs() const { return {}; }
  /// What `compile` was told, as Keras saves it, and back; null before `compile`.
  virtual Config get_compile_config() const { return nullptr; }
  virtual void compile_from_config(const Config& /*config*/) {}
  /// The optimizer's state, as it lies in a file.
  virtual Variables optimizer_variables() const { return {}; }
  /// The module that Keras names in files.
  virtual std::string module() const { return "keras"; }
};

}  // namespace keras
