#include <cstring>
#include <memory>

#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/backend/cpu/simd/nn_kernels.h"
#include "keras/backend/cpu/work.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/ops/nn/normalization.h"

namespace keras::backend::cpu {
namespace {

class RowNormKernel : public engine::PreparedKernel {
 public:
  RowNormKernel(const Shape& shape, const ops::LayerNormAttrs& attrs, int threads)
      : attrs_(attrs),
        size_(shape.slice(shape.rank() - attrs.axes).size()),
        rows_(size_ == 0 ? 0 : shape.size() / size_),
        parts_(parts_for(4 * shape.size(), std::min<std::int64_t>(threads, rows_))) {}

 protected:
  ops::LayerNormAttrs attrs_;
  std::int64_t size_;
  std::int64_t rows_;
  int parts_;
};

/// (x, gamma?, beta?) → (y, mean, variance)
class ForwardKernel final : public RowNormKernel {
 public:
  using RowNormKernel::RowNormKernel;

  void run(const engine::Buffers& buffers) const override {
    const auto* x = static_cast<const float*>(buffers.inputs[0]);
    const float* gamma = attrs_.scale ? static_cast<const float*>(buffers.inputs[1]) : nullptr;
    const float* beta =
        attrs_.center ? static_cast<const float*>(buffers.inputs[attrs_.scale ? 2 : 1]) : nullptr;
    const auto output = [&](int i) { return static_cast<float*>(buffers.outputs[i]); };
    engine::parallel_for(parts_, [&](int part) {
      const auto [first, last] = share_of(rows_, parts_, part);
      nn_functions().layer_norm(last - first, size_, attrs_.epsilon, x + first * size_, gamma, beta,
                                output(0) + first * size_, output(1) + first, output(2) + first);
    });
  }
};

/// (x, gamma?, mean, variance, dy) → (dx, dgamma, dbeta); every part sums dgamma and dbeta on its
/// own.
class GradientKernel final : public RowNormKernel {
 public:
  using RowNormKernel::RowNormKernel;

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(2 * size_ * parts_) * sizeof(float);
  }

  void run(const engine::Buffers& buffers) const override {
    const auto input = [&](int i) { return static_cast<const float*>(buffers.inputs[i]); };
    const auto output = [&](int i) { return static_cast<float*>(buffers.outputs[i]); };
    const int next = attrs_.scale ? 2 : 1;
    const float* gamma = attrs_.scale ? input(1) : nullptr;
    auto* sums = static_cast<float*>(buffers.scratch);
    std::memset(sums, 0, scratch_bytes());
    engine::parallel_for(parts_, [&](int part) {
      const auto [first, last] = share_of(rows_, parts_, part);
      const std::int64_t at = first * size_;
      float* own = sums + 2 * size_ * part;
      nn_functions().layer_norm_gradient(last - first, size_, attrs_.epsilon, input(0) + at, gamma,
                                         input(next) + first, input(next + 1) + first,
                                         input(next + 2) + at, output(0) + at, own, own + size_);
    });
    for (int part = 1; part < parts_; ++part)
      for (std::int64_t i = 0; i < 2 * size_; ++i) sums[i] += sums[2 * size_ * part + i];
    const auto bytes = static_cast<std::size_t>(size_) * sizeof(float);
    std::memcpy(output(1), sums, bytes);
    std::memcpy(output(2), sums + size_, bytes);
  }
};

template <typename T>
std::unique_ptr<engine::PreparedKernel> prepare(const engine::KernelCall& call) {
  return std::make_unique<T>(call.inputs[0].shape, call.attrs.as<ops::LayerNormAttrs>(),
                             call.threads);
}

}  // namespace

const engine::Kernel simd_layer_norm{"simd_layer_norm", float32_refusal, prepare<ForwardKernel>};
const engine::Kernel simd_layer_norm_gradient{"simd_layer_norm_gradient", float32_refusal,
                                              prepare<GradientKernel>};

}  // namespace keras::backend::cpu
