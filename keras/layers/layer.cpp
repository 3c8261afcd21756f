#include "keras/layers/layer.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/core.h"

namespace keras {
namespace {

/// The only node of a layer, for `input` and `output`.
std::shared_ptr<OperationNode> only_node(const LayerImpl& layer, const char* what) {
  std::shared_ptr<OperationNode> node;
  int count = 0;
  for (const auto& weak : layer.nodes())
    if (auto shared = weak.lock()) {
      node = std::move(shared);
      ++count;
    }
  if (count == 0)
    throw ValueError(str("The layer ", layer.name(),
                         " has never been called and thus has no "
                         "defined ",
                         what, "."));
  if (count > 1)
    throw ValueError(str("The layer ", layer.name(),
                         " has multiple inbound nodes, hence the "
                         "notion of \"layer ",
                         what, "\" is ill-defined."));
  return node;
}

}  // namespace

Tensor Layer::operator()(const Tensor& x, CallOptions options) const {
  const Tensors outputs = impl_->invoke({x}, false, options);
  if (outputs.size() != 1)
    throw ValueError(str("Layer \"", name(), "\" has ", outputs.size(), " outputs."),
                     "call it through call_list.");
  return outputs[0];
}

Tensor Layer::operator()(const Tensors& xs, CallOptions options) const {
  const Tensors outputs = impl_->invoke(xs, true, options);
  if (outputs.size() != 1)
    throw ValueError(str("Layer \"", name(), "\" has ", outputs.size(), " outputs."),
                     "call it through call_list.");
  return outputs[0];
}

Tensors Layer::call_list(const Tensors& xs, CallOptions options) const {
  return impl_->invoke(xs, xs.size() != 1, options);
}

const std::string& Layer::name() const { return impl_->name(); }
std::string Layer::class_name() const { return impl_->class_name(); }
bool Layer::built() const { return impl_->built(); }
void Layer::build(const Shape& input_shape) const { impl_->ensure_built({input_shape}); }
void Layer::build(const Shapes& input_shapes) const { impl_->ensure_built(input_shapes); }
bool Layer::trainable() const { return impl_->trainable(); }
void Layer::set_trainable(bool trainable) const { impl_->set_trainable(trainable); }
const DTypePolicy& Layer::dtype_policy() const { return impl_->dtype_policy(); }
Variables Layer::weights() const { return impl_->weights(); }
Variables Layer::trainable_weights() const { return impl_->trainable_weights(); }
Variables Layer::non_trainable_weights() const { return impl_->non_trainable_weights(); }
Config Layer::get_config() const { return impl_->get_config(); }

void Layer::quantize(const std::string& mode, QuantizeOptions options) const {
  impl_->quantize(mode, options.config);
}

Tensors Layer::get_weights() const {
  Tensors values;
  for (const auto& weight : weights()) values.push_back(weight.value());
  return values;
}

void Layer::set_weights(const Tensors& values) const {
  const Variables own = weights();
  if (own.size() != values.size())
    throw ValueError(str("You called `set_weights(weights)` on layer '", name(),
                         "' with a weight list of length ", values.size(),
                         ", but the layer was expecting ", own.size(), " weights."));
  for (std::size_t i = 0; i < own.size(); ++i)
    if (own[i].shape() != values[i].shape())
      throw ShapeError(str("Layer ", name(), " weight shape ", own[i].shape(),
                           " is not compatible with provided weight shape ", values[i].shape(),
                           "."));
  for (std::size_t i = 0; i < own.size(); ++i) own[i].assign(ops::cast(values[i], own[i].dtype()));
}

std::int64_t Layer::count_params() const {
  if (!built())
    throw NotBuiltError(
        str("You tried to call `count_params` on layer '", name(), "', but the layer isn't built."),
        str("build it manually via: `layer.build(input_shape)`."));
  std::int64_t count = 0;
  for (const auto& weight : weights()) count += weight.shape().size();
  return count;
}

Tensor Layer::input() const {
  const auto node = only_node(*impl_, "input");
  if (node->inputs.size() != 1)
    throw ValueError(str("The layer ", name(), " has ", node->inputs.size(), " inputs."));
  return node->inputs[0];
}

Tensor Layer::output() const {
  const Tensors outputs = record_outputs(only_node(*impl_, "output"));
  if (outputs.size() != 1)
    throw ValueError(str("The layer ", name(), " has ", outputs.size(), " outputs."));
  return outputs[0];
}

}  // namespace keras
