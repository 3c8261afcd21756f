#include "keras/layers/preprocessing/categorical_inputs.h"

#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::layers {

Tensor encode_categorical_inputs(const Tensor& inputs, std::string_view output_mode,
                                 std::int64_t depth, DType dtype, const Tensor& count_weights) {
  Tensor ids = ops::cast(inputs, DType::kInt32);
  if (ids.rank() == 0) ids = ops::expand_dims(ids, {.axis = -1});
  if (output_mode == "multi_hot") return ops::multi_hot(ids, depth, {.dtype = dtype});
  if (output_mode == "one_hot") {
    if (ids.rank() > 1 && ids.shape()[-1] == 1) ids = ops::squeeze(ids, {.axis = -1});
    return ops::one_hot(ids, depth, {.dtype = dtype});
  }
  Tensor encoded = ops::one_hot(ids, depth, {.dtype = dtype});
  if (count_weights.defined()) encoded = encoded * ops::expand_dims(count_weights, {.axis = -1});
  return ops::sum(encoded, {.axis = ids.rank() > 1 ? 1 : 0});
}

}  // namespace keras::layers
