#include "keras/layers/rnn/time_distributed.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/rnn/rnn_impl.h"
#include "keras/layers/serialization.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// Whether a step of the layer may depend on other samples of its batch or on the steps before it,
/// so that all steps cannot be one large batch.
bool is_bound_to_steps(const Layer& layer, const CallContext& context) {
  const LayerImpl& impl = *layer.impl();
  if (const auto* rnn = dynamic_cast<const RNNImpl*>(&impl); rnn && rnn->options().stateful)
    return true;
  if (impl.class_name().find('>') != std::string::npos) return true;
  if (context.is_training())
    for (const auto& variable : impl.own_variables())
      if (!variable.trainable()) return true;
  for (const auto& inner : impl.sublayers())
    if (is_bound_to_steps(inner, context)) return true;
  return false;
}

/// {a, b, c, …} with its first two axes as one.
Tensor folded(const Tensor& x) {
  Shape shape = x.shape();
  shape[1] *= shape[0];
  shape.erase(0);
  return ops::reshape(x, shape);
}

class TimeDistributedImpl final : public LayerImpl {
 public:
  TimeDistributedImpl(const Layer& layer, const TimeDistributedOptions& options)
      : LayerImpl({"TimeDistributed", options.name, options.trainable, options.dtype}) {
    if (!layer.defined())
      throw ValueError(
          "Please initialize `TimeDistributed` layer with a `keras.layers.Layer` instance. "
          "Received: None");
    layer_ = track(layer, "layer");
    supports_masking_ = true;
  }

  std::vector<std::string> call_parameters() const override {
    return {"inputs", "training", "mask"};
  }

  void build(const Shapes& input_shapes) override {
    Shape shape = input_shapes[0];
    if (shape.rank() < 3)
      throw ValueError(
          str("`TimeDistributed` Layer should be passed an `input_shape` with at least 3 "
              "dimensions, received: ",
              shape));
    shape.erase(1);
    layer_.build(shape);
  }

  Tensors call_arguments(const CallArguments& call, const CallContext& context) override {
    const Tensor x = call.inputs().at(0);
    Tensor mask = call.tensor("mask");
    if (!mask.defined() && x.mask()) mask = *x.mask();
    if (mask.defined()) check_mask(mask.shape(), x.shape());
    if (is_bound_to_steps(layer_, context)) return {step_by_step(x, mask, context)};
    const Tensor y = call_layer(folded(x.without_mask()), inner_mask(mask), context);
    Shape shape{x.shape()[0], x.shape()[1]};
    for (int axis = 1; axis < y.rank(); ++axis) shape.push_back(y.shape()[axis]);
    return {ops::reshape(y, shape)};
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("layer", layers::serialize(layer_));
    return config;
  }

 private:
  static void check_mask(const Shape& mask, const Shape& input) {
    if (mask.rank() < 2)
      throw ValueError(
          str("The `mask` passed to the `TimeDistributed` layer must be at least 2D (e.g., "
              "`(batch_size, timesteps)`), but it has ",
              mask.rank(), " dimension(s) with shape ", mask, "."));
    if (mask[0] != input[0] || mask[1] != input[1])
      throw ValueError(
          str("The `mask` passed to the `TimeDistributed` layer has a shape ", mask,
              " that is incompatible with the input shape ", input,
              ". The first two dimensions of the mask (batch size and timesteps) must match the "
              "input's first two dimensions. Expected mask shape prefix: (",
              input[0], ", ", input[1], ")."));
  }

  /// The part of a mask that speaks of what is inside a step.
  static Tensor inner_mask(const Tensor& mask) {
    return mask.defined() && mask.rank() > 2 ? folded(mask) : Tensor();
  }

  /// The layer's own computation, as Keras calls it: without losses, casts and masks around it.
  Tensor call_layer(const Tensor& x, const Tensor& mask, const CallContext& context) const {
    const Tensor input = mask.defined() ? x.with_mask(mask) : x;
    LayerImpl& impl = *layer_.impl();
    const CallArguments arguments(layer_.name(), impl.call_parameters(), single_argument(),
                                  {input});
    const Tensors outputs = impl.call_arguments(arguments, context);
    if (outputs.size() != 1)
      throw ValueError(str("Layer \"", name(), "\": the layer inside, \"", layer_.name(),
                           "\", must have one output; it has ", outputs.size(), "."));
    return outputs[0].without_mask();
  }

  Tensor step_by_step(const Tensor& x, const Tensor& mask, const CallContext& context) const {
    const bool inner = mask.defined() && mask.rank() > 2;
    const Tensors steps = ops::unstack(x.without_mask(), {.axis = 1});
    const Tensors masks = inner ? ops::unstack(mask, {.axis = 1}) : Tensors(steps.size());
    Tensors outputs;
    for (std::size_t t = 0; t < steps.size(); ++t)
      outputs.push_back(call_layer(steps[t], masks[t], context));
    return ops::stack(outputs, {.axis = 1});
  }

  Layer layer_;
};

}  // namespace

TimeDistributed::TimeDistributed(Layer layer, TimeDistributedOptions options)
    : Layer(std::make_shared<TimeDistributedImpl>(layer, options)) {}

TimeDistributed TimeDistributed::from_config(const Config& config) {
  ConfigReader reader("TimeDistributed", config);
  const Layer layer = layers::deserialize(reader.require("layer"));
  return TimeDistributed(layer, finish_options(reader, TimeDistributedOptions{}));
}

}  // namespace keras::layers
