#pragma once

#include <string>
#include <utility>

#include "keras/layers/layer.h"

namespace keras::layers {

/// One axis of both inputs, or one of each.
class DotAxes {
 public:
  DotAxes(int axis) : axes_(axis, axis), single_(true) {}
  DotAxes(int first, int second) : axes_(first, second) {}
  static DotAxes from_config(const Config& config);

  std::pair<int, int> axes() const { return axes_; }
  Config config() const;

 private:
  std::pair<int, int> axes_;
  bool single_ = false;
};

struct DotOptions {
  bool normalize = false;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Of two inputs, for each example: sums products over an axis of both; the other axes follow each
/// other, and (batch, n) · (batch, n) is (batch, 1). With `normalize`, vectors along the axes are
/// scaled to length 1 before: the cosine. Keras: keras.layers.Dot.
class Dot : public Layer {
 public:
  /// Calls throw ShapeError unless there are two inputs whose axes are equally long, and ValueError
  /// for the batch axis.
  explicit Dot(DotAxes axes, DotOptions options = {});
  static Dot from_config(const Config& config);
};

/// Keras: keras.layers.dot.
Tensor dot(const Tensors& inputs, DotAxes axes, DotOptions options = {});

}  // namespace keras::layers
