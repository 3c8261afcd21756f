#pragma once

#include <functional>

#include "keras/engine/graph/op.h"

namespace keras::ops {

/// The gradient of a call through an equal function written in other operations: for rules whose
/// formula is too long to be worth writing out. Differentiable again.
Tensors gradient_through(const engine::Backward& b,
                         const std::function<Tensors(const Tensors&)>& function);

/// The same tensor under another name: the place where such a gradient stops.
extern const engine::Op alias_op;

}  // namespace keras::ops
