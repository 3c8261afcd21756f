#pragma once

#include <cstdint>
#include <vector>

#include "keras/engine/graph/op.h"

namespace keras::ops {

/// The geometry of a convolution, one number a spatial axis (1 to 3 of them). Inputs and outputs
/// are channels-last, kernels are (spatial…, input channels / groups, output channels).
struct ConvAttrs {
  std::vector<std::int64_t> strides;
  std::vector<std::int64_t> dilation;  ///< of the kernel
  std::vector<std::int64_t> pad_low;   ///< zeros before the first element; never negative
  std::vector<std::int64_t> pad_high;  ///< zeros after the last one; never negative
  std::int64_t groups = 1;
  bool operator==(const ConvAttrs&) const = default;
  void visit(auto&& field) const {
    field("strides", strides);
    field("dilation", dilation);
    field("pad_low", pad_low);
    field("pad_high", pad_high);
    field("groups", groups);
  }
};

/// The same with the spatial sizes of what a gradient is taken of: the input or the kernel.
struct ConvGradientAttrs {
  ConvAttrs conv;
  std::vector<std::int64_t> size;
  bool operator==(const ConvGradientAttrs&) const = default;
  void visit(auto&& field) const {
    conv.visit(field);
    field("size", size);
  }
};

/// (x, kernel) → y.
extern const engine::Op conv_op;
/// (dy, kernel) → dx: the transposed convolution. `size` is x's.
extern const engine::Op conv_input_gradient_op;
/// (x, dy) → dkernel. `size` is the kernel's.
extern const engine::Op conv_kernel_gradient_op;

}  // namespace keras::ops
