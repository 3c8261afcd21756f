#include "keras/layers/normalization/layer_normalization.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class LayerNormalizationImpl final : public LayerImpl {
 public:
  explicit LayerNormalizationImpl(LayerNormalizationOptions options)
      : LayerImpl({"LayerNormalization", options.name, options.trainable, options.dtype}),
        options_(std::move(options)) {
    if (options_.axis.all() || options_.axis.value()->empty())
      throw ValueError(
          "Expected an int or a list/tuple of ints for the argument 'axis', but received: None");
    axes_ = *options_.axis.value();
    supports_masking_ = true;
    // The operation computes 16-bit floats in float32 itself.
    autocast_ = false;
  }

  void build(const Shapes& input_shapes) override {
    const Shape& shape = input_shapes[0];
    std::sort(axes_.begin(), axes_.end());
    normalize_axes("LayerNormalization", axes_, shape.rank());
    Shape sizes;
    for (const int axis : axes_) sizes.push_back(shape[axis]);
    if (!sizes.is_static())
      throw ValueError(
          str("The normalized axes of the inputs to a LayerNormalization layer should be defined. "
              "Full input shape received: ",
              shape));
    if (options_.scale)
      gamma_ = add_weight("gamma", sizes,
                          {.initializer = options_.gamma_initializer,
                           .regularizer = options_.gamma_regularizer,
                           .constraint = options_.gamma_constraint});
    if (options_.center)
      beta_ = add_weight("beta", sizes,
                         {.initializer = options_.beta_initializer,
                          .regularizer = options_.beta_regularizer,
                          .constraint = options_.beta_constraint});
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    ops::LayerNormalizationOptions arguments{.axis = axes_, .epsilon = options_.epsilon};
    if (gamma_.defined()) arguments.gamma = gamma_.value();
    if (beta_.defined()) arguments.beta = beta_.value();
    return ops::cast(ops::layer_normalization(x, arguments), compute_dtype());
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    // Keras makes a list of a single axis when it builds the layer.
    config.set("axis", axes_.size() == 1 && !built() ? Config(axes_[0]) : Config::list_of(axes_));
    config.set("epsilon", options_.epsilon);
    config.set("center", options_.center);
    config.set("scale", options_.scale);
    config.set("rms_scaling", false);
    config.set("beta_initializer", options_.beta_initializer.serialize());
    config.set("gamma_initializer", options_.gamma_initializer.serialize());
    config.set("beta_regularizer", options_.beta_regularizer.serialize());
    config.set("gamma_regularizer", options_.gamma_regularizer.serialize());
    config.set("beta_constraint", options_.beta_constraint.serialize());
    config.set("gamma_constraint", options_.gamma_constraint.serialize());
    return config;
  }

 private:
  LayerNormalizationOptions options_;
  std::vector<int> axes_;
  Variable gamma_;
  Variable beta_;
};

Axes axes_from(const Config& axis) {
  if (axis.is_null()) return -1;
  if (!axis.is_list()) return static_cast<int>(axis.as_int());
  std::vector<int> axes;
  for (const auto& one : axis.as_list()) axes.push_back(static_cast<int>(one.as_int()));
  return axes;
}

}  // namespace

LayerNormalization::LayerNormalization(LayerNormalizationOptions options)
    : Layer(std::make_shared<LayerNormalizationImpl>(std::move(options))) {}

LayerNormalization LayerNormalization::from_config(const Config& config) {
  ConfigReader reader("LayerNormalization", config);
  LayerNormalizationOptions o;
  o.axis = axes_from(reader.get("axis"));
  o.epsilon = reader.get("epsilon", 1e-3);
  o.center = reader.get("center", true);
  o.scale = reader.get("scale", true);
  reader.expect("rms_scaling", false);
  const auto initializer = [&](const char* key, initializers::Initializer& into) {
    if (const Config& given = reader.get(key); !given.is_null())
      into = initializers::Initializer::deserialize(given);
  };
  initializer("beta_initializer", o.beta_initializer);
  initializer("gamma_initializer", o.gamma_initializer);
  o.beta_regularizer = regularizers::Regularizer::deserialize(reader.get("beta_regularizer"));
  o.gamma_regularizer = regularizers::Regularizer::deserialize(reader.get("gamma_regularizer"));
  o.beta_constraint = constraints::Constraint::deserialize(reader.get("beta_constraint"));
  o.gamma_constraint = constraints::Constraint::deserialize(reader.get("gamma_constraint"));
  o.name = reader.name();
  o.trainable = reader.trainable();
  o.dtype = reader.dtype();
  reader.finish();
  return LayerNormalization(std::move(o));
}

}  // namespace keras::layers
