#include "keras/backend/cpu/onednn/gradient_product.h"

#include <gtest/gtest.h>

#include <vector>

#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"

namespace keras::backend::cpu {
namespace {

class GradientProducts : public testing::Test {
 protected:
  void TearDown() override { engine::set_num_threads(threads_); }

 private:
  const int threads_ = engine::num_threads();
};

/// Numbers of no pattern in [-1, 1].
Tensor scattered(const Shape& shape) {
  const auto size = static_cast<double>(shape.size());
  return ops::reshape(ops::sin(ops::square(ops::arange(1.0, size + 1.0))), shape);
}

Tensor gradient(const Tensor& x, const Tensor& dy) {
  return ops::emit(ops::matmul_op, {x, dy}, ops::MatmulAttrs{.transpose_a = true});
}

bool takes(const Shape& x, const Shape& dy, DType dtype = DType::kFloat32, bool transposed = true) {
  const Shape c = {x[1], dy[1]};
  return is_gradient_product({.transpose_a = transposed}, {{x, dtype}, {dy, dtype}, {c, dtype}});
}

bool has_loops() { return nn_functions().gradient_product != nullptr; }

/// By our own loops, where there are any, against the sums in double.
void expect_gradient(std::int64_t depth, std::int64_t rows, std::int64_t columns) {
  SCOPED_TRACE(testing::Message() << depth << " deep, " << rows << " by " << columns);
  ASSERT_EQ(takes({depth, rows}, {depth, columns}), has_loops());
  const Tensor x = scattered({depth, rows}), dy = scattered({depth, columns}) + 0.1f;
  const auto a = x.to_vector<float>(), b = dy.to_vector<float>();
  std::vector<double> expected(static_cast<std::size_t>(rows * columns), 0);
  for (std::int64_t k = 0; k < depth; ++k)
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t j = 0; j < columns; ++j)
        expected[static_cast<std::size_t>(i * columns + j)] +=
            static_cast<double>(a[static_cast<std::size_t>(k * rows + i)]) *
            static_cast<double>(b[static_cast<std::size_t>(k * columns + j)]);
  const auto c = gradient(x, dy).to_vector<float>();
  ASSERT_EQ(c.size(), expected.size());
  for (std::size_t i = 0; i < c.size(); ++i)
    ASSERT_NEAR(c[i], expected[i], 1e-6 * static_cast<double>(depth)) << "at " << i;
}

TEST_F(GradientProducts, IsThatOfMatricesWhicheverSideGivesTheColumns) {
  for (const int threads : {1, 2, 3}) {
    engine::set_num_threads(threads);
    for (const std::int64_t columns : {16, 24, 48, 64, 80, 144}) {
      expect_gradient(1300, 16, columns);
      expect_gradient(1300, columns, 32);
    }
    expect_gradient(1300, 7, 80);
    expect_gradient(1300, 80, 7);
    expect_gradient(2049, 64, 256);
    expect_gradient(2051, 512, 24);
    expect_gradient(600, 1, 16);
  }
}

TEST_F(GradientProducts, HasTheSameBitsEachTime) {
  engine::set_num_threads(2);
  const Tensor x = scattered({4000, 24}), dy = scattered({4000, 96});
  EXPECT_EQ(gradient(x, dy).to_vector<float>(), gradient(x, dy).to_vector<float>());
}

TEST_F(GradientProducts, IsForDeepProductsOfFewChannels) {
  EXPECT_EQ(takes({9216, 24}, {9216, 144}), has_loops());
  EXPECT_EQ(takes({9216, 144}, {9216, 24}), has_loops());
  EXPECT_EQ(takes({9216, 256}, {9216, 64}), has_loops());
  EXPECT_FALSE(takes({9216, 128}, {9216, 128}));  // wide
  EXPECT_FALSE(takes({128, 64}, {128, 64}));      // few rows
  EXPECT_FALSE(takes({9216, 24}, {9216, 10}));    // no whole vectors
  EXPECT_FALSE(takes({9216, 24}, {9216, 144}, DType::kBfloat16));
  EXPECT_FALSE(takes({64, 64}, {64, 16}, DType::kFloat32, false));
}

}  // namespace
}  // namespace keras::backend::cpu
