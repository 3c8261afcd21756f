#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "keras/layers/layer.h"

namespace keras::layers {

/// A number, or one for each channel.
class ChannelValues {
 public:
  ChannelValues(double value) : values_{value}, single_(true) {}
  ChannelValues(std::initializer_list<double> values) : values_(values) {}
  ChannelValues(std::vector<double> values) : values_(std::move(values)) {}
  /// From a number, a list, or a NumPy array as Keras serializes it.
  static ChannelValues from_config(const Config& config);

  bool single() const { return single_; }
  const std::vector<double>& values() const { return values_; }
  Config config() const;

 private:
  std::vector<double> values_;
  bool single_ = false;
};

struct RescalingOptions {
  ChannelValues offset = 0.0;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// x · scale + offset, in training and inference, as floats: pixels from [0, 255] to [0, 1] with
/// scale = 1 / 255. Keras: keras.layers.Rescaling.
class Rescaling : public Layer {
 public:
  explicit Rescaling(ChannelValues scale, RescalingOptions options = {});
  static Rescaling from_config(const Config& config);
};

}  // namespace keras::layers
