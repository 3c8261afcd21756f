#pragma once

#include <functional>

#include "keras/engine/tensor/tensor.h"

namespace keras::engine {

/// Reverse-mode differentiation: the gradients of sum(outputs * cotangents) with respect to `wrt`
/// (any nodes that the outputs were computed from), written as further operations, so that they can
/// be differentiated again. Undefined where an output does not depend on an entry of `wrt`.
/// `accumulate` adds two gradients that meet.
Tensors backward(const Tensors& outputs, const Tensors& cotangents, const Tensors& wrt,
                 const std::function<Tensor(const Tensor&, const Tensor&)>& accumulate);

}  // namespace keras::engine
