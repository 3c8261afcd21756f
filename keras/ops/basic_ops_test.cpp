#include <gtest/gtest.h>

#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"

namespace keras {
namespace {

std::vector<float> values(const Tensor& x) { return x.to_vector<float>(); }

TEST(BasicOps, BroadcastsAndPromotesLikeKeras) {
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 3, 4}, {2, 2});
  EXPECT_EQ(values(x * 2 + Tensor::of<float>({1, 0})), (std::vector<float>{3, 4, 7, 8}));
  const Tensor n = Tensor::of<std::int32_t>({1, 2});
  EXPECT_EQ((n + 1).dtype(), DType::kInt32);
  EXPECT_EQ((n * 0.5).dtype(), DType::kFloat32);
  EXPECT_EQ((n / 2).dtype(), DType::kFloat32);
}

TEST(BasicOps, GradientsOfGradients) {
  const auto cube = [](const Tensor& x) { return ops::sum(x * x * x); };
  const auto second = grad([&](const Tensor& x) { return ops::sum(grad(cube)(x)); });
  EXPECT_EQ(values(grad(cube)(Tensor::of<float>({2}))), std::vector<float>{12});
  EXPECT_EQ(values(second(Tensor::of<float>({2}))), std::vector<float>{12});
}

TEST(BasicOps, TrainsAVariableEagerlyAndCompiled) {
  for (const bool compiled : {false, true}) {
    const Variable w(Tensor::of<float>({0}));
    const auto step = [&](const Tensors& in) {
      auto [loss, gradients] =
          value_and_grad([&] { return ops::mean(ops::square(in[1] - w.value() * in[0])); }, {w});
      w.assign(w.value() - gradients[0] * 0.1);
      return Tensors{loss};
    };
    const CompiledFunction fast(step);
    const Tensors data = {Tensor::of<float>({1, 2}), Tensor::of<float>({3, 6})};
    for (int i = 0; i < 50; ++i) compiled ? fast(data) : step(data);
    EXPECT_NEAR(w.value().item<float>(), 3, 1e-3);
  }
}

TEST(BasicOps, CustomGradientReplacesTheGradient) {
  const auto clipped = ops::custom_gradient([](const Tensors& in) {
    return ops::ValueWithGradient{in[0] * 3, [](const Tensor& dy) { return Tensors{dy * 100}; }};
  });
  const auto slope = grad([&](const Tensor& x) { return ops::sum(clipped({x})); });
  EXPECT_EQ(values(slope(Tensor::of<float>({1}))), std::vector<float>{100});
}

}  // namespace
}  // namespace keras
