#pragma once

#include <string>
#include <vector>

#include "keras/engine/tensor/shape.h"

namespace keras::layers {

/// How one axis set of a tensor is projected to another: the arguments of an EinsumDense.
struct ProjectionEquation {
  std::string equation;
  std::string bias_axes;
  Shape output_shape;
};

/// Keeps the first `free` axes and multiplies away the `bound` ones after them, for axes of the
/// sizes `output`.
ProjectionEquation projection_equation(int free, int bound, const Shape& output);

/// The products of attention over some axes of (batch…, heads, depth) tensors of a rank.
struct AttentionEquations {
  std::string scores;   ///< of key and query
  std::string combine;  ///< of scores and value
  int scores_rank = 0;
};
AttentionEquations attention_equations(int rank, const std::vector<int>& axes);

}  // namespace keras::layers
