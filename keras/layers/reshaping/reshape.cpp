#include "keras/layers/reshaping/reshape.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// In a target shape -1 stands for "what is left", not for Keras's None.
Config plain_list(const Shape& shape) { return Config::list_of(shape.dims()); }

class ReshapeImpl final : public LayerImpl {
 public:
  ReshapeImpl(const Shape& target_shape, ReshapeOptions options)
      : LayerImpl({"Reshape", options.name, options.trainable, options.dtype}),
        target_shape_(target_shape) {
    if (std::any_of(target_shape.begin(), target_shape.end(), [](auto dim) { return dim < -1; }))
      throw ValueError(
          str("Each dimension in `target_shape` must be a non-negative integer, or `-1` for a "
              "single unknown dimension. Received: target_shape=",
              plain_list(target_shape), "."));
    if (std::count(target_shape.begin(), target_shape.end(), -1) > 1)
      throw ValueError(
          str("There must be at most one unknown dimension (-1) in `target_shape`. Received: "
              "target_shape=",
              plain_list(target_shape), "."));
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    return ops::reshape(x, Shape{x.shape()[0]}.concat(resolved(x.shape().slice(1))));
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("target_shape", plain_list(target_shape_));
    return config;
  }

 private:
  /// The target shape with a number for -1, which a reshape of an empty batch could not find.
  Shape resolved(const Shape& input) const {
    std::int64_t known = 1;
    Shape out = target_shape_;
    for (const auto dim : out)
      if (dim != -1) known *= dim;
    const auto open = std::find(out.begin(), out.end(), -1);
    if (open == out.end() && known == input.size()) return out;
    if (open == out.end())
      throw ValueError(str("The total size of the tensor must be unchanged. Received: input_shape=",
                           input, ", target_shape=", plain_list(target_shape_)));
    if (known == 0 || input.size() % known != 0)
      throw ValueError(
          str("The total size of the tensor must be unchanged, however, the input size cannot by "
              "divided by the specified dimensions in target_shape. Received: input_shape=",
              input, ", target_shape=", plain_list(target_shape_)));
    *open = input.size() / known;
    return out;
  }

  Shape target_shape_;
};

}  // namespace

Reshape::Reshape(const Shape& target_shape, ReshapeOptions options)
    : Layer(std::make_shared<ReshapeImpl>(target_shape, std::move(options))) {}

Reshape Reshape::from_config(const Config& config) {
  ConfigReader reader("Reshape", config);
  const Shape target_shape = shape_from_config(reader.require("target_shape"));
  ReshapeOptions options;
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
  return Reshape(target_shape, std::move(options));
}

}  // namespace keras::layers
