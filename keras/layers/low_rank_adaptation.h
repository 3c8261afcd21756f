#pragma once

#include <utility>

#include "keras/engine/tensor/variable.h"

namespace keras {

/// A layer whose kernel may be adapted at low rank: W + α/r · A·B with W fixed (Hu et al., "LoRA",
/// 2021). Files hold the sum in the kernel's place and not the factors, as Keras's do; loading sets
/// both factors to zeros.
class LowRankAdaptation {
 public:
  virtual ~LowRankAdaptation() = default;
  /// A and B; none while the adaptation is not enabled.
  virtual Variables factors() const = 0;
  virtual Variable adapted_kernel() const = 0;
  /// The sum, in the kernel's dtype.
  virtual Tensor merged_kernel() const = 0;
};

}  // namespace keras
