#include "keras/backend/cpu/onednn/small_product.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::backend::cpu {
namespace {

/// Numbers of no pattern in [-scale, scale].
Tensor scattered(const Shape& shape, double scale) {
  const auto size = static_cast<double>(shape.size());
  return ops::reshape(ops::sin(ops::square(ops::arange(1.0, size + 1.0))) * scale, shape);
}

/// The compiled function, whose weights get a layout, against the sum in double.
void expect_product(const Tensor& x, const Tensor& w, const std::function<Tensor(Tensor)>& tail,
                    const std::function<double(double, std::int64_t column)>& expected) {
  const Variable weights(w);
  const CompiledFunction f(
      [&](const Tensors& in) { return Tensors{tail(ops::matmul(in[0], weights.value()))}; });
  const std::int64_t depth = w.shape()[0], columns = w.shape()[1], rows = x.shape().size() / depth;
  const auto a = x.to_vector<float>(), b = w.to_vector<float>(), c = f({x})[0].to_vector<float>();
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < columns; ++column) {
      double sum = 0;
      for (std::int64_t k = 0; k < depth; ++k)
        sum += static_cast<double>(a[static_cast<std::size_t>(row * depth + k)]) *
               static_cast<double>(b[static_cast<std::size_t>(k * columns + column)]);
      const auto at = static_cast<std::size_t>(row * columns + column);
      ASSERT_NEAR(c[at], expected(sum, column), 1e-5 * std::sqrt(static_cast<double>(depth)))
          << rows << " rows, " << depth << " inputs, " << columns << " columns, at " << row << ", "
          << column;
    }
}

TEST(SmallProduct, IsThatOfMatricesForAllTilesAndBlocks) {
  const auto same = [](Tensor x) { return x; };
  const auto sum = [](double value, std::int64_t) { return value; };
  for (const std::int64_t rows : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 48})
    for (const std::int64_t columns : {16, 48, 64, 80, 96, 160})
      expect_product(scattered({rows, 37}, 1), scattered({37, columns}, 1), same, sum);
  // More inputs than stay in the cache.
  expect_product(scattered({9, 2500}, 1), scattered({2500, 64}, 0.1), same, sum);
  expect_product(scattered({2, 3, 40}, 1), scattered({40, 32}, 1), same, sum);
}

/// Of so many rows and inputs, with bias, factors, bounds and functions.
void expect_finished(std::int64_t rows, std::int64_t depth) {
  const std::int64_t columns = 96;
  const Tensor bias = scattered({columns}, 1);
  const auto b = bias.to_vector<float>();
  const Tensor x = scattered({rows, depth}, 1), w = scattered({depth, columns}, 0.2);
  const auto biased = [&](double sum, std::int64_t column) {
    return sum + static_cast<double>(b[static_cast<std::size_t>(column)]);
  };
  expect_product(
      x, w, [&](Tensor y) { return ops::relu(y + bias); },
      [&](double sum, std::int64_t column) { return std::max(biased(sum, column), 0.0); });
  expect_product(
      x, w, [&](Tensor y) { return ops::relu6((y + bias) * bias); },
      [&](double sum, std::int64_t column) {
        const double y = biased(sum, column) * (biased(0, column));
        return std::min(std::max(y, 0.0), 6.0);
      });
  expect_product(
      x, w, [&](Tensor y) { return ops::tanh(y); },
      [&](double sum, std::int64_t) { return std::tanh(sum); });
  expect_product(
      x, w, [&](Tensor y) { return ops::sigmoid(y + bias); },
      [&](double sum, std::int64_t column) { return 1 / (1 + std::exp(-biased(sum, column))); });
}

TEST(SmallProduct, IsFinishedByTheEpilogue) {
  // One tile of rows and several, inputs of one block and of several.
  for (const std::int64_t rows : {1, 7, 31})
    for (const std::int64_t depth : {20, 1100}) expect_finished(rows, depth);
}

/// Within so many units of the last place of a normal number.
void expect_units(float got, double want, double units, float x) {
  const double normal = std::max(std::abs(want), 1.17549435e-38);
  const double unit = std::ldexp(1.0, std::ilogb(normal) - 23);
  EXPECT_NEAR(got, want, units * unit) << "of " << x;
}

TEST(SmallProduct, IsAsExactAsItsSigmoidAndTanh) {
  if (!nn_functions().small_product) GTEST_SKIP() << "no loops of our own on this processor";
  std::vector<float> values = {0.0f, 1e-40f, -1e-30f, 1e-4f, -0.17f, 0.18f, 0.346f, -0.347f};
  while (values.size() < 256)
    values.push_back((static_cast<float>(values.size()) - 132.0f) * 0.7123f);
  const Variable weights(Tensor::from(values, {1, 256}));
  const auto columns = [&](const std::function<Tensor(Tensor)>& tail) {
    const CompiledFunction f(
        [&](const Tensors& in) { return Tensors{tail(ops::matmul(in[0], weights.value()))}; });
    return f({ops::ones({1, 1})})[0].to_vector<float>();
  };
  const auto sigmoids = columns([](Tensor y) { return ops::sigmoid(y); });
  const auto tanhs = columns([](Tensor y) { return ops::tanh(y); });
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = static_cast<double>(values[i]);
    expect_units(sigmoids[i], 1 / (1 + std::exp(-x)), 3, values[i]);
    expect_units(tanhs[i], std::tanh(x), 3, values[i]);
  }
  const float infinity = std::numeric_limits<float>::infinity();
  values.assign(256, NAN);
  values[0] = infinity;
  values[1] = -infinity;
  weights.assign(Tensor::from(values, {1, 256}));
  const auto ends = columns([](Tensor y) { return ops::sigmoid(y); });
  EXPECT_EQ(std::vector<float>(ends.begin(), ends.begin() + 2), (std::vector<float>{1, 0}));
  EXPECT_TRUE(std::isnan(ends[2]));
  const auto tanh_ends = columns([](Tensor y) { return ops::tanh(y); });
  EXPECT_EQ(std::vector<float>(tanh_ends.begin(), tanh_ends.begin() + 2),
            (std::vector<float>{1, -1}));
  EXPECT_TRUE(std::isnan(tanh_ends[2]));
}

TEST(SmallProduct, AddsAResidual) {
  for (const std::int64_t rows : {1, 7, 31})
    for (const std::int64_t depth : {20, 1100}) {
      const Tensor x = scattered({rows, depth}, 1), residual = scattered({rows, 96}, 1);
      const Variable weights(scattered({depth, 96}, 0.2));
      const auto run = [&](const Tensors& in) {
        return Tensors{ops::relu(ops::matmul(in[0], weights.value()) + in[1])};
      };
      const auto got = CompiledFunction(run)({x, residual})[0].to_vector<float>();
      const auto product = ops::matmul(x, weights.value()).to_vector<float>();
      const auto added = residual.to_vector<float>();
      for (std::size_t i = 0; i < got.size(); ++i)
        ASSERT_NEAR(got[i], std::max(product[i] + added[i], 0.0f), 1e-4f);
    }
}

/// A convolution of one small image, whose patches are copied and whose weights get the layout.
TEST(SmallProduct, TakesConvolutions) {
  for (const std::int64_t taps : {1, 3}) {
    const Tensor x = scattered({1, 6, 5, 24}, 1);
    const Variable kernel(scattered({taps, taps, 24, 64}, 0.3));
    for (const int stride : {1, 2}) {
      const auto run = [&](const Tensors& in) {
        return Tensors{
            ops::relu(ops::conv(in[0], kernel.value(), {.strides = stride, .padding = "same"}))};
      };
      const auto got = CompiledFunction(run)({x})[0].to_vector<float>();
      const auto want = run({x})[0].to_vector<float>();
      ASSERT_EQ(got.size(), want.size());
      for (std::size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], want[i], 2e-5f) << i;
    }
  }
}

/// Of several images, up to 192 pixels, whichever way they are cut for the threads; more than that
/// are oneDNN's.
TEST(SmallProduct, TakesConvolutionsOfMorePixels) {
  const int threads = engine::num_threads();
  const Tensor bias = scattered({288}, 1);
  const Variable kernel(scattered({1, 1, 600, 288}, 0.1));
  for (const std::int64_t images : {12, 16, 17}) {
    const Tensor x = scattered({images, 4, 3, 600}, 1);
    const Tensor residual = scattered({images, 4, 3, 288}, 1);
    const auto run = [&](const Tensors& in) {
      return Tensors{ops::relu(ops::conv(in[0], kernel.value()) + bias + in[1])};
    };
    const auto want = run({x, residual})[0].to_vector<float>();
    std::vector<float> first;
    for (const int count : {1, 2, 3, 4, 16}) {
      engine::set_num_threads(count);
      const CompiledFunction f(run);
      const auto got = f({x, residual})[0].to_vector<float>();
      ASSERT_EQ(got.size(), want.size());
      for (std::size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], want[i], 1e-4f) << i;
      const auto executable =
          f.executable({{x.shape(), DType::kFloat32}, {residual.shape(), DType::kFloat32}});
      const auto& graph = executable->graph();
      const bool is_small = nn_functions().small_product && images <= 16;
      EXPECT_EQ(is_small_product_layout(graph.layout(graph.variables[0].initial)), is_small);
      if (first.empty()) first = got;
      if (is_small) {
        EXPECT_EQ(got, first) << "on " << count << " threads";
      }
    }
  }
  engine::set_num_threads(threads);
}

TEST(SmallProduct, LeavesColumnsThatMakeNoBlocks) {
  const auto same = [](Tensor x) { return x; };
  const auto sum = [](double value, std::int64_t) { return value; };
  for (const std::int64_t columns : {1, 10, 24})
    expect_product(scattered({3, 37}, 1), scattered({37, columns}, 1), same, sum);
}

TEST(SmallProduct, GivesItsWeightsALayout) {
  const Variable weights(scattered({20, 64}, 1));
  const CompiledFunction f(
      [&](const Tensors& in) { return Tensors{ops::matmul(in[0], weights.value())}; });
  const auto executable = f.executable({{{1, 20}, DType::kFloat32}});
  const auto& graph = executable->graph();
  // Without wide registers there are no small products.
  const bool wide = nn_functions().small_product != nullptr;
  EXPECT_EQ(graph.layout(graph.variables[0].initial) != nullptr, wide);
}

}  // namespace
}  // namespace keras::backend::cpu
