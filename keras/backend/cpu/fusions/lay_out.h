#pragma once

#include "keras/engine/graph/op.h"
#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// The same elements in the layout that the graph gives the outcome.
extern const engine::Op lay_out_op;
extern const engine::Kernel memory_lay_out;

}  // namespace keras::backend::cpu
