#pragma once

#include <string>

#include "keras/engine/tensor/shape.h"
#include "keras/layers/quantized_kernel.h"

namespace keras::layers {

/// How a kernel of EinsumDense is quantized, and how inputs are multiplied with it.
struct EinsumQuantization {
  KernelLayout layout;
  KernelProduct product;
};

/// Reads it off an equation that `einsum_weights` takes.
EinsumQuantization einsum_quantization(const std::string& equation, int input_rank,
                                       const Shape& kernel_shape);

}  // namespace keras::layers
