#include "keras/ops/linalg/matmul.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/ops/linalg.h"
#include "keras/ops/operation.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using testing::expect_gradients;
using testing::expect_second_gradients;
using testing::expect_values;
using testing::ramp;

TEST(Matmul, GivesKerasValues) {
  expect_values(ops::matmul(ramp({2, 2, 3}), ramp({3, 2})), {2, 2, 2},
                {1.1875f, 0.375f, -1.875f, 1.5f, -1.5f, 1.25f, -1.125f, 1.0f});
  expect_values(ops::matmul(ramp({2, 1, 2, 3}), ramp({2, 3, 1})), {2, 2, 2, 1},
                {2.0625f, -1.0625f, -1.0625f, 2.1875f, -0.75f, -0.4375f, 2.0f, 1.8125f});
}

TEST(Matmul, TakesVectors) {
  expect_values(ops::matmul(ramp({2, 3}), ramp({3})), {2}, {2.0625f, -1.0625f});
  expect_values(ops::matmul(ramp({3}), ramp({3, 2})), {2}, {1.1875f, 0.375f});
  expect_values(ops::matmul(ramp({3}), ramp({3})), {}, {2.0625f});
}

TEST(Matmul, PromotesLikeKeras) {
  const Tensor bytes = Tensor::from(std::vector<std::int8_t>{100, 100, 100, 100}, {2, 2});
  EXPECT_EQ(ops::matmul(bytes, bytes).dtype(), DType::kInt32);
  expect_values(ops::matmul(bytes, bytes), {2, 2}, {20000, 20000, 20000, 20000});
  EXPECT_EQ(ops::matmul(bytes, ramp({2, 2})).dtype(), DType::kFloat32);
}

TEST(Matmul, HasGradientsForEachTransposition) {
  for (const bool transpose_a : {false, true})
    for (const bool transpose_b : {false, true}) {
      const auto product = [&](const Tensors& in) {
        return ops::emit(ops::matmul_op, in, ops::MatmulAttrs{transpose_a, transpose_b});
      };
      const Shape a = transpose_a ? Shape{2, 3, 2} : Shape{2, 2, 3};
      const Shape plain = transpose_b ? Shape{4, 3} : Shape{3, 4};
      expect_gradients(product, {ramp<double>(a), ramp<double>(plain)});
      expect_gradients(product, {ramp<double>(a), ramp<double>(Shape{2}.concat(plain))});
      expect_gradients(product, {ramp<double>(a), ramp<double>(Shape{1}.concat(plain))});
      expect_second_gradients(product, {ramp<double>(a), ramp<double>(plain)});
    }
}

TEST(Matmul, RunsInSixteenBits) {
  const Tensor x = ramp({2, 3}), y = ramp({3, 2});
  std::vector<bfloat16> narrow;
  for (const float value : x.to_vector<float>()) narrow.push_back(to_bfloat16(value));
  const Tensor product = ops::matmul(Tensor::from(narrow, {2, 3}), Tensor::from(narrow, {3, 2}));
  EXPECT_EQ(product.dtype(), DType::kBfloat16);
  expect_values(product, {2, 2}, {1.1875f, 0.375f, -1.875f, 1.5f}, 1e-2f);
}

TEST(Matmul, NamesShapesThatDoNotFit) {
  expect_error<ShapeError>(
      [] {
        ops::matmul(ramp({2, 3}), ramp({4, 2}));
      },
      "Inner dimensions (`x1.shape[-1]` and `x2.shape[-2]`) must be equal, "
      "but received `x1.shape=(2, 3)` and `x2.shape=(4, 2)`");
  expect_error<ShapeError>([] { ops::matmul(ramp({}), ramp({4, 2})); }, "at least 1-dimensional");
}

}  // namespace
}  // namespace keras
