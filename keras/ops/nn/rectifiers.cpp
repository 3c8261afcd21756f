#include "keras/ops/core.h"
#include "keras/ops/nn.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/numpy.h"

namespace keras::ops {

Tensor leaky_relu(const Tensor& x, LeakyReluOptions options) {
  const double slope = options.negative_slope;
  return record_unary("LeakyRelu", x, {{"negative_slope", slope}}, [slope](const Tensor& in) {
    return where(greater_equal(in, 0), in, in * slope);
  });
}

Tensor hard_sigmoid(const Tensor& x) {
  return record_unary("HardSigmoid", x, Config::dict(),
                      [](const Tensor& in) { return relu6(in + 3) / 6; });
}

Tensor hard_silu(const Tensor& x) {
  return record_unary("HardSilu", x, Config::dict(),
                      [](const Tensor& in) { return in * hard_sigmoid(in); });
}

Tensor hard_tanh(const Tensor& x) {
  return record_unary("HardTanh", x, Config::dict(), [](const Tensor& in) {
    return where(greater(in, 1), 1, where(less(in, -1), -1, in));
  });
}

Tensor hard_shrink(const Tensor& x, HardShrinkOptions options) {
  const double bound = options.threshold;
  return record_unary("HardShrink", x, {{"threshold", bound}},
                      [bound](const Tensor& in) { return where(greater(abs(in), bound), in, 0); });
}

Tensor soft_shrink(const Tensor& x, SoftShrinkOptions options) {
  const double bound = options.threshold;
  return record_unary("SoftShrink", x, {{"threshold", bound}}, [bound](const Tensor& in) {
    return where(greater(in, bound), in - bound, where(less(in, -bound), in + bound, 0));
  });
}

Tensor threshold(const Tensor& x, double threshold, double default_value) {
  const Config config{{"threshold", threshold}, {"default_value", default_value}};
  return record_unary("Threshold", x, config, [=](const Tensor& in) {
    return where(greater(in, threshold), in, default_value);
  });
}

Tensor sparse_plus(const Tensor& x) {
  return record_unary("SparsePlus", x, Config::dict(), [](const Tensor& in) {
    const Tensor shifted = in + 1;
    return where(less_equal(in, -1), 0, where(greater_equal(in, 1), in, shifted * shifted / 4));
  });
}

Tensor sparse_sigmoid(const Tensor& x) {
  return record_unary("SparseSigmoid", x, Config::dict(),
                      [](const Tensor& in) { return clip(in + 1, 0, 2) * 0.5; });
}

}  // namespace keras::ops
