#pragma once

#include <string>
#include <vector>

#include "keras/layers/preprocessing/labelled_images.h"

namespace keras::layers {

struct PipelineOptions {
  std::string name = {};
};

/// Layers one after the other, as one layer; mostly such that prepare data. Where nobody says which
/// it is, they are in training, as Keras's are. Keras: keras.layers.Pipeline.
class Pipeline : public Layer {
 public:
  explicit Pipeline(const std::vector<Layer>& layers, PipelineOptions options = {});
  static Pipeline from_config(const Config& config);

  using Layer::operator();
  /// Images with what is known of them, through layers that are ImageLayers or pipelines of such.
  /// Throws ValueError for others.
  LabelledImages operator()(const LabelledImages& data, const CallOptions& options = {}) const;

  /// The layers in their order.
  std::vector<Layer> layers() const;
};

}  // namespace keras::layers
