#pragma once

#include "keras/engine/graph/op.h"

namespace keras::ops {

/// max(x, 0). Its gradient looks at the result alone, so that whoever computes it together with
/// what comes before need not keep x.
extern const engine::Op relu_op;

}  // namespace keras::ops
