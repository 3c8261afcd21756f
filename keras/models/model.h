#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "keras/layers/layer.h"

namespace keras {

class ModelImpl;

struct ModelOptions {
  std::string name = {};
  bool trainable = true;
};

struct SummaryOptions {
  /// Characters in a line; 80, or more with a column of connections, when unset.
  int line_length = 0;
  /// Gets the lines instead of standard output.
  std::function<void(const std::string&)> print_fn = {};
  /// Also the layers inside of models inside.
  bool expand_nested = false;
  bool show_trainable = false;
};

/// Layers put together: `Model(inputs, outputs)` from symbolic tensors, or a class of one's own
/// that derives from ModelImpl. A handle; copies share. Keras: keras.Model.
class Model : public Layer {
 public:
  Model() = default;
  explicit Model(std::shared_ptr<ModelImpl> impl);
  /// Throws ValueError unless `outputs` follow from `inputs` alone.
  Model(const Tensor& input, const Tensor& output, ModelOptions options = {});
  Model(const Tensors& inputs, const Tensors& outputs, ModelOptions options = {});

  /// The layers in Keras's order.
  std::vector<Layer> layers() const;
  /// Throws ValueError, with the names that there are, for an unknown name or index.
  Layer get_layer(const std::string& name) const;
  Layer get_layer(int index) const;
  /// The symbolic tensors at both ends; empty before the model has them.
  Tensors inputs() const;
  Tensors outputs() const;
  /// The names of the layers at both ends, by which data and losses can be given.
  std::vector<std::string> input_names() const;
  std::vector<std::string> output_names() const;

  /// Keras: Model.summary. Throws ValueError before the model is built.
  void summary(SummaryOptions options = {}) const;
  /// Keras's JSON, with class names, configs and connections. `indent` below 0 is one line.
  std::string to_json(int indent = -1) const;

  ModelImpl& model_impl() const;
};

}  // namespace keras
