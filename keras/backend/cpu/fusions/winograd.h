#pragma once

#include <cstdint>
#include <vector>

#include "keras/backend/cpu/epilogue.h"
#include "keras/engine/graph/graph.h"
#include "keras/engine/runtime/kernel.h"
#include "keras/ops/nn/conv.h"

namespace keras::backend::cpu {

/// How a kernel is made ready for Winograd's convolution (simd/winograd.h).
struct WinogradKernelAttrs {
  std::int64_t tile = 2;   ///< outputs across a tile
  bool backwards = false;  ///< for the gradient of the inputs
  bool operator==(const WinogradKernelAttrs&) const = default;
  void visit(auto&& field) const {
    field("tile", tile);
    field("backwards", backwards);
  }
};

/// A convolution of 3x3 pixels in steps of one, and what follows it while its results are in the
/// cache.
struct WinogradAttrs {
  std::int64_t tile = 2;
  bool backwards = false;  ///< gradient of the inputs, by a kernel that is not transformed
  std::vector<std::int64_t> pad_low;  ///< of rows and columns
  std::vector<std::int64_t> size;     ///< rows and columns of the output before it is pooled
  bool bias = false;
  Epilogue epilogue = {};
  bool pooled = false;  ///< at last the maximum of each 2x2 pixels

  bool operator==(const WinogradAttrs&) const = default;
  void visit(auto&& field) const {
    field("tile", tile);
    field("backwards", backwards);
    field("pad_low", pad_low);
    field("size", size);
    field("bias", bias);
    field("epilogue", epilogue);
    field("pooled", pooled);
  }
};

/// The padding before a convolution's input, whose kernel has a gradient.
struct WinogradGradientAttrs {
  std::int64_t tile = 2;
  std::vector<std::int64_t> pad_low;
  bool operator==(const WinogradGradientAttrs&) const = default;
  void visit(auto&& field) const {
    field("tile", tile);
    field("pad_low", pad_low);
  }
};

/// kernel → (elements of a tile, channels read, channels written), in the order of simd/winograd.h
extern const engine::Op winograd_kernel_op;
/// (x, kernel, transformed or not, bias?, the epilogue's operands) → y
extern const engine::Op winograd_op;
/// (x, dy) → dkernel
extern const engine::Op winograd_gradient_op;

extern const engine::Kernel simd_winograd_kernel;
extern const engine::Kernel simd_winograd;
extern const engine::Kernel simd_winograd_gradient;

/// True of convolutions whose outputs may be cut into tiles, where the processor has the kernels;
/// the pass looks at their sizes, too.
bool fits_winograd(const ops::ConvAttrs& conv, const TensorSpec& kernel);

/// The pass: convolutions, with what was fused into them and a pooling behind, and their gradients
/// by Winograd's algorithm where that is faster.
engine::Graph use_winograd(engine::Graph graph);

}  // namespace keras::backend::cpu
