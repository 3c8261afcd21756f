#include "keras/optimizers/gradient_clipping.h"

#include "keras/ops/numpy.h"

namespace keras::optimizers {

Tensor clip_by_norm(const Tensor& gradient, double norm) {
  const Tensor own = ops::sqrt(ops::sum(ops::square(gradient)));
  return gradient * norm / ops::maximum(own, norm);
}

Tensors clip_by_global_norm(Tensors gradients, double norm) {
  Tensor squares;
  for (const auto& gradient : gradients) {
    const Tensor square = ops::sum(ops::square(gradient));
    squares = squares.defined() ? squares + square : square;
  }
  const Tensor own = ops::sqrt(squares);
  const Tensor finite = ops::minimum(1.0 / own, 1.0 / norm) * norm;
  // Adds 0, or NaN where the norm is infinite or NaN.
  const Tensor scale = finite + (own - own);
  for (auto& gradient : gradients) gradient = gradient * ops::cast(scale, gradient.dtype());
  return gradients;
}

}  // namespace keras::optimizers
