#include "keras/ops/op_list.h"

namespace keras::ops {

std::span<const engine::Op* const> all_ops() {
#define KERAS_OP(op) &op,
  static const engine::Op* const list[] = {
#include "keras/ops/op_list.inc"
  };
#undef KERAS_OP
  return list;
}

}  // namespace keras::ops
