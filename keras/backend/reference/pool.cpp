#include "keras/ops/nn/pool.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "keras/backend/reference/nn_kernels.h"
#include "keras/backend/reference/typed_kernel.h"
#include "keras/backend/reference/window.h"

namespace keras::reference {
namespace {

/// The windows of a pooling from x to y, and the walk over them that all its kernels share.
class PoolGeometry {
 public:
  PoolGeometry(const Shape& x, const Shape& y, const ops::PoolAttrs& attrs)
      : window_(make_window(x, y, attrs.window, attrs.strides,
                            std::vector<std::int64_t>(attrs.window.size(), 1), attrs.pad_low)),
        channels_(x[-1]) {}

  std::int64_t x_size() const { return window_.batch * window_.input_pixels() * channels_; }
  std::int64_t channels() const { return channels_; }

  /// Calls `visit(x, y, position)` with the offsets of an example in x and of a window in y.
  template <typename Visit>
  void for_each_window(Visit&& visit) const {
    std::int64_t y = 0;
    for (std::int64_t n = 0; n < window_.batch; ++n)
      for (std::int64_t position = 0; position < window_.positions(); ++position) {
        visit(n * window_.input_pixels() * channels_, y, position);
        y += channels_;
      }
  }
  /// Calls `visit(offset)` with the offset in x of each tap's first channel.
  template <typename Visit>
  void for_each_tap(std::int64_t example, std::int64_t position, Visit&& visit) const {
    window_.for_each_tap(
        position, [&](std::int64_t pixel, std::int64_t) { visit(example + pixel * channels_); });
  }
  std::int64_t count_taps(std::int64_t position) const {
    std::int64_t count = 0;
    window_.for_each_tap(position, [&](std::int64_t, std::int64_t) { ++count; });
    return count;
  }
  /// The offset in x of a window's first maximum in one channel; a NaN is greater than all.
  template <typename T>
  std::int64_t argmax(const T* x, std::int64_t example, std::int64_t position,
                      std::int64_t channel) const {
    std::int64_t best = -1;
    for_each_tap(example, position, [&](std::int64_t tap) {
      const std::int64_t at = tap + channel;
      if (best < 0 || x[at] > x[best] || (x[at] != x[at] && x[best] == x[best])) best = at;
    });
    return best;
  }

 private:
  SlidingWindow window_;
  std::int64_t channels_;
};

/// max_pool(x) when the values are x itself, else max_pool_select(x, values).
class MaxPoolPlan {
 public:
  explicit MaxPoolPlan(const engine::KernelCall& call)
      : geometry_(call.inputs[0].shape, call.outputs[0].shape, call.attrs.as<ops::PoolAttrs>()),
        values_(call.inputs.size() - 1) {}

  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    const auto* x = static_cast<const T*>(inputs[0]);
    const auto* values = static_cast<const T*>(inputs[values_]);
    auto* y = static_cast<T*>(outputs[0]);
    geometry_.for_each_window([&](std::int64_t example, std::int64_t to, std::int64_t position) {
      for (std::int64_t channel = 0; channel < geometry_.channels(); ++channel)
        y[to + channel] = values[geometry_.argmax(x, example, position, channel)];
    });
  }

 private:
  PoolGeometry geometry_;
  std::size_t values_;
};

class MaxPoolGradientPlan {
 public:
  explicit MaxPoolGradientPlan(const engine::KernelCall& call)
      : geometry_(call.inputs[0].shape, call.inputs[1].shape, call.attrs.as<ops::PoolAttrs>()) {}

  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    const auto* x = static_cast<const T*>(inputs[0]);
    const auto* dy = static_cast<const T*>(inputs[1]);
    auto* dx = static_cast<T*>(outputs[0]);
    std::fill(dx, dx + geometry_.x_size(), T{0});
    geometry_.for_each_window([&](std::int64_t example, std::int64_t from, std::int64_t position) {
      for (std::int64_t channel = 0; channel < geometry_.channels(); ++channel)
        dx[geometry_.argmax(x, example, position, channel)] += dy[from + channel];
    });
  }

 private:
  PoolGeometry geometry_;
};

class AveragePoolPlan {
 public:
  explicit AveragePoolPlan(const engine::KernelCall& call)
      : geometry_(call.inputs[0].shape, call.outputs[0].shape, call.attrs.as<ops::PoolAttrs>()) {}

  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    const auto* x = static_cast<const T*>(inputs[0]);
    auto* y = static_cast<T*>(outputs[0]);
    geometry_.for_each_window([&](std::int64_t example, std::int64_t to, std::int64_t position) {
      T* target = y + to;
      std::fill(target, target + geometry_.channels(), T{0});
      geometry_.for_each_tap(example, position, [&](std::int64_t tap) {
        for (std::int64_t c = 0; c < geometry_.channels(); ++c) target[c] += x[tap + c];
      });
      const auto count = static_cast<T>(geometry_.count_taps(position));
      for (std::int64_t c = 0; c < geometry_.channels(); ++c) target[c] /= count;
    });
  }

 private:
  PoolGeometry geometry_;
};

class AveragePoolGradientPlan {
 public:
  explicit AveragePoolGradientPlan(const engine::KernelCall& call)
      : geometry_(call.outputs[0].shape, call.inputs[0].shape,
                  call.attrs.as<ops::PoolGradientAttrs>().pool) {}

  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    const auto* dy = static_cast<const T*>(inputs[0]);
    auto* dx = static_cast<T*>(outputs[0]);
    std::fill(dx, dx + geometry_.x_size(), T{0});
    geometry_.for_each_window([&](std::int64_t example, std::int64_t from, std::int64_t position) {
      const auto count = static_cast<T>(geometry_.count_taps(position));
      geometry_.for_each_tap(example, position, [&](std::int64_t tap) {
        for (std::int64_t c = 0; c < geometry_.channels(); ++c) dx[tap + c] += dy[from + c] / count;
      });
    });
  }

 private:
  PoolGeometry geometry_;
};

}  // namespace

const engine::Kernel kMaxPool{"reference_max_pool", accept_all, prepare<FloatKernel<MaxPoolPlan>>};
const engine::Kernel kMaxPoolSelect{"reference_max_pool_select", accept_all,
                                    prepare<FloatKernel<MaxPoolPlan>>};
const engine::Kernel kMaxPoolGradient{"reference_max_pool_gradient", accept_all,
                                      prepare<FloatKernel<MaxPoolGradientPlan>>};
const engine::Kernel kAveragePool{"reference_average_pool", accept_all,
                                  prepare<FloatKernel<AveragePoolPlan>>};
const engine::Kernel kAveragePoolGradient{"reference_average_pool_gradient", accept_all,
                                          prepare<FloatKernel<AveragePoolGradientPlan>>};

}  // namespace keras::reference
