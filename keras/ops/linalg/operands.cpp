#include "keras/ops/linalg/operands.h"

#include "keras/ops/core.h"

namespace keras::ops {

std::pair<Tensor, Tensor> to_product_dtype(const Tensor& x1, const Tensor& x2) {
  DType dtype = promote(x1.dtype(), x2.dtype());
  if (dtype == DType::kInt8 || dtype == DType::kBool) dtype = DType::kInt32;
  return {cast(x1, dtype), cast(x2, dtype)};
}

}  // namespace keras::ops
