#include "keras/ops/nn/softmax.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "keras/backend/reference/nn_kernels.h"
#include "keras/backend/reference/typed_kernel.h"

namespace keras::reference {
namespace {

template <bool kLog>
class SoftmaxPlan {
 public:
  explicit SoftmaxPlan(const engine::KernelCall& call) {
    const Shape& shape = call.inputs[0].shape;
    const int axis = call.attrs.as<ops::SoftmaxAttrs>().axis;
    outer_ = shape.slice(0, axis).size();
    length_ = shape[axis];
    inner_ = shape.slice(axis + 1).size();
  }

  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    const auto* x = static_cast<const T*>(inputs[0]);
    auto* y = static_cast<T*>(outputs[0]);
    for (std::int64_t i = 0; i < outer_; ++i)
      for (std::int64_t j = 0; j < inner_; ++j) {
        const std::int64_t first = i * length_ * inner_ + j;
        normalize(x + first, y + first);
      }
  }

 private:
  template <typename T>
  void normalize(const T* x, T* y) const {
    if (length_ == 0) return;
    const std::int64_t end = length_ * inner_;
    T largest = x[0];
    for (std::int64_t k = 0; k < end; k += inner_) largest = std::max(largest, x[k]);
    T total{0};
    for (std::int64_t k = 0; k < end; k += inner_) {
      y[k] = std::exp(x[k] - largest);
      total += y[k];
    }
    const T log_total = std::log(total);
    for (std::int64_t k = 0; k < end; k += inner_)
      y[k] = kLog ? x[k] - largest - log_total : y[k] / total;
  }

  std::int64_t outer_, length_, inner_;
};

}  // namespace

const engine::Kernel kSoftmax{"reference_softmax", accept_all,
                              prepare<FloatKernel<SoftmaxPlan<false>>>};
const engine::Kernel kLogSoftmax{"reference_log_softmax", accept_all,
                                 prepare<FloatKernel<SoftmaxPlan<true>>>};

}  // namespace keras::reference
