#pragma once

#include <utility>
#include <vector>

#include "keras/engine/tensor/variable.h"

namespace keras {

/// A layer whose kernel may be adapted at low rank: W + α/r · A·B with W fixed (Hu et al., "LoRA",
/// 2021). Files hold the sum in the kernel's place and not the factors, as Keras's do, quantized
/// again where the kernel is; loading sets both factors to zeros.
class LowRankAdaptation {
 public:
  virtual ~LowRankAdaptation() = default;
  /// A and B; none while the adaptation is not enabled.
  virtual Variables factors() const = 0;
  virtual Variable adapted_kernel() const = 0;
  /// The kernel's variables with what a file holds for them.
  virtual std::vector<std::pair<Variable, Tensor>> merged_kernel() const = 0;
};

}  // namespace keras
