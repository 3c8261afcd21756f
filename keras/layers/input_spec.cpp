#include "keras/layers/input_spec.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {
namespace {

[[noreturn]] void incompatible(std::size_t input, const std::string& layer,
                               const std::string& what) {
  throw ShapeError(
      str("Input ", input, " of layer \"", layer, "\" is incompatible with the layer: ", what));
}

void check_rank(const InputSpec& spec, const Tensor& x, std::size_t i, const std::string& layer) {
  const int rank = x.rank();
  const std::string found = str("found ndim=", rank, ". Full shape received: ", x.shape());
  if (spec.ndim && rank != *spec.ndim)
    incompatible(i, layer, str("expected ndim=", *spec.ndim, ", ", found));
  if (spec.max_ndim && rank > *spec.max_ndim)
    incompatible(i, layer, str("expected max_ndim=", *spec.max_ndim, ", ", found));
  if (spec.min_ndim && rank < *spec.min_ndim)
    incompatible(i, layer, str("expected min_ndim=", *spec.min_ndim, ", ", found));
}

}  // namespace

void check_inputs(const std::string& layer_name, const std::vector<InputSpec>& specs,
                  const Tensors& inputs) {
  if (specs.empty()) return;
  if (specs.size() != inputs.size())
    throw ValueError(str("Layer \"", layer_name, "\" expects ", specs.size(),
                         " input(s), but it received ", inputs.size(), " input tensors."));
  for (std::size_t i = 0; i < specs.size(); ++i) {
    check_rank(specs[i], inputs[i], i, layer_name);
    for (const auto& [axis, size] : specs[i].axes) {
      const Shape& shape = inputs[i].shape();
      if (axis >= shape.rank() || -axis > shape.rank()) continue;
      const std::int64_t found = shape[axis];
      if (found != size && found != kUnknown)
        incompatible(i, layer_name,
                     str("expected axis ", axis, " of input shape to have value ", size,
                         ", but received input with shape ", shape));
    }
  }
}

}  // namespace keras
