#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <memory>

#include "keras/backend/cpu/fusions/fused_batch_norm.h"
#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/backend/cpu/simd/nn_kernels.h"
#include "keras/backend/cpu/work.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/tensor/convert.h"
#include "keras/engine/text.h"
#include "keras/ops/nn/normalization.h"

namespace keras::backend::cpu {
namespace {

/// Rows (all axes but the last) and columns of a batch normalization, its parts, and the scratch
/// that the parts' sums and the columns' coefficients lie in.
class ColumnsKernel : public engine::PreparedKernel {
 public:
  ColumnsKernel(const TensorSpec& x, const FusedBatchNormAttrs& problem, int threads)
      : attrs_(problem.norm),
        problem_(problem),
        is_half_(x.dtype == DType::kBfloat16),
        columns_(x.shape[-1]),
        rows_(columns_ == 0 ? 0 : x.shape.size() / columns_),
        parts_(parts_for(x.shape.size(), threads)) {}

  std::size_t scratch_bytes() const override {
    const auto columns = static_cast<std::size_t>(columns_);
    return columns * (2 * sizeof(double) * static_cast<std::size_t>(parts_) + 5 * sizeof(float));
  }

 protected:
  /// Runs `sums(first row, last row, sum, other)` by parts, in runs of rows from the last to the
  /// first, as those that were made last are still in the caches, and adds the parts' sums, and the
  /// others if there are, up into the first.
  template <typename Sums>
  void add_up(double* totals, const Sums& sums, bool both = true) const {
    std::memset(totals, 0, static_cast<std::size_t>(2 * columns_ * parts_) * sizeof(double));
    engine::parallel_for(parts_, [&](int part) {
      const auto [first, last] = share_of(rows_, parts_, part);
      double* own = totals + 2 * columns_ * part;
      const std::int64_t run = run_rows();
      for (std::int64_t end = last; end > first; end -= run)
        sums(std::max(first, end - run), end, own, own + columns_);
    });
    const std::int64_t count = both ? 2 * columns_ : columns_;
    for (int part = 1; part < parts_; ++part)
      for (std::int64_t i = 0; i < count; ++i) totals[i] += totals[2 * columns_ * part + i];
  }

  template <typename Work>
  void by_rows(const Work& work) const {
    engine::parallel_for(parts_, [&](int part) {
      const auto [first, last] = share_of(rows_, parts_, part);
      work(first, last - first);
    });
  }

  double* totals(const engine::Buffers& buffers) const {
    return static_cast<double*>(buffers.scratch);
  }
  /// Coefficients by column, behind the sums.
  float* coefficients(const engine::Buffers& buffers, int which) const {
    return reinterpret_cast<float*>(totals(buffers) + 2 * columns_ * parts_) + which * columns_;
  }

  const BatchNormFunctions& functions() const {
    return nn_functions().batch_norm[is_half_ ? 1 : 0];
  }
  /// Where a row of an operand begins.
  const void* row(const void* operand, std::int64_t index) const {
    return static_cast<const std::byte*>(operand) + index * row_bytes();
  }
  void* row(void* operand, std::int64_t index) const {
    return static_cast<std::byte*>(operand) + index * row_bytes();
  }
  /// An operand's first row as float32.
  void widen_first_row(const void* operand, float* to) const {
    for (std::int64_t c = 0; c < columns_; ++c)
      to[c] = is_half_ ? std::bit_cast<float>(
                             std::uint32_t{static_cast<const std::uint16_t*>(operand)[c]} << 16)
                       : static_cast<const float*>(operand)[c];
  }

  /// y = x * scale + offset, from what the kernels give as mean and variance, so that forwards and
  /// backwards find the same y.
  void find_factors(const float* gamma, const float* beta, const float* mean, const float* variance,
                    float* scale, float* offset) const {
    for (std::int64_t c = 0; c < columns_; ++c) {
      const double factor = (gamma ? static_cast<double>(gamma[c]) : 1.0) /
                            std::sqrt(static_cast<double>(variance[c]) + attrs_.epsilon);
      scale[c] = static_cast<float>(factor);
      offset[c] = static_cast<float>((beta ? static_cast<double>(beta[c]) : 0.0) -
                                     static_cast<double>(mean[c]) * factor);
    }
  }
  const float* gamma(const engine::Buffers& buffers) const {
    return attrs_.scale ? static_cast<const float*>(buffers.inputs[1]) : nullptr;
  }
  const float* beta(const engine::Buffers& buffers) const {
    return attrs_.center ? static_cast<const float*>(buffers.inputs[after_gamma()]) : nullptr;
  }
  int after_gamma() const { return attrs_.scale ? 2 : 1; }
  int after_beta() const { return after_gamma() + (attrs_.center ? 1 : 0); }

  ops::BatchNormAttrs attrs_;
  FusedBatchNormAttrs problem_;
  bool is_half_;
  std::int64_t columns_;
  std::int64_t rows_;
  int parts_;

 private:
  /// A quarter of a core's second cache, but so many rows that little of a run goes without being
  /// fetched ahead, which the sums do within a run.
  std::int64_t run_rows() const {
    constexpr std::int64_t kRunBytes = 256 << 10, kFewestRows = 128;
    return std::max(kFewestRows, kRunBytes / row_bytes() / kFewestRows * kFewestRows);
  }
  std::ptrdiff_t row_bytes() const { return columns_ * (is_half_ ? 2 : 4); }
};

/// (x, gamma?, beta?, residual?) → (y, mean, variance)
class TrainingKernel final : public ColumnsKernel {
 public:
  using ColumnsKernel::ColumnsKernel;

  void run(const engine::Buffers& buffers) const override {
    const void* x = buffers.inputs[0];
    void* y = buffers.outputs[0];
    auto* mean = static_cast<float*>(buffers.outputs[1]);
    auto* variance = static_cast<float*>(buffers.outputs[2]);
    find_moments(buffers, mean, variance);
    float* scale = coefficients(buffers, 0);
    float* offset = coefficients(buffers, 1);
    find_factors(gamma(buffers), beta(buffers), mean, variance, scale, offset);
    const void* residual = problem_.residual ? buffers.inputs[after_beta()] : nullptr;
    const float least = problem_.rectified ? 0.0f : -std::numeric_limits<float>::infinity();
    const auto most = static_cast<float>(problem_.max_value);
    by_rows([&](std::int64_t first, std::int64_t rows) {
      functions().scale_columns(rows, columns_, row(x, first), scale, offset,
                                residual ? row(residual, first) : nullptr, least, most,
                                row(y, first));
    });
  }
  bool may_overwrite(int input, int output) const override {
    return output == 0 && (input == 0 || input == after_beta());
  }

 private:
  void find_moments(const engine::Buffers& buffers, float* mean, float* variance) const {
    const void* x = buffers.inputs[0];
    double* sums = totals(buffers);
    // Sums of differences from the first row: the variance then loses no digits to a large mean.
    float* shift = coefficients(buffers, 2);
    widen_first_row(x, shift);
    add_up(sums, [&](std::int64_t first, std::int64_t last, double* sum, double* square) {
      functions().column_moments(last - first, columns_, row(x, first), shift, sum, square);
    });
    const double count = static_cast<double>(rows_);
    for (std::int64_t c = 0; c < columns_; ++c) {
      const double shifted = sums[c] / count;
      mean[c] = static_cast<float>(static_cast<double>(shift[c]) + shifted);
      variance[c] =
          static_cast<float>(std::fmax(sums[columns_ + c] / count - shifted * shifted, 0.0));
    }
  }
};

/// (x, gamma?, beta?, mean, variance, dy) → (dx, dgamma, dbeta, sums of dx?). With s = 1 / sd and
/// xc = x - mean: dx = gamma s (dy - mean(dy) - xc s² mean(dy xc)).
class GradientKernel final : public ColumnsKernel {
 public:
  using ColumnsKernel::ColumnsKernel;

  void run(const engine::Buffers& buffers) const override {
    const auto input = [&](int i) { return static_cast<const float*>(buffers.inputs[i]); };
    const int next = after_beta();
    const void* x = buffers.inputs[0];
    const float* factors = gamma(buffers);
    const float* mean = input(next);
    const float* variance = input(next + 1);
    const void* dy = buffers.inputs[next + 2];
    void* dx = buffers.outputs[0];
    auto* dgamma = static_cast<float*>(buffers.outputs[1]);
    auto* dbeta = static_cast<float*>(buffers.outputs[2]);
    const ColumnRectifier rectifier = find_rectifier(buffers, mean, variance);
    double* sums = totals(buffers);
    add_up(sums, [&](std::int64_t first, std::int64_t last, double* sum, double* product) {
      functions().column_gradient_sums(last - first, columns_, row(x, first), row(dy, first), mean,
                                       rectifier, sum, product);
    });
    float* a = coefficients(buffers, 0);
    float* b = coefficients(buffers, 1);
    float* d = coefficients(buffers, 2);
    const double count = static_cast<double>(rows_);
    for (std::int64_t c = 0; c < columns_; ++c) {
      const double inverse = 1.0 / std::sqrt(static_cast<double>(variance[c]) + attrs_.epsilon);
      const double scale = (factors ? static_cast<double>(factors[c]) : 1.0) * inverse;
      const double product = sums[columns_ + c];
      dgamma[c] = static_cast<float>(product * inverse);
      dbeta[c] = static_cast<float>(sums[c]);
      a[c] = static_cast<float>(scale);
      b[c] = static_cast<float>(-scale * inverse * inverse * product / count);
      d[c] = static_cast<float>(-scale * sums[c] / count);
    }
    const auto write_rows = [&](std::int64_t first, std::int64_t last, double* sum,
                                float* partial) {
      functions().batch_norm_input_gradient(last - first, columns_, row(x, first), row(dy, first),
                                            mean, a, b, d, rectifier, row(dx, first), sum, partial);
    };
    if (!problem_.sums) {
      by_rows([&](std::int64_t first, std::int64_t rows) {
        write_rows(first, first + rows, nullptr, nullptr);
      });
      return;
    }
    // The place of the second sums, all zeros, holds those in float32.
    const auto write_and_sum = [&](std::int64_t first, std::int64_t last, double* sum,
                                   double* other) {
      write_rows(first, last, sum, reinterpret_cast<float*>(other));
    };
    add_up(sums, write_and_sum, false);
    const DType dtype = is_half_ ? DType::kBfloat16 : DType::kFloat32;
    engine::convert_elements(sums, DType::kFloat64, buffers.outputs[3], dtype,
                             static_cast<std::size_t>(columns_));
  }
  bool may_overwrite(int input, int output) const override {
    return output == 0 && (input == 0 || input == after_beta() + 2);
  }

 private:
  ColumnRectifier find_rectifier(const engine::Buffers& buffers, const float* mean,
                                 const float* variance) const {
    if (!problem_.rectified) return {};
    float* scale = coefficients(buffers, 3);
    float* offset = coefficients(buffers, 4);
    find_factors(gamma(buffers), beta(buffers), mean, variance, scale, offset);
    return {scale, offset, static_cast<float>(problem_.max_value)};
  }
};

template <typename T>
std::unique_ptr<engine::PreparedKernel> prepare(const engine::KernelCall& call) {
  return std::make_unique<T>(call.inputs[0], batch_norm_problem(call), call.threads);
}

std::string refusal(const engine::KernelCall& call) {
  if (call.inputs[0].shape.size() == 0) return "takes no empty batch";
  const DType dtype = call.inputs[0].dtype;
  if (dtype != DType::kFloat32 && dtype != DType::kBfloat16)
    return str("takes float32 and bfloat16, not ", dtype);
  return {};
}

}  // namespace

const engine::Kernel simd_batch_norm_training{"simd_batch_norm_training", refusal,
                                              prepare<TrainingKernel>};
const engine::Kernel simd_batch_norm_gradient{"simd_batch_norm_gradient", refusal,
                                              prepare<GradientKernel>};

}  // namespace keras::backend::cpu
