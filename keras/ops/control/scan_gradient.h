#pragma once

#include "keras/ops/control/scan_op.h"

namespace keras::ops {

/// The gradient of a scan: a scan from the last step to the first over the vector-Jacobian product
/// of its body, which computes again what the steps did not keep.
Tensors scan_gradient(const engine::Backward& b, const ScanAttrs& attrs);

}  // namespace keras::ops
