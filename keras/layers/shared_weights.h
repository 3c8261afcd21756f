#pragma once

#include "keras/engine/tensor/variable.h"

namespace keras {

/// A layer among whose own variables `weights` and files have one of a layer inside too, as Keras's
/// do for every attribute that is a variable.
class SharedWeights {
 public:
  virtual ~SharedWeights() = default;
  /// The variables as they lie in a file.
  virtual Variables variables_in_files() const = 0;
};

}  // namespace keras
