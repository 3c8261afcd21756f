#pragma once

#include "keras/engine/tensor/tensor.h"

namespace keras::optimizers {

/// The gradient, scaled down where its L2 norm is above `norm`.
Tensor clip_by_norm(const Tensor& gradient, double norm);

/// All gradients, scaled down by one factor where the L2 norm of all together is above `norm`; NaN
/// where that norm is not finite: Pascanu, Mikolov and Bengio (2012).
Tensors clip_by_global_norm(Tensors gradients, double norm);

}  // namespace keras::optimizers
