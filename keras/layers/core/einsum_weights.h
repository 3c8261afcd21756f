#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keras/engine/tensor/shape.h"

namespace keras::layers {

/// The weights that an equation such as "abc,cd->abd" asks for.
struct EinsumWeights {
  Shape kernel;
  std::optional<Shape> bias;
  Shape output;                  ///< of the layer, kUnknown where not known
  std::vector<int> input_axes;   ///< of the kernel: those that are summed over
  std::vector<int> output_axes;  ///< of the kernel: those that are in the output
};

/// Reads the shapes of an EinsumDense layer's weights off its equation. Throws ValueError for an
/// equation that is not of the forms "X,Y->Z", "...X,Y->...Z" or "X...,Y->Z...", and for labels or
/// sizes that do not fit together.
EinsumWeights einsum_weights(const std::string& equation, const std::string& bias_axes,
                             const Shape& input_shape, const Shape& output_shape);

/// The labels of an equation's terms, where letters that it does not have stand for "...".
struct EinsumTerms {
  std::string input, kernel, output;
};
/// Of an equation that `einsum_weights` takes with an input of that rank.
EinsumTerms einsum_terms(const std::string& equation, int input_rank);

}  // namespace keras::layers
