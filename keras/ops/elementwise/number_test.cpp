#include <gtest/gtest.h>

#include "keras/engine/runtime/compiled_function.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"

namespace keras {
namespace {

const Tensor kThree = Tensor::of<double>({3.0});

TEST(Number, KeepsItsBitsInFloat64) {
  EXPECT_EQ((kThree * 0.1).item<double>(), 3.0 * 0.1);
  EXPECT_EQ((1.0 / 3.0 - kThree).item<double>(), 1.0 / 3.0 - 3.0);
  EXPECT_EQ(ops::maximum(kThree, 3.1).item<double>(), 3.1);
  EXPECT_EQ(ops::where(Tensor::of<bool>({false}), kThree, 0.7).item<double>(), 0.7);
  EXPECT_EQ((kThree * 1e300).item<double>(), 3e300);
  const auto compiled =
      compile([](const Tensors& x) { return Tensors{x[0] * 0.1 + ops::cast(0.3, x[0].dtype())}; });
  EXPECT_EQ(compiled({kThree})[0].item<double>(), 3.0 * 0.1 + 0.3);
}

TEST(Number, IsAFloatWhereItMeetsFloats) {
  const Tensor x = Tensor::of<float>({3.0f});
  EXPECT_EQ((x * 0.1).dtype(), DType::kFloat32);
  EXPECT_EQ((x * 0.1).item<float>(), 3.0f * 0.1f);
  EXPECT_EQ((Tensor::of<std::int32_t>({3}) * 0.1).dtype(), DType::kFloat32);
  EXPECT_EQ(Tensor(0.1).dtype(), DType::kFloat32);
  EXPECT_EQ(Tensor(0.1).item<float>(), 0.1f);
  EXPECT_EQ(ops::cast(Tensor(0.1), DType::kFloat16).dtype(), DType::kFloat16);
}

}  // namespace
}  // namespace keras
