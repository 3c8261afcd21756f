#include "keras/layers/activations/prelu.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "keras/activations/activations.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class PReLUImpl final : public LayerImpl {
 public:
  explicit PReLUImpl(PReLUOptions options)
      : LayerImpl({"PReLU", options.name, options.trainable, options.dtype}),
        options_(std::move(options)) {
    supports_masking_ = true;
  }

  void build(const Shapes& input_shapes) override {
    const Shape& input = input_shapes[0];
    const std::vector<int> shared = options_.shared_axes.value().value_or(std::vector<int>{});
    Shape shape = input.slice(1);
    for (const int axis : shared) {
      if (axis < 1 || axis >= input.rank())
        throw ValueError(
            str("PReLU: `shared_axes` must be axes of the input after the batch axis, in [1, ",
                input.rank() - 1, "]. Received: ", axis, " for an input of shape ", input));
      shape[axis - 1] = 1;
    }
    if (!shape.is_static())
      throw ValueError(
          str("PReLU: the sizes of all axes but the batch and `shared_axes` should be defined. "
              "Found None. Full input shape received: ",
              input));
    alpha_ = add_weight("alpha", shape,
                        {.initializer = options_.alpha_initializer,
                         .regularizer = options_.alpha_regularizer,
                         .constraint = options_.alpha_constraint});
    InputSpec spec{.ndim = input.rank()};
    for (int axis = 1; axis < input.rank() && !shared.empty(); ++axis)
      if (std::find(shared.begin(), shared.end(), axis) == shared.end())
        spec.axes[axis] = input[axis];
    input_spec_ = {spec};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    return activations::relu(x) - computed(alpha_) * activations::relu(-x);
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("alpha_initializer", options_.alpha_initializer.serialize());
    config.set("alpha_regularizer", options_.alpha_regularizer.serialize());
    config.set("alpha_constraint", options_.alpha_constraint.serialize());
    const auto& shared = options_.shared_axes.value();
    config.set("shared_axes", shared ? Config::list_of(*shared) : Config());
    return config;
  }

 private:
  PReLUOptions options_;
  Variable alpha_;
};

}  // namespace

PReLU::PReLU(PReLUOptions options) : Layer(std::make_shared<PReLUImpl>(std::move(options))) {}

PReLU PReLU::from_config(const Config& config) {
  ConfigReader reader("PReLU", config);
  PReLUOptions options;
  if (const Config& given = reader.get("alpha_initializer"); !given.is_null())
    options.alpha_initializer = initializers::Initializer::deserialize(given);
  options.alpha_regularizer =
      regularizers::Regularizer::deserialize(reader.get("alpha_regularizer"));
  options.alpha_constraint = constraints::Constraint::deserialize(reader.get("alpha_constraint"));
  if (const Config& axes = reader.get("shared_axes"); !axes.is_null())
    options.shared_axes = axes_from_config(axes);
  return PReLU(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
