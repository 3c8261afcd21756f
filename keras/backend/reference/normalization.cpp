#include "keras/ops/nn/normalization.h"

#include <cmath>
#include <cstdint>

#include "keras/backend/reference/nn_kernels.h"
#include "keras/backend/reference/typed_kernel.h"

namespace keras::reference {
namespace {

/// x as `sets` sets of `count` values that are normalized together. Batch norm has a set a channel,
/// whose values lie `sets` apart and share one gamma; layer norm has a set a row, with one gamma a
/// column.
struct NormGeometry {
  std::int64_t sets, count;
  std::int64_t set_stride, value_stride;
  bool gamma_of_set;
  double epsilon;
  bool scale, center;

  std::int64_t at(std::int64_t set, std::int64_t i) const {
    return set * set_stride + i * value_stride;
  }
  std::int64_t parameter(std::int64_t set, std::int64_t i) const { return gamma_of_set ? set : i; }
  std::int64_t parameters() const { return gamma_of_set ? sets : count; }
};

struct BatchNorm {
  static NormGeometry geometry(const engine::KernelCall& call) {
    const auto& attrs = call.attrs.as<ops::BatchNormAttrs>();
    const Shape& shape = call.inputs[0].shape;
    const std::int64_t channels = shape[-1];
    const std::int64_t count = shape.slice(0, shape.rank() - 1).size();
    return {channels, count, 1, channels, true, attrs.epsilon, attrs.scale, attrs.center};
  }
};

struct LayerNorm {
  static NormGeometry geometry(const engine::KernelCall& call) {
    const auto& attrs = call.attrs.as<ops::LayerNormAttrs>();
    const Shape& shape = call.inputs[0].shape;
    const int first = shape.rank() - attrs.axes;
    const std::int64_t count = shape.slice(first).size();
    return {shape.slice(0, first).size(),
            count,
            count,
            1,
            false,
            attrs.epsilon,
            attrs.scale,
            attrs.center};
  }
};

template <typename Kind>
class NormPlan {
 public:
  explicit NormPlan(const engine::KernelCall& call) : geometry_(Kind::geometry(call)) {}

  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    const NormGeometry& g = geometry_;
    const auto* x = static_cast<const T*>(inputs[0]);
    const T* gamma = g.scale ? static_cast<const T*>(inputs[1]) : nullptr;
    const T* beta = g.center ? static_cast<const T*>(inputs[g.scale ? 2 : 1]) : nullptr;
    auto* y = static_cast<T*>(outputs[0]);
    for (std::int64_t set = 0; set < g.sets; ++set) {
      double mean = 0, variance = 0;
      for (std::int64_t i = 0; i < g.count; ++i) mean += x[g.at(set, i)];
      mean /= static_cast<double>(g.count);
      for (std::int64_t i = 0; i < g.count; ++i) {
        const double centered = x[g.at(set, i)] - mean;
        variance += centered * centered;
      }
      variance /= static_cast<double>(g.count);
      static_cast<T*>(outputs[1])[set] = static_cast<T>(mean);
      static_cast<T*>(outputs[2])[set] = static_cast<T>(variance);
      const double inverse = 1 / std::sqrt(variance + g.epsilon);
      for (std::int64_t i = 0; i < g.count; ++i) {
        const std::int64_t p = g.parameter(set, i);
        const double normal = (x[g.at(set, i)] - mean) * inverse;
        y[g.at(set, i)] =
            static_cast<T>(normal * (gamma ? gamma[p] : T{1}) + (beta ? beta[p] : T{0}));
      }
    }
  }

 private:
  NormGeometry geometry_;
};

/// With n the normalized x and g = gamma · dy:
/// dx = (g - mean(g) - n · mean(g · n)) / sqrt(variance + epsilon).
template <typename Kind>
class NormGradientPlan {
 public:
  explicit NormGradientPlan(const engine::KernelCall& call) : geometry_(Kind::geometry(call)) {}

  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    const NormGeometry& g = geometry_;
    const auto* x = static_cast<const T*>(inputs[0]);
    const T* gamma = g.scale ? static_cast<const T*>(inputs[1]) : nullptr;
    const int next = g.scale ? 2 : 1;
    const auto* means = static_cast<const T*>(inputs[next]);
    const auto* variances = static_cast<const T*>(inputs[next + 1]);
    const auto* dy = static_cast<const T*>(inputs[next + 2]);
    auto* dx = static_cast<T*>(outputs[0]);
    auto* dgamma = static_cast<T*>(outputs[1]);
    auto* dbeta = static_cast<T*>(outputs[2]);
    for (std::int64_t p = 0; p < g.parameters(); ++p) dgamma[p] = dbeta[p] = T{0};
    for (std::int64_t set = 0; set < g.sets; ++set) {
      const double inverse = 1 / std::sqrt(variances[set] + g.epsilon);
      const auto normal = [&](std::int64_t i) { return (x[g.at(set, i)] - means[set]) * inverse; };
      const auto scaled = [&](std::int64_t i) {
        return static_cast<double>(dy[g.at(set, i)]) * (gamma ? gamma[g.parameter(set, i)] : T{1});
      };
      double sum = 0, product = 0;
      for (std::int64_t i = 0; i < g.count; ++i) {
        const std::int64_t p = g.parameter(set, i);
        const T gradient = dy[g.at(set, i)];
        dgamma[p] += static_cast<T>(gradient * normal(i));
        dbeta[p] += gradient;
        sum += scaled(i);
        product += scaled(i) * normal(i);
      }
      const auto count = static_cast<double>(g.count);
      for (std::int64_t i = 0; i < g.count; ++i)
        dx[g.at(set, i)] =
            static_cast<T>((scaled(i) - sum / count - normal(i) * product / count) * inverse);
    }
  }

 private:
  NormGeometry geometry_;
};

}  // namespace

const engine::Kernel kBatchNormTraining{"reference_batch_norm_training", accept_all,
                                        prepare<FloatKernel<NormPlan<BatchNorm>>>};
const engine::Kernel kBatchNormGradient{"reference_batch_norm_gradient", accept_all,
                                        prepare<FloatKernel<NormGradientPlan<BatchNorm>>>};
const engine::Kernel kLayerNorm{"reference_layer_norm", accept_all,
                                prepare<FloatKernel<NormPlan<LayerNorm>>>};
const engine::Kernel kLayerNormGradient{"reference_layer_norm_gradient", accept_all,
                                        prepare<FloatKernel<NormGradientPlan<LayerNorm>>>};

}  // namespace keras::reference
