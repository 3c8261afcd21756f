#include "keras/ops/nn/conv.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "keras/backend/reference/nn_kernels.h"
#include "keras/backend/reference/typed_kernel.h"
#include "keras/backend/reference/window.h"

namespace keras::reference {
namespace {

/// What the three kernels share: y is the convolution of x with the kernel.
class ConvGeometry {
 public:
  ConvGeometry(const Shape& x, const Shape& kernel, const Shape& y, const ops::ConvAttrs& attrs)
      : window_(make_window(x, y, kernel.slice(0, kernel.rank() - 2).dims(), attrs.strides,
                            attrs.dilation, attrs.pad_low)),
        groups_(attrs.groups),
        in_channels_(x[-1]),
        out_channels_(y[-1]),
        kernel_size_(kernel.size()) {}

  std::int64_t x_size() const { return window_.batch * window_.input_pixels() * in_channels_; }
  std::int64_t y_size() const { return window_.batch * window_.positions() * out_channels_; }
  std::int64_t kernel_size() const { return kernel_size_; }

  /// Calls `visit(x, kernel, y)` with offsets of all products: `visit` handles one group's channels
  /// at one tap of one window.
  template <typename Visit>
  void for_each_product(Visit&& visit) const {
    const std::int64_t in_group = in_channels_ / groups_, out_group = out_channels_ / groups_;
    std::int64_t y = 0;
    for (std::int64_t n = 0; n < window_.batch; ++n) {
      const std::int64_t example = n * window_.input_pixels() * in_channels_;
      for (std::int64_t position = 0; position < window_.positions(); ++position) {
        window_.for_each_tap(position, [&](std::int64_t pixel, std::int64_t tap) {
          const std::int64_t x = example + pixel * in_channels_;
          const std::int64_t kernel = tap * in_group * out_channels_;
          for (std::int64_t group = 0; group < groups_; ++group)
            visit(x + group * in_group, kernel + group * out_group, y + group * out_group);
        });
        y += out_channels_;
      }
    }
  }

  std::int64_t in_group() const { return in_channels_ / groups_; }
  std::int64_t out_group() const { return out_channels_ / groups_; }
  std::int64_t out_channels() const { return out_channels_; }

 private:
  SlidingWindow window_;
  std::int64_t groups_, in_channels_, out_channels_, kernel_size_;
};

class ConvPlan {
 public:
  explicit ConvPlan(const engine::KernelCall& call)
      : geometry_(call.inputs[0].shape, call.inputs[1].shape, call.outputs[0].shape,
                  call.attrs.as<ops::ConvAttrs>()) {}

  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    const auto* x = static_cast<const T*>(inputs[0]);
    const auto* kernel = static_cast<const T*>(inputs[1]);
    auto* y = static_cast<T*>(outputs[0]);
    std::fill(y, y + geometry_.y_size(), T{0});
    geometry_.for_each_product([&](std::int64_t from, std::int64_t weights, std::int64_t to) {
      for (std::int64_t i = 0; i < geometry_.in_group(); ++i) {
        const T factor = x[from + i];
        const T* row = kernel + weights + i * geometry_.out_channels();
        for (std::int64_t o = 0; o < geometry_.out_group(); ++o) y[to + o] += factor * row[o];
      }
    });
  }

 private:
  ConvGeometry geometry_;
};

class ConvInputGradientPlan {
 public:
  explicit ConvInputGradientPlan(const engine::KernelCall& call)
      : geometry_(call.outputs[0].shape, call.inputs[1].shape, call.inputs[0].shape,
                  call.attrs.as<ops::ConvGradientAttrs>().conv) {}

  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    const auto* dy = static_cast<const T*>(inputs[0]);
    const auto* kernel = static_cast<const T*>(inputs[1]);
    auto* dx = static_cast<T*>(outputs[0]);
    std::fill(dx, dx + geometry_.x_size(), T{0});
    geometry_.for_each_product([&](std::int64_t to, std::int64_t weights, std::int64_t from) {
      for (std::int64_t i = 0; i < geometry_.in_group(); ++i) {
        const T* row = kernel + weights + i * geometry_.out_channels();
        T sum{0};
        for (std::int64_t o = 0; o < geometry_.out_group(); ++o) sum += dy[from + o] * row[o];
        dx[to + i] += sum;
      }
    });
  }

 private:
  ConvGeometry geometry_;
};

class ConvKernelGradientPlan {
 public:
  explicit ConvKernelGradientPlan(const engine::KernelCall& call)
      : geometry_(call.inputs[0].shape, call.outputs[0].shape, call.inputs[1].shape,
                  call.attrs.as<ops::ConvGradientAttrs>().conv) {}

  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    const auto* x = static_cast<const T*>(inputs[0]);
    const auto* dy = static_cast<const T*>(inputs[1]);
    auto* dkernel = static_cast<T*>(outputs[0]);
    std::fill(dkernel, dkernel + geometry_.kernel_size(), T{0});
    geometry_.for_each_product([&](std::int64_t from, std::int64_t weights, std::int64_t outer) {
      for (std::int64_t i = 0; i < geometry_.in_group(); ++i) {
        const T factor = x[from + i];
        T* row = dkernel + weights + i * geometry_.out_channels();
        for (std::int64_t o = 0; o < geometry_.out_group(); ++o) row[o] += factor * dy[outer + o];
      }
    });
  }

 private:
  ConvGeometry geometry_;
};

}  // namespace

const engine::Kernel kConv{"reference_conv", accept_all, prepare<FloatKernel<ConvPlan>>};
const engine::Kernel kConvInputGradient{"reference_conv_input_gradient", accept_all,
                                        prepare<FloatKernel<ConvInputGradientPlan>>};
const engine::Kernel kConvKernelGradient{"reference_conv_kernel_gradient", accept_all,
                                         prepare<FloatKernel<ConvKernelGradientPlan>>};

}  // namespace keras::reference
