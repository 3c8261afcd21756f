#pragma once

#include <cstdint>

namespace keras::backend::cpu {

/// A pooling over three spatial axes of one channels-last image; fewer axes come with leading ones.
struct PoolGeometry {
  std::int64_t input[3], output[3], window[3], strides[3], pad_low[3];
  std::int64_t channels;
};

/// One step of a recurrence for some rows of a batch; see ops/nn/recurrence.h. Strides, in
/// elements, lead from row to row. What is no float here is of the recurrence's dtype.
struct RecurrentStep {
  std::int64_t rows, units;
  std::int64_t first_unit, end_unit;  ///< those computed; all of them where there is a mask
  std::int64_t x_stride, output_stride, saved_stride, mask_stride;
  bool zero_masked;
  const bool* mask;    ///< null for none
  const void* x;       ///< of this step
  const float* inner;  ///< h·U, dense
  const void* bias;    ///< of a GRU's candidate
  const void* h;       ///< dense
  void* next_h;        ///< may be `h`; with a mask it is
  float* c;            ///< of an LSTM
  void* output;
  void* before;  ///< null, as `saved`, where nothing is saved
  void* saved;
};

/// The same backwards.
struct RecurrentStepGradient {
  std::int64_t rows, units;
  std::int64_t x_stride, output_stride, saved_stride, mask_stride;
  bool zero_masked;
  const bool* mask;
  const void* before;
  const void* saved;
  const void* d_output;  ///< null for none
  float* dh;             ///< dense; what reaches h besides through h·U is left there
  float* dc;
  void* inner;  ///< dense; the gradient of h·U
  void* dx;
  void* d_candidate;  ///< of a GRU
};

/// By the number of `ops::RecurrentCell`.
struct RecurrenceFunctions {
  void (*step[3])(const RecurrentStep& step);
  void (*step_gradient[3])(const RecurrentStepGradient& step);
  /// Between the recurrence's dtype and float32.
  void (*widen)(std::int64_t count, const void* from, float* to);
  void (*narrow)(std::int64_t count, const float* from, void* to);
};

/// What follows a normalization by columns: y = x * scale[c] + offset[c], brought to [0, most].
struct ColumnRectifier {
  const float* scale = nullptr;  ///< null for no rectifier
  const float* offset = nullptr;
  float most = 0;
};

/// Batch normalization: x, residual, dy, y and dx are of one dtype.
struct BatchNormFunctions {
  /// Adds to sum[c] and square_sum[c] what the rows hold in column c, each minus shift[c].
  void (*column_moments)(std::int64_t rows, std::int64_t columns, const void* x, const float* shift,
                         double* sum, double* square_sum);
  /// y = x * scale[c] + offset[c] + residual (null for none), brought to [least, most]; y may be x
  /// or the residual.
  void (*scale_columns)(std::int64_t rows, std::int64_t columns, const void* x, const float* scale,
                        const float* offset, const void* residual, float least, float most,
                        void* y);
  /// Adds to sum[c] the rows of dy, and to product[c] those of dy * (x - mean[c]). dy counts where
  /// the rectifier is not at its bounds.
  void (*column_gradient_sums)(std::int64_t rows, std::int64_t columns, const void* x,
                               const void* dy, const float* mean, const ColumnRectifier& rectifier,
                               double* sum, double* product);
  /// dx = a[c] * dy + b[c] * (x - mean[c]) + d[c], with the same dy; dx may be x or dy. Adds dx to
  /// sum[c], if there is one, by way of as many zeros in `partial`.
  void (*batch_norm_input_gradient)(std::int64_t rows, std::int64_t columns, const void* x,
                                    const void* dy, const float* mean, const float* a,
                                    const float* b, const float* d,
                                    const ColumnRectifier& rectifier, void* dx, double* sum,
                                    float* partial);
};

/// What is done to a row of a product before it leaves the caches.
struct ProductStep {
  enum class Kind : std::uint8_t { kClip, kSigmoid, kTanh, kMultiply, kAdd };
  Kind kind;
  float bound = 0;                  ///< values are brought to [0, bound]
  const float* operand = nullptr;   ///< of the product's first column
  std::int64_t operand_stride = 0;  ///< from row to row; 0 for one value a column
};

/// The sums of so many rows of a block of columns, 48 KB at most, lie on the stack.
inline constexpr std::int64_t kMostSmallProductRows = 192;

/// c = a·b, finished by the steps. b lies in blocks of columns: `b_stride` leads from input to
/// input within a block, `block_stride` from block to block.
struct SmallProduct {
  std::int64_t rows;  ///< at most kMostSmallProductRows
  std::int64_t depth;
  std::int64_t columns;  ///< a multiple of `block`
  const float* a;
  std::int64_t a_stride;
  const float* b;
  std::int64_t b_stride, block_stride;
  std::int64_t block;  ///< columns: 16, 32, 48 or 64
  float* c;
  std::int64_t c_stride;
  const ProductStep* steps;
  int step_count;
};

/// So many rows of the operands of a gradient of weights are at work at a time.
inline constexpr std::int64_t kGradientDepth = 128;

/// What some rows of its operands add to a gradient of weights: x'dy, or dy'x with the names
/// exchanged.
struct GradientProduct {
  std::int64_t depth;    ///< rows of the operands: at least one
  std::int64_t rows;     ///< columns of x
  std::int64_t columns;  ///< those of dy: a multiple of 16
  const float* x;
  const float* dy;
  float* sums;  ///< overwritten
};

struct WinogradKernel;
struct WinogradConvolution;
struct WinogradKernelGradient;

/// The parts of a convolution by Winograd's algorithm (winograd.h); null as `small_product` is.
struct WinogradFunctions {
  void (*kernel)(const WinogradKernel& share);
  void (*convolution)(const WinogradConvolution& share);
  void (*kernel_gradient)(const WinogradKernelGradient& share);
  void (*finish_kernel_gradient)(const WinogradKernelGradient& share);
};

struct AcrossMatrix;
struct Attention;
struct AttentionGradient;

/// Scaled dot-product attention (attention.h); null as `small_product` is.
struct AttentionFunctions {
  void (*lay_across)(const AcrossMatrix& matrix);
  void (*attend)(const Attention& share);
  void (*attend_gradient)(const AttentionGradient& share);
};

struct DepthwiseConvolution;
struct DepthwiseInputGradient;
struct DepthwiseKernelGradient;

/// Depthwise convolutions (depthwise.h); null as `small_product` is.
struct DepthwiseFunctions {
  void (*convolution)(const DepthwiseConvolution& share);
  void (*input_gradient)(const DepthwiseInputGradient& share);
  void (*kernel_gradient)(const DepthwiseKernelGradient& share);
};

/// The vector kernels of neural-network operations, float32 where nothing else is said, once for
/// each instruction set. Plain functions on addresses: a compiled share of the work each.
struct NnFunctions {
  /// One image: the maximum, or the mean of what is not padding, of every window.
  void (*max_pool)(const PoolGeometry& pool, const float* x, float* y);
  void (*average_pool)(const PoolGeometry& pool, const float* x, float* y);
  /// One image: dx is overwritten.
  void (*max_pool_gradient)(const PoolGeometry& pool, const float* x, const float* dy, float* dx);
  void (*average_pool_gradient)(const PoolGeometry& pool, const float* dy, float* dx);
  /// Of windows that do not overlap: which element of its window each maximum was; dx is
  /// overwritten.
  void (*max_pool_choice)(const PoolGeometry& pool, const float* x, float* y,
                          std::uint8_t* choices);
  void (*max_pool_spread)(const PoolGeometry& pool, const std::uint8_t* choices, const float* dy,
                          float* dx);
  /// Rows of `size` contiguous values. y may be x.
  void (*softmax)(std::int64_t rows, std::int64_t size, const float* x, float* y);
  void (*log_softmax)(std::int64_t rows, std::int64_t size, const float* x, float* y);
  /// Of float32 and of bfloat16.
  BatchNormFunctions batch_norm[2];
  /// Normalizes rows; mean and variance get one value a row; gamma and beta may be null.
  void (*layer_norm)(std::int64_t rows, std::int64_t size, double epsilon, const float* x,
                     const float* gamma, const float* beta, float* y, float* mean, float* variance);
  /// dx of rows, and what the rows add to dgamma and dbeta.
  void (*layer_norm_gradient)(std::int64_t rows, std::int64_t size, double epsilon, const float* x,
                              const float* gamma, const float* mean, const float* variance,
                              const float* dy, float* dx, float* dgamma, float* dbeta);
  /// Of float32 and of bfloat16.
  RecurrenceFunctions recurrence[2];
  /// Null where the registers are too few for it.
  void (*small_product)(const SmallProduct& product);
  /// Null as `small_product` is.
  void (*gradient_product)(const GradientProduct& product);
  /// Of float32 and of bfloat16, of tiles of 2x2, 3x3 and 4x4 outputs.
  WinogradFunctions winograd[2][3];
  DepthwiseFunctions depthwise;
  AttentionFunctions attention;
};

/// Those for this processor.
const NnFunctions& nn_functions();

namespace baseline {
const NnFunctions& nn_functions();
}
namespace avx2 {
const NnFunctions& nn_functions();
}
namespace avx512 {
const NnFunctions& nn_functions();
}

}  // namespace keras::backend::cpu
