#pragma once

#include "keras/engine/tensor/tensor.h"

namespace keras {

/// While one lives, weights that layers make on this thread are not initialized, because their
/// values come from a file: random numbers are not drawn, and memory is not taken, for values that
/// nobody reads, however large the file says that they are.
class WeightsToCome {
 public:
  WeightsToCome();
  ~WeightsToCome();
  WeightsToCome(const WeightsToCome&) = delete;
  WeightsToCome& operator=(const WeightsToCome&) = delete;

  /// Whether one lives on this thread.
  static bool expected();
  /// Zeros that take no memory before they are written. Throws ValueError for more than a process
  /// can address.
  static Tensor stand_in(const TensorSpec& spec);
};

}  // namespace keras
