#pragma once

#include <string>
#include <vector>

#include "keras/layers/layer.h"

namespace keras::layers {

struct StackedRNNCellsOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Several cells as one: each takes the output of the one before it. Its states are those of all
/// cells in order. Keras: keras.layers.StackedRNNCells.
class StackedRNNCells : public Layer {
 public:
  /// Throws ValueError for no cells and for layers that are none.
  explicit StackedRNNCells(std::vector<Layer> cells, StackedRNNCellsOptions options = {});
  static StackedRNNCells from_config(const Config& config);
};

}  // namespace keras::layers
