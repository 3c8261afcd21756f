#pragma once

#include <span>

#include "keras/engine/graph/op.h"

namespace keras::ops {

#define KERAS_OP(op) extern const engine::Op op;
#include "keras/ops/op_list.inc"
#undef KERAS_OP

/// Every primitive.
std::span<const engine::Op* const> all_ops();

}  // namespace keras::ops
