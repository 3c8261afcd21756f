#include "keras/models/functional.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/core/input_layer.h"
#include "keras/models/functional_config.h"
#include "keras/ops/numpy.h"
#include "keras/utils/io_utils.h"

namespace keras {
namespace {

class FunctionalImpl final : public ModelImpl {
 public:
  FunctionalImpl(ModelEnds inputs, ModelEnds outputs, ModelOptions options)
      : ModelImpl(std::move(options), "Functional"),
        inputs_(std::move(inputs)),
        outputs_(std::move(outputs)),
        graph_(inputs_.tensors, outputs_.tensors, name()) {
    warn_of_other_keys();
    for (const auto& operation : graph_.operations())
      if (auto layer = std::dynamic_pointer_cast<LayerImpl>(operation))
        layers_.emplace_back(std::move(layer));
    Shapes shapes;
    for (const auto& input : graph_.inputs()) shapes.push_back(input.shape());
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

  Config get_config() const override {
    return functional_config(graph_, inputs_.structure, outputs_.structure, name(), trainable());
  }
  std::vector<Layer> sublayers() const override { return layers_; }
  Tensors inputs() const override { return graph_.inputs(); }
  Tensors outputs() const override { return graph_.outputs(); }
  std::vector<std::string> input_keys() const override {
    const auto keys = inputs_.keys();
    return keys.empty() ? input_names() : keys;
  }
  std::vector<std::string> output_keys() const override {
    const auto keys = outputs_.keys();
    return keys.empty() ? output_names() : keys;
  }
  bool has_output_dictionary() const override { return !outputs_.keys().empty(); }
  std::string module() const override { return "keras.src.models.functional"; }
  const FunctionGraph& graph() const { return graph_; }

 private:
  void warn_of_other_keys() const {
    const auto keys = inputs_.keys();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::string& tensor = history_of(inputs_.tensors[i]).node->operation->name();
      if (keys[i] != tensor)
        utils::warn(str(
            "When providing `inputs` as a dict, all keys in the dict must match the "
            "names of the corresponding tensors. Received key '",
            keys[i], "' mapping to the tensor of name '", tensor, "'. Change the tensor name to '",
            keys[i], "' (via `Input(..., {.name = \"", keys[i], "\"})`)."));
    }
  }

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

  ModelEnds inputs_;
  ModelEnds outputs_;
  FunctionGraph graph_;
  std::vector<Layer> layers_;
};

}  // namespace

std::shared_ptr<ModelImpl> make_functional(ModelEnds inputs, ModelEnds outputs,
                                           ModelOptions options) {
  return std::make_shared<FunctionalImpl>(std::move(inputs), std::move(outputs),
                                          std::move(options));
}

const FunctionGraph* graph_of(const Model& model) {
  const auto* functional = dynamic_cast<const FunctionalImpl*>(model.impl().get());
  return functional ? &functional->graph() : nullptr;
}

}  // namespace keras
