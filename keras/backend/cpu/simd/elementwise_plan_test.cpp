#include "keras/backend/cpu/simd/elementwise_plan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/tensor/convert.h"

namespace keras::backend::cpu::simd {
namespace {

using Dims = std::vector<std::int64_t>;

template <typename T>
std::vector<T> numbers(std::int64_t count, double step = 0.37) {
  std::vector<T> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<T>(std::sin(static_cast<double>(i) * step) * 50);
  return values;
}

void run(const ElementwiseProgram& program, std::vector<void*> operands, int threads = 1) {
  for (const KernelTable* table : available_kernels()) {
    const ElementwisePlan plan(program, {.threads = threads, .kernels = table});
    std::vector<char> scratch(plan.scratch_bytes() + 64);
    void* aligned = scratch.data();
    std::size_t space = scratch.size();
    plan.run(operands.data(), std::align(64, plan.scratch_bytes(), aligned, space));
  }
}

TEST(ElementwisePlan, ComputesDenseArraysOfAnyLength) {
  for (const std::int64_t count : {0, 1, 7, 16, 100, 1023, 1024, 1025, 5000}) {
    const auto x = numbers<float>(count);
    const auto y = numbers<float>(count, 0.7);
    std::vector<float> z(x.size() + 1, -1.0f);
    ElementwiseProgram program({count});
    const int a = program.add_operand(DType::kFloat32, {1});
    const int b = program.add_operand(DType::kFloat32, {1});
    const int c = program.add_operand(DType::kFloat32, {1});
    const Value two = program.constant(Lane::kFloat32, 2);
    const Value product = program.apply(Opcode::kMultiply, program.load(a), two);
    program.store(c, program.apply(Opcode::kSubtract, product, program.load(b)));
    run(program, {const_cast<float*>(x.data()), const_cast<float*>(y.data()), z.data()});
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_FLOAT_EQ(z[i], x[i] * 2 - y[i]) << count;
    EXPECT_EQ(z.back(), -1.0f);
  }
}

struct Broadcast {
  Dims dims;
  Dims a;
  Dims b;
};

TEST(ElementwisePlan, BroadcastsAndTransposes) {
  const Broadcast cases[] = {
      {{5, 7}, {7, 1}, {0, 1}},         // a bias
      {{5, 7}, {7, 1}, {1, 0}},         // one value a row
      {{5, 7}, {1, 5}, {7, 1}},         // a transposed source
      {{3000, 3}, {3, 1}, {0, 1}},      // short rows
      {{40, 2500}, {2500, 1}, {0, 1}},  // rows longer than a tile
      {{40, 2500}, {0, 1}, {1, 0}},     // an outer sum
      {{4, 6, 5, 3}, {90, 15, 3, 1}, {15, 0, 3, 1}},
      {{4, 6, 5, 3}, {90, 15, 3, 1}, {18, 3, 0, 1}},
      {{4, 6, 5, 3}, {0, 0, 0, 0}, {1, 4, 24, 120}},
      {{300, 4, 1, 5}, {20, 5, 5, 1}, {1, 0, 0, 0}},
      {{2, 3, 2, 2, 3, 4, 2}, {288, 96, 48, 24, 8, 2, 1}, {1, 2, 6, 12, 24, 72, 288}},
      {{}, {}, {}},
  };
  for (const Broadcast& test : cases) {
    const std::int64_t count =
        std::accumulate(test.dims.begin(), test.dims.end(), std::int64_t{1}, std::multiplies<>());
    const auto x = numbers<float>(count);
    const auto y = numbers<float>(count, 0.7);
    ElementwiseProgram program(test.dims);
    Dims dense(test.dims.size());
    std::int64_t stride = 1;
    for (std::size_t d = dense.size(); d-- > 0; stride *= test.dims[d]) dense[d] = stride;
    const int a = program.add_operand(DType::kFloat32, test.a);
    const int b = program.add_operand(DType::kFloat32, test.b);
    const int c = program.add_operand(DType::kFloat32, dense);
    program.store(c, program.apply(Opcode::kAdd, program.load(a), program.load(b)));
    for (const KernelTable* table : available_kernels()) {
      std::vector<float> z(x.size());
      const ElementwisePlan plan(program, {.threads = 2, .kernels = table});
      std::vector<char> scratch(plan.scratch_bytes());
      void* operands[] = {const_cast<float*>(x.data()), const_cast<float*>(y.data()), z.data()};
      plan.run(operands, scratch.data());
      for (std::int64_t i = 0; i < count; ++i) {
        std::int64_t rest = i;
        std::int64_t at_a = 0;
        std::int64_t at_b = 0;
        for (std::size_t d = dense.size(); d-- > 0; rest /= test.dims[d]) {
          at_a += rest % test.dims[d] * test.a[d];
          at_b += rest % test.dims[d] * test.b[d];
        }
        ASSERT_EQ(z[static_cast<std::size_t>(i)],
                  x[static_cast<std::size_t>(at_a)] + y[static_cast<std::size_t>(at_b)])
            << "case " << &test - cases << " at " << i << " with " << table->name;
      }
    }
  }
}

TEST(ElementwisePlan, StoresWithStrides) {
  const auto x = numbers<float>(12);
  std::vector<float> y(24, 0.0f);
  ElementwiseProgram program({3, 4});
  const int a = program.add_operand(DType::kFloat32, {4, 1});
  const int b = program.add_operand(DType::kFloat32, {2, 6});
  program.store(b, program.apply(Opcode::kNegative, program.load(a)));
  run(program, {const_cast<float*>(x.data()), y.data()});
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t column = 0; column < 4; ++column)
      EXPECT_EQ(y[row * 2 + column * 6], -x[row * 4 + column]);
  EXPECT_EQ(y[1], 0.0f);
}

/// An Adam step, all in place: stores must not disturb what is still to be read.
TEST(ElementwisePlan, OutputsMayBeInputs) {
  constexpr std::int64_t kCount = 3000;
  const auto gradient = numbers<float>(kCount, 0.11);
  ElementwiseProgram program({kCount});
  const int p = program.add_operand(DType::kFloat32, {1});
  const int g = program.add_operand(DType::kFloat32, {1});
  const int m = program.add_operand(DType::kFloat32, {1});
  const int rate = program.add_operand(DType::kFloat32, {0});
  const int new_m = program.add_operand(DType::kFloat32, {1});
  const int new_p = program.add_operand(DType::kFloat32, {1});
  const Value dm = program.apply(Opcode::kSubtract, program.load(g), program.load(m));
  const Value tenth = program.constant(Lane::kFloat32, 0.1);
  const Value moved = program.apply(Opcode::kMultiplyAdd, dm, tenth, program.load(m));
  program.store(new_m, moved);
  const Value step = program.apply(Opcode::kMultiply, program.load(rate), moved);
  program.store(new_p, program.apply(Opcode::kSubtract, program.load(p), step));
  for (const KernelTable* table : available_kernels()) {
    auto weights = numbers<float>(kCount, 0.2);
    auto slot = numbers<float>(kCount, 0.3);
    const auto old_weights = weights;
    const auto old_slot = slot;
    float half = 0.5f;
    void* operands[] = {weights.data(), const_cast<float*>(gradient.data()),
                        slot.data(),    &half,
                        slot.data(),    weights.data()};
    const ElementwisePlan plan(program, {.kernels = table});
    std::vector<char> scratch(plan.scratch_bytes());
    plan.run(operands, scratch.data());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const float expected = old_slot[i] + (gradient[i] - old_slot[i]) * 0.1f;
      ASSERT_NEAR(slot[i], expected, 1e-5) << i;
      ASSERT_NEAR(weights[i], old_weights[i] - 0.5f * expected, 1e-5) << i;
    }
  }
}

/// An input broadcast along an axis of one element has the stride 0 there, an output 1.
TEST(ElementwisePlan, AnOutputMayBeAnInputWhateverTheStridesOfAxesOfOneElement) {
  for (const std::int64_t count : {64, 1024, 5000}) {
    const auto x = numbers<float>(count);
    for (const KernelTable* table : available_kernels()) {
      ElementwiseProgram program({count, 1});
      const int in = program.add_operand(DType::kFloat32, {1, 0});
      const int changed = program.add_operand(DType::kFloat32, {1, 1});
      const int positive = program.add_operand(DType::kBool, {1, 1});
      const Value a = program.load(in);
      program.store(changed,
                    program.apply(Opcode::kSubtract, program.constant(Lane::kFloat32, 1), a));
      program.store(positive,
                    program.apply(Opcode::kGreater, a, program.constant(Lane::kFloat32, 0)));
      auto values = x;
      std::vector<std::uint8_t> signs(x.size());
      const ElementwisePlan plan(program, {.kernels = table});
      std::vector<char> scratch(plan.scratch_bytes() + 64);
      void* aligned = scratch.data();
      std::size_t space = scratch.size();
      void* operands[] = {values.data(), values.data(), signs.data()};
      plan.run(operands, std::align(64, plan.scratch_bytes(), aligned, space));
      for (std::size_t i = 0; i < x.size(); ++i) {
        ASSERT_EQ(values[i], 1 - x[i]) << count;
        ASSERT_EQ(signs[i], x[i] > 0) << count;
      }
    }
  }
}

TEST(ElementwisePlan, SwapsTwoArraysInPlace) {
  auto x = numbers<float>(2048);
  auto y = numbers<float>(2048, 0.9);
  const auto old_x = x;
  const auto old_y = y;
  ElementwiseProgram program({2048});
  const int a = program.add_operand(DType::kFloat32, {1});
  const int b = program.add_operand(DType::kFloat32, {1});
  const Value first = program.load(a);
  const Value second = program.load(b);
  program.store(b, first);
  program.store(a, second);
  const ElementwisePlan plan(program);
  std::vector<char> scratch(plan.scratch_bytes());
  void* operands[] = {x.data(), y.data()};
  plan.run(operands, scratch.data());
  EXPECT_EQ(x, old_y);
  EXPECT_EQ(y, old_x);
}

TEST(ElementwisePlan, ConvertsBetweenAllDTypesAsAstype) {
  constexpr std::int64_t kCount = 37;
  auto source = numbers<double>(kCount, 0.71);
  const double specials[] = {300,      -300, 70000, 3e9,  -3e9,  1e19,  -1e19, NAN,
                             INFINITY, 0,    0.5,   -0.5, 65519, 65520, 1e-7,  1.0009765625};
  std::copy(std::begin(specials), std::end(specials), source.begin());
  for (int from = 0; from < kDTypeCount; ++from) {
    const auto from_dtype = static_cast<DType>(from);
    std::vector<char> x(kCount * 8);
    engine::convert_elements(source.data(), DType::kFloat64, x.data(), from_dtype, kCount);
    for (int to = 0; to < kDTypeCount; ++to) {
      const auto to_dtype = static_cast<DType>(to);
      std::vector<char> expected(kCount * 8, 7);
      engine::convert_elements(x.data(), from_dtype, expected.data(), to_dtype, kCount);
      for (const int stride : {1, 2}) {
        ElementwiseProgram program({(kCount + stride - 1) / stride});
        const int a = program.add_operand(from_dtype, {stride});
        const int b = program.add_operand(to_dtype, {stride});
        program.store(b, program.load(a));
        std::vector<char> y(kCount * 8, 7);
        run(program, {x.data(), y.data()});
        const std::size_t bytes = dtype_size(to_dtype);
        for (std::size_t i = 0; i < kCount; i += static_cast<std::size_t>(stride)) {
          if (is_float(to_dtype)) {
            double want;
            double got;
            engine::convert_elements(&expected[i * bytes], to_dtype, &want, DType::kFloat64, 1);
            engine::convert_elements(&y[i * bytes], to_dtype, &got, DType::kFloat64, 1);
            ASSERT_TRUE(want == got || (std::isnan(want) && std::isnan(got)))
                << dtype_name(from_dtype) << " to " << dtype_name(to_dtype) << " at " << i << ": "
                << got << ", not " << want;
          } else {
            ASSERT_TRUE(
                std::equal(&expected[i * bytes], &expected[i * bytes] + bytes, &y[i * bytes]))
                << dtype_name(from_dtype) << " to " << dtype_name(to_dtype) << " at " << i;
          }
        }
      }
    }
  }
}

TEST(ElementwisePlan, CastsWrapAndRoundBetweenOperations) {
  std::vector<std::uint8_t> x = {200, 100};
  std::vector<std::uint8_t> y(2);
  ElementwiseProgram program({2});
  const int a = program.add_operand(DType::kUint8, {1});
  const int b = program.add_operand(DType::kUint8, {1});
  const Value value = program.load(a);
  const Value twice = program.cast(program.apply(Opcode::kAdd, value, value), DType::kUint8);
  program.store(b, program.apply(Opcode::kRightShift, twice, program.constant(1)));
  run(program, {x.data(), y.data()});
  EXPECT_EQ(y, (std::vector<std::uint8_t>{72, 100}));
}

TEST(ElementwisePlan, BoolReadsAsFloatAndComparisonsStoreAsBool) {
  const auto x = numbers<float>(100);
  std::vector<std::uint8_t> mask(100);
  for (std::size_t i = 0; i < 100; ++i) mask[i] = i % 3 == 0;
  std::vector<float> y(100);
  std::vector<std::uint8_t> positive(100);
  ElementwiseProgram program({100});
  const int a = program.add_operand(DType::kFloat32, {1});
  const int m = program.add_operand(DType::kBool, {1});
  const int b = program.add_operand(DType::kFloat32, {1});
  const int c = program.add_operand(DType::kBool, {1});
  const Value value = program.load(a);
  const Value zero = program.constant(Lane::kFloat32, 0);
  program.store(b, program.apply(Opcode::kSelect, program.load(m), value, zero));
  program.store(c, program.apply(Opcode::kGreater, value, zero));
  run(program, {const_cast<float*>(x.data()), mask.data(), y.data(), positive.data()});
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(y[i], mask[i] ? x[i] : 0.0f);
    EXPECT_EQ(positive[i], x[i] > 0 ? 1 : 0);
  }
}

TEST(ElementwisePlan, UniformValuesAreComputedOnce) {
  const auto x = numbers<double>(2000);
  std::vector<double> y(2000);
  std::int32_t step = 4;
  ElementwiseProgram program({2000});
  const int a = program.add_operand(DType::kFloat64, {1});
  const int s = program.add_operand(DType::kInt32, {0});
  const int b = program.add_operand(DType::kFloat64, {1});
  const Value power = program.apply(Opcode::kPower, program.constant(Lane::kFloat64, 0.9),
                                    program.cast(program.load(s), DType::kFloat64));
  program.store(b, program.apply(Opcode::kMultiply, program.load(a), power));
  run(program, {const_cast<double*>(x.data()), &step, y.data()});
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_DOUBLE_EQ(y[i], x[i] * std::pow(0.9, 4));
}

TEST(ElementwisePlan, LargeWorkIsCutForThreads) {
  constexpr std::int64_t kCount = 1 << 20;
  const auto x = numbers<float>(kCount);
  std::vector<float> y(x.size());
  ElementwiseProgram program({kCount});
  const int a = program.add_operand(DType::kFloat32, {1});
  const int b = program.add_operand(DType::kFloat32, {1});
  program.store(b, program.apply(Opcode::kExp, program.load(a)));
  EXPECT_EQ(ElementwisePlan(program, {.threads = 3}).parts(), 3);
  run(program, {const_cast<float*>(x.data()), y.data()}, 3);
  for (std::size_t i = 0; i < x.size(); i += 1013)
    EXPECT_NEAR(y[i], std::exp(x[i]), std::exp(x[i]) * 2e-7);
  ElementwiseProgram small({64});
  const int c = small.add_operand(DType::kFloat32, {1});
  small.store(c, small.apply(Opcode::kExp, small.load(c)));
  EXPECT_EQ(ElementwisePlan(small, {.threads = 3}).parts(), 1);
}

TEST(ElementwiseProgram, RefusesWhatMakesNoSense) {
  ElementwiseProgram program({4});
  EXPECT_THROW(program.add_operand(DType::kFloat32, {1, 1}), ValueError);
  const int a = program.add_operand(DType::kFloat32, {1});
  const Value x = program.load(a);
  EXPECT_THROW(program.load(7), ValueError);
  EXPECT_THROW(program.apply(Opcode::kAdd, x), ValueError);
  EXPECT_THROW(program.apply(Opcode::kAdd, x, program.constant(1)), ValueError);
  EXPECT_THROW(program.apply(Opcode::kBitwiseAnd, x, x), ValueError);
  EXPECT_THROW(program.store(a, 99), ValueError);
  EXPECT_THROW(ElementwiseProgram({-1}), ValueError);
}

}  // namespace
}  // namespace keras::backend::cpu::simd
