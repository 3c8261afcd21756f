#include "keras/models/functional.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/core/input_layer.h"
#include "keras/models/functional_config.h"
#include "keras/ops/numpy.h"

namespace keras {
namespace {

class FunctionalImpl final : public ModelImpl {
 public:
  FunctionalImpl(const Tensors& inputs, const Tensors& outputs, ModelOptions options)
      : ModelImpl(std::move(options), "Functional"), graph_(inputs, outputs, name()) {
    for (const auto& operation : graph_.operations())
      if (auto layer = std::dynamic_pointer_cast<LayerImpl>(operation))
        layers_.emplace_back(std::move(layer));
    Shapes shapes;
    for (const auto& input : inputs) shapes.push_back(input.shape());
    autocast_ = false;
    ensure_built(shapes);
  }

  Tensors call_list(const Tensors& xs, const CallContext& context) override {
    if (xs.size() != graph_.inputs().size())
      throw ValueError(str("Function \"", name(), "\" expects ", graph_.inputs().size(),
                           " input(s), but it received ", xs.size(), " input tensors."));
    Tensors inputs;
    for (std::size_t i = 0; i < xs.size(); ++i)
      inputs.push_back(standardized(xs[i], graph_.inputs()[i]));
    return graph_.run(inputs, context);
  }

  Config get_config() const override { return functional_config(graph_, name(), trainable()); }
  std::vector<Layer> sublayers() const override { return layers_; }
  Tensors inputs() const override { return graph_.inputs(); }
  Tensors outputs() const override { return graph_.outputs(); }
  std::string module() const override { return "keras.src.models.functional"; }
  const FunctionGraph& graph() const { return graph_; }

 private:
  /// Keras takes a missing or a superfluous last axis of size 1, and casts to the input's dtype.
  Tensor standardized(const Tensor& given, const Tensor& input) const {
    const TensorSpec& spec = input.spec();
    Tensor x = given;
    if (x.rank() == spec.shape.rank() + 1 && x.shape()[-1] == 1) {
      x = ops::squeeze(x, {.axis = -1});
    } else if (x.rank() + 1 == spec.shape.rank() && spec.shape[-1] == 1) {
      x = ops::expand_dims(x, {.axis = -1});
    }
    check_shape(x, given, input);
    x = ops::cast(x, spec.dtype);
    return given.mask() ? x.with_mask(*given.mask()) : x;
  }

  void check_shape(const Tensor& x, const Tensor& given, const Tensor& input) const {
    const Shape& wanted = input.shape();
    bool fits = x.rank() == wanted.rank();
    for (int axis = 0; fits && axis < wanted.rank(); ++axis)
      fits = wanted[axis] == kUnknown || x.shape()[axis] == wanted[axis] ||
             x.shape()[axis] == kUnknown;
    if (!fits)
      throw ShapeError(str("Input ", history_of(input).node->operation->name(), " of model \"",
                           name(), "\" is incompatible with the model: expected shape=", wanted,
                           ", found shape=", given.shape()));
  }

  FunctionGraph graph_;
  std::vector<Layer> layers_;
};

}  // namespace

std::shared_ptr<ModelImpl> make_functional(const Tensors& inputs, const Tensors& outputs,
                                           ModelOptions options) {
  return std::make_shared<FunctionalImpl>(inputs, outputs, std::move(options));
}

const FunctionGraph* graph_of(const Model& model) {
  const auto* functional = dynamic_cast<const FunctionalImpl*>(model.impl().get());
  return functional ? &functional->graph() : nullptr;
}

}  // namespace keras
