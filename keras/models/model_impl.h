#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "keras/models/model.h"
#include "keras/trainers/trainer.h"

namespace keras {

/// What a model of one's own derives from: make the layers in the constructor with `track`,
/// override `call` (or `call_list`), and `train_step` and its like where training is to be another.
class ModelImpl : public Trainer {
 public:
  explicit ModelImpl(ModelOptions options = {}, std::string class_name = "Model");

  std::vector<std::string> call_parameters() const override {
    return {"inputs", "training", "mask"};
  }
  /// The layers that `get_layer` and `summary` know.
  virtual std::vector<Layer> layers() const { return sublayers(); }
  /// The symbolic tensors at both ends, for models that have them.
  virtual Tensors inputs() const { return {}; }
  virtual Tensors outputs() const { return {}; }
  std::string module() const override { return "keras"; }

  void save(const std::string& filepath) const override;
  void save_weights(const std::string& filepath) const override;
  std::vector<std::string> input_names() const;
  std::vector<std::string> output_names() const;
  /// By which data and losses are given: the keys of the dictionary where the model was made with
  /// one, else the names of the layers at that end.
  std::vector<std::string> input_keys() const override { return input_names(); }
  std::vector<std::string> output_keys() const override { return output_names(); }
};

/// A model of a class of one's own: `auto model = make_model<Mine>(arguments…);`
template <std::derived_from<ModelImpl> Impl, typename... Args>
Model make_model(Args&&... args) {
  return Model(std::make_shared<Impl>(std::forward<Args>(args)...));
}

}  // namespace keras
