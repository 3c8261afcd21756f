#include "keras/ops/nn/softmax.h"

#include <memory>

#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/backend/cpu/simd/nn_kernels.h"
#include "keras/backend/cpu/work.h"
#include "keras/engine/runtime/thread_pool.h"

namespace keras::backend::cpu {
namespace {

using Rows = void (*)(std::int64_t rows, std::int64_t size, const float* x, float* y);

class RowsKernel final : public engine::PreparedKernel {
 public:
  RowsKernel(const Shape& shape, int threads, Rows function)
      : size_(shape[-1]),
        rows_(size_ == 0 ? 0 : shape.size() / size_),
        parts_(parts_for(8 * shape.size(), std::min<std::int64_t>(threads, rows_))),
        function_(function) {}

  void run(const engine::Buffers& buffers) const override {
    const auto* x = static_cast<const float*>(buffers.inputs[0]);
    auto* y = static_cast<float*>(buffers.outputs[0]);
    engine::parallel_for(parts_, [&](int part) {
      const auto [first, last] = share_of(rows_, parts_, part);
      function_(last - first, size_, x + first * size_, y + first * size_);
    });
  }
  bool may_overwrite(int, int) const override { return true; }

 private:
  std::int64_t size_;
  std::int64_t rows_;
  int parts_;
  Rows function_;
};

std::string refusal(const engine::KernelCall& call) {
  if (auto reason = float32_refusal(call); !reason.empty()) return reason;
  if (call.attrs.as<ops::SoftmaxAttrs>().axis + 1 != call.inputs[0].shape.rank())
    return "takes the last axis only";
  return {};
}

}  // namespace

const engine::Kernel simd_softmax{
    "simd_softmax", refusal,
    [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
      return std::make_unique<RowsKernel>(call.inputs[0].shape, call.threads,
                                          nn_functions().softmax);
    }};
const engine::Kernel simd_log_softmax{
    "simd_log_softmax", refusal,
    [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
      return std::make_unique<RowsKernel>(call.inputs[0].shape, call.threads,
                                          nn_functions().log_softmax);
    }};

}  // namespace keras::backend::cpu
