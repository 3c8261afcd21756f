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

}  // namespace keras::layers
