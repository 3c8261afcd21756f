#pragma once

#include <vector>

#include "keras/models/model.h"

namespace keras {

/// A layer of a Sequential model, or what `Input` gave.
class SequentialItem {
 public:
  SequentialItem(Layer layer) : layer_(std::move(layer)) {}
  SequentialItem(Tensor input) : input_(std::move(input)) {}

  const Layer& layer() const { return layer_; }
  const Tensor& input() const { return input_; }

 private:
  Layer layer_;
  Tensor input_;
};

/// Layers one after the other. Without an `Input` in front it is built by its first call.
/// Keras: keras.Sequential.
class Sequential : public Model {
 public:
  explicit Sequential(ModelOptions options = {});
  explicit Sequential(const std::vector<SequentialItem>& layers, ModelOptions options = {});
  static Sequential from_config(const Config& config);

  /// Throws ValueError for a second layer of one name, or an input that is not the first.
  void add(const SequentialItem& item) const;
  /// Takes the last layer off. Throws ValueError where there is none.
  Layer pop() const;
};

}  // namespace keras
