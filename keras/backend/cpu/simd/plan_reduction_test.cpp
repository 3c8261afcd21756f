#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "keras/backend/cpu/simd/elementwise_plan.h"

namespace keras::backend::cpu::simd {
namespace {

using Dims = std::vector<std::int64_t>;

struct Shape {
  Dims dims;
  std::vector<bool> reduced;
};

const Shape kShapes[] = {
    {{10}, {true}},
    {{5000}, {true}},
    {{300000}, {true}},
    {{7, 10}, {false, true}},
    {{130, 10}, {false, true}},
    {{130, 3000}, {false, true}},
    {{3, 40000}, {false, true}},
    {{50, 7}, {true, false}},
    {{9000, 3}, {true, false}},
    {{40, 2500}, {true, false}},
    {{4, 100, 5}, {false, true, false}},
    {{4, 100, 5}, {true, false, true}},
    {{4, 6, 50, 50}, {true, false, true, true}},
    {{3, 4, 5, 6, 7}, {false, true, false, true, false}},
    {{3, 4, 5, 6, 7}, {true, false, true, false, true}},
    {{1, 5, 1}, {true, false, true}},
    {{6, 1}, {false, true}},
    {{3, 0, 4}, {false, true, false}},
    {{3, 4, 0}, {false, false, true}},
    {{0, 4}, {false, true}},
};

std::int64_t size_of(const Dims& dims) {
  std::int64_t size = 1;
  for (const std::int64_t dim : dims) size *= dim;
  return size;
}

Dims dense_strides(const Dims& dims, const std::vector<bool>& skipped) {
  Dims strides(dims.size(), 0);
  std::int64_t stride = 1;
  for (std::size_t d = dims.size(); d-- > 0;) {
    if (skipped[d]) continue;
    strides[d] = stride;
    stride *= dims[d];
  }
  return strides;
}

/// For each result, the values that it is made of, in order.
template <typename T>
std::vector<std::vector<T>> grouped(const Shape& shape, const std::vector<T>& x) {
  const Dims kept = dense_strides(shape.dims, shape.reduced);
  std::int64_t results = 1;
  for (std::size_t d = 0; d < kept.size(); ++d)
    if (!shape.reduced[d]) results *= shape.dims[d];
  std::vector<std::vector<T>> groups(static_cast<std::size_t>(results));
  for (std::size_t i = 0; i < x.size(); ++i) {
    auto rest = static_cast<std::int64_t>(i);
    std::int64_t at = 0;
    for (std::size_t d = kept.size(); d-- > 0; rest /= shape.dims[d])
      at += rest % shape.dims[d] * kept[d];
    groups[static_cast<std::size_t>(at)].push_back(x[i]);
  }
  return groups;
}

template <typename Out, typename T>
std::vector<Out> reduce(const Shape& shape, ReduceOp op, DType in, DType out,
                        const std::vector<T>& x, const KernelTable* kernels, int threads,
                        std::size_t results) {
  ElementwiseProgram program(shape.dims, shape.reduced);
  const std::vector<bool> none(shape.dims.size(), false);
  const int a = program.add_operand(in, dense_strides(shape.dims, none));
  const int b = program.add_operand(out, dense_strides(shape.dims, shape.reduced));
  program.reduce(op, b, program.load(a));
  const ElementwisePlan plan(program, {.threads = threads, .kernels = kernels});
  std::vector<char> scratch(plan.scratch_bytes());
  std::vector<Out> y(results + 1, Out{77});
  void* operands[] = {const_cast<T*>(x.data()), y.data()};
  plan.run(operands, scratch.data());
  EXPECT_EQ(y.back(), Out{77});
  y.pop_back();
  return y;
}

class PlanReduction : public testing::TestWithParam<const KernelTable*> {};
INSTANTIATE_TEST_SUITE_P(Targets, PlanReduction, testing::ValuesIn(available_kernels()),
                         [](const auto& param) { return std::string(param.param->name); });

std::vector<float> values_for(const Shape& shape) {
  std::vector<float> x(static_cast<std::size_t>(size_of(shape.dims)));
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>((i * 2654435761U) % 1000) * 0.013f - 6.0f;
  return x;
}

TEST_P(PlanReduction, SumsMaximaAndPositionsOverAnyAxes) {
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(testing::PrintToString(shape.dims) + testing::PrintToString(shape.reduced));
    const auto x = values_for(shape);
    const auto groups = grouped(shape, x);
    for (const int threads : {1, 3}) {
      const auto with = [&]<typename Out>(ReduceOp op, DType out, Out) {
        return reduce<Out>(shape, op, DType::kFloat32, out, x, GetParam(), threads, groups.size());
      };
      const auto sums = with(ReduceOp::kSum, DType::kFloat32, 0.0f);
      const auto highs = with(ReduceOp::kMax, DType::kFloat32, 0.0f);
      const auto lows = with(ReduceOp::kMin, DType::kFloat32, 0.0f);
      const auto high_at = with(ReduceOp::kArgmax, DType::kInt64, std::int64_t{0});
      const auto low_at = with(ReduceOp::kArgmin, DType::kInt32, std::int32_t{0});
      for (std::size_t g = 0; g < groups.size(); ++g) {
        double sum = 0;
        for (const float value : groups[g]) sum += value;
        ASSERT_EQ(sums[g], static_cast<float>(sum)) << g;
        if (groups[g].empty()) continue;
        const auto high = std::max_element(groups[g].begin(), groups[g].end());
        const auto low = std::min_element(groups[g].begin(), groups[g].end());
        ASSERT_EQ(highs[g], *high) << g;
        ASSERT_EQ(lows[g], *low) << g;
        ASSERT_EQ(high_at[g], high - groups[g].begin()) << g;
        ASSERT_EQ(low_at[g], low - groups[g].begin()) << g;
      }
    }
  }
}

TEST_P(PlanReduction, IntegersAndBool) {
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(testing::PrintToString(shape.dims) + testing::PrintToString(shape.reduced));
    std::vector<std::int32_t> x(static_cast<std::size_t>(size_of(shape.dims)));
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = i % 5 == 0 ? 0 : static_cast<std::int32_t>(i * 2654435761U);
    const auto groups = grouped(shape, x);
    const auto with = [&]<typename Out>(ReduceOp op, DType out, Out) {
      return reduce<Out>(shape, op, DType::kInt32, out, x, GetParam(), 2, groups.size());
    };
    const auto sums = with(ReduceOp::kSum, DType::kInt32, std::int32_t{0});
    const auto products = with(ReduceOp::kProd, DType::kInt32, std::int32_t{0});
    const auto any = with(ReduceOp::kAny, DType::kBool, std::uint8_t{0});
    const auto all = with(ReduceOp::kAll, DType::kBool, std::uint8_t{0});
    const auto high_at = with(ReduceOp::kArgmax, DType::kInt64, std::int64_t{0});
    for (std::size_t g = 0; g < groups.size(); ++g) {
      std::uint32_t sum = 0;
      std::uint32_t product = 1;
      for (const auto value : groups[g]) {
        sum += static_cast<std::uint32_t>(value);
        product *= static_cast<std::uint32_t>(value);
      }
      ASSERT_EQ(sums[g], static_cast<std::int32_t>(sum));
      ASSERT_EQ(products[g], static_cast<std::int32_t>(product));
      const auto zeros = std::count(groups[g].begin(), groups[g].end(), 0);
      ASSERT_EQ(any[g], zeros < static_cast<std::ptrdiff_t>(groups[g].size()) ? 1 : 0);
      ASSERT_EQ(all[g], zeros == 0 ? 1 : 0);
      if (groups[g].empty()) continue;
      ASSERT_EQ(high_at[g],
                std::max_element(groups[g].begin(), groups[g].end()) - groups[g].begin());
    }
  }
}

TEST_P(PlanReduction, NanWins) {
  for (const Shape& shape : {Shape{{3000}, {true}}, Shape{{3000, 3}, {true, false}}}) {
    auto x = values_for(shape);
    const std::size_t step = shape.dims.size() == 1 ? 1 : 3;
    x[1234 * step] = x[2222 * step] = std::numeric_limits<float>::quiet_NaN();
    const auto with = [&]<typename Out>(ReduceOp op, DType out, Out) {
      return reduce<Out>(shape, op, DType::kFloat32, out, x, GetParam(), 1, step)[0];
    };
    EXPECT_TRUE(std::isnan(with(ReduceOp::kMax, DType::kFloat32, 0.0f)));
    EXPECT_TRUE(std::isnan(with(ReduceOp::kMin, DType::kFloat32, 0.0f)));
    EXPECT_TRUE(std::isnan(with(ReduceOp::kSum, DType::kFloat32, 0.0f)));
    EXPECT_EQ(with(ReduceOp::kArgmax, DType::kInt64, std::int64_t{0}), 1234);
    EXPECT_EQ(with(ReduceOp::kArgmin, DType::kInt64, std::int64_t{0}), 1234);
  }
}

TEST_P(PlanReduction, PositionsOfTiesAndInfinitiesAreTheFirst) {
  std::vector<float> x(2500, -std::numeric_limits<float>::infinity());
  const Shape row{{2500}, {true}};
  const Shape column{{2500, 1, 1}, {true, false, false}};
  for (const Shape& shape : {row, column})
    EXPECT_EQ(reduce<std::int64_t>(shape, ReduceOp::kArgmax, DType::kFloat32, DType::kInt64, x,
                                   GetParam(), 1, 1)[0],
              0);
}

/// A dot product, its mean beside it, and the products themselves: one pass over the data.
TEST_P(PlanReduction, ReducesWhatAProgramComputes) {
  constexpr std::int64_t kRows = 70;
  constexpr std::int64_t kColumns = 33;
  std::vector<float> x(kRows * kColumns);
  std::vector<float> y(kColumns);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 17) - 8;
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<float>(i % 5);
  std::vector<float> products(x.size());
  std::vector<float> sums(kRows);
  std::vector<double> means(kRows);
  ElementwiseProgram program({kRows, kColumns}, {false, true});
  const int a = program.add_operand(DType::kFloat32, {kColumns, 1});
  const int b = program.add_operand(DType::kFloat32, {0, 1});
  const int c = program.add_operand(DType::kFloat32, {kColumns, 1});
  const int s = program.add_operand(DType::kFloat32, {1, 0});
  const int m = program.add_operand(DType::kFloat64, {1, 0});
  const Value product = program.apply(Opcode::kMultiply, program.load(a), program.load(b));
  program.store(c, product);
  program.reduce(ReduceOp::kSum, s, product);
  program.reduce(ReduceOp::kSum, m, product, 1.0 / kColumns);
  const ElementwisePlan plan(program, {.kernels = GetParam()});
  std::vector<char> scratch(plan.scratch_bytes());
  void* operands[] = {x.data(), y.data(), products.data(), sums.data(), means.data()};
  plan.run(operands, scratch.data());
  for (std::size_t row = 0; row < kRows; ++row) {
    double sum = 0;
    for (std::size_t column = 0; column < kColumns; ++column) {
      const std::size_t i = row * kColumns + column;
      ASSERT_EQ(products[i], x[i] * y[column]);
      sum += products[i];
    }
    EXPECT_EQ(sums[row], sum);
    EXPECT_DOUBLE_EQ(means[row], sum / kColumns);
  }
}

/// A million times 0.1f: float32 sums one after the other are off by a per cent.
TEST_P(PlanReduction, LongSumsKeepFloat32Precision) {
  const std::vector<float> x(1 << 20, 0.1f);
  const Shape shape{{1 << 20}, {true}};
  const double exact = double{0.1f} * (1 << 20);
  for (const int threads : {1, 2, 5})
    EXPECT_EQ(reduce<float>(shape, ReduceOp::kSum, DType::kFloat32, DType::kFloat32, x, GetParam(),
                            threads, 1)[0],
              static_cast<float>(exact));
}

}  // namespace
}  // namespace keras::backend::cpu::simd
