#pragma once

#include <string>

#include "keras/layers/layer.h"
#include "keras/ops/axes.h"

namespace keras::layers {

struct SoftmaxOptions {
  /// One axis, or several over which the sum is 1 together.
  Axes axis = -1;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// exp(x) over its sum along an axis. Where the input has a mask (`x.with_mask(mask)`, true for
/// what counts, of a shape that broadcasts to the input's), what does not count comes out as 0.
/// Keras: keras.layers.Softmax.
class Softmax : public Layer {
 public:
  /// Calls throw ShapeError for a mask that does not broadcast to the input.
  explicit Softmax(SoftmaxOptions options = {});
  static Softmax from_config(const Config& config);
};

}  // namespace keras::layers
