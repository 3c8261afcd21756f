#pragma once

#include <string>
#include <vector>

#include "keras/engine/tensor/dtype.h"
#include "keras/engine/tensor/shape.h"

namespace keras {

/// What is known of a tensor without its values.
struct TensorSpec {
  Shape shape;
  DType dtype = DType::kFloat32;

  /// "float32 (None, 64)"
  std::string to_string() const { return to_text(dtype) + " " + shape.to_string(); }
  friend bool operator==(const TensorSpec&, const TensorSpec&) = default;
};
using Specs = std::vector<TensorSpec>;

}  // namespace keras
