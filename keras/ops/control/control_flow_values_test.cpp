// Loops and branches beside real Keras: each function's values and gradients, as it stands and
// inside a compiled function.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "keras/engine/runtime/compiled_function.h"
#include "keras/ops/control_flow.h"
#include "keras/ops/core.h"
#include "keras/ops/gradient.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using keras::testing::expect_values;
using Values = std::vector<float>;
using Function = std::function<Tensors(const Tensors&)>;

/// What a function gives for inputs, and the gradients of Σ value · (place in its result + 1);
/// without gradients where Keras has none.
struct Case {
  std::string name;
  Function function;
  Tensors inputs;
  std::vector<Values> values;
  std::vector<Values> gradients = {};
};

Tensor weighted(const Tensors& results) {
  Tensor total = zeros({});
  for (const auto& result : results)
    if (is_float(result.dtype()))
      total = total + sum(ravel(result) * cast(arange(result.size()) + 1, DType::kFloat32));
  return total;
}

void expect_all(const Tensors& actual, const std::vector<Values>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i)
    expect_values(actual[i], actual[i].shape(), expected[i], 1e-5f);
}

void check(const Case& one) {
  SCOPED_TRACE(one.name);
  expect_all(one.function(one.inputs), one.values);
  expect_all(CompiledFunction(one.function)(one.inputs), one.values);
  if (one.gradients.empty()) return;
  const Function gradients = grad([&](const Tensors& in) { return weighted(one.function(in)); });
  expect_all(gradients(one.inputs), one.gradients);
  expect_all(CompiledFunction(gradients)(one.inputs), one.gradients);
}

Tensor three() { return Tensor::of<float>({0.5f, -1, 2}); }
Tensor other_three() { return three() * 2 + 1; }
Tensor rows() {
  return Tensor::from(Values{-1.5f, 1, 0, -1, 1.5f, 0.5f, -0.5f, -1.5f, 1, 0, -1, 1.5f}, {2, 6});
}
Tensor steps() { return Tensor::from(Values{-1, -.75f, -.5f, -.25f, 0, .25f, .5f, .75f}, {4, 2}); }
Tensor matrices(const Values& values) { return Tensor::from(values, {2, 2, 2}); }

Tensors grow(const Tensors& in, WhileLoopOptions options) {
  return while_loop([](const Tensors& v) { return less(sum(abs(v[0])), 20); },
                    [](const Tensors& v) {
                      return Tensors{v[0] * 1.5f + 0.25f, v[1] + 1};
                    },
                    {in[0], Tensor(0)}, options);
}

TEST(ControlFlowValues, WhileLoop) {
  check({"to its end",
         [](const Tensors& in) { return grow(in, {}); },
         {three()},
         {{7.09375f, -4.296875f, 18.48438f}, {5}}});
  check({"to its bound",
         [](const Tensors& in) { return grow(in, {.maximum_iterations = 3}); },
         {three()},
         {{2.875f, -2.1875f, 7.9375f}, {3}}});
  const auto squares = [](float limit) {
    return [=](const Tensors& in) {
      return while_loop([=](const Tensors& v) { return less(v[0], limit); },
                        [](const Tensors& v) { return Tensors{v[0] * v[0] + 1}; }, in);
    };
  };
  check({"one variable", squares(100), {Tensor(2.0f)}, {{677}}});
  check({"no turn", squares(1), {Tensor(2.0f)}, {{2}}});
}

TEST(ControlFlowValues, ForiLoop) {
  const auto loop = [](std::int64_t lower, std::int64_t upper, bool sine) {
    return [=](const Tensors& in) {
      return Tensors{fori_loop(
          lower, upper,
          [=](const Tensor& i, const Tensor& v) {
            const Tensor product = v * cast(i, DType::kFloat32);
            return sine ? sin(product) : product - 1;
          },
          in[0])};
    };
  };
  check({"products", loop(1, 5, false), {three()}, {{-29, -65, 7}}});
  check({"no turn", loop(5, 1, false), {three()}, {{0.5f, -1, 2}}, {{1, 2, 3}}});
  const Function sines = loop(1, 5, true);
  check({"sines",
         sines,
         {three()},
         {sines({three()})[0].to_vector<float>()},
         {{7.685474f, 2.299772f, -4.306068f}}});
}

ScanStep tanh_step(const Tensors& carry, const Tensors& x) {
  const Tensor next = tanh(carry[0] * 0.5f + x[0]);
  return {{next, carry[1] + 1}, {next * 2, carry[0]}};
}

Function tanh_scan(bool reverse) {
  return [=](const Tensors& in) {
    const Scanned out = scan(tanh_step, {in[0], Tensor(0)}, {in[1]}, {.reverse = reverse});
    return Tensors{out.carry[0], out.carry[1], out.ys[0], out.ys[1]};
  };
}

TEST(ControlFlowValues, Scan) {
  check({"forwards",
         tanh_scan(false),
         {zeros({2}), steps()},
         {{0.3187923f, 0.6331199f},
          {4},
          {-1.523188f, -1.270298f, -1.413637f, -1.027151f, -0.678791f, -0.01357552f, 0.6375846f,
           1.26624f},
          {0, 0, -0.7615942f, -0.635149f, -0.7068185f, -0.5135757f, -0.3393955f, -0.006787762f}}});
  check({"backwards",
         tanh_scan(true),
         {zeros({2}), steps()},
         {{-0.8287597f, -0.6331199f},
          {4},
          {-1.657519f, -1.26624f, -0.7366498f, 0.01357552f, 0.4540652f, 1.027151f, 0.9242343f,
           1.270298f},
          {-0.3683249f, 0.006787762f, 0.2270326f, 0.5135757f, 0.4621172f, 0.635149f, 0, 0}}});
  const auto pairs = [](bool reverse) {
    return [=](const Tensors& in) {
      const Scanned out = scan(
          [](const Tensors& carry, const Tensors& x) {
            return ScanStep{{carry[0] * x[0] + x[1]}, {carry[0]}};
          },
          {in[0]}, {in[1], in[2]}, {.reverse = reverse});
      return Tensors{out.carry[0], out.ys[0]};
    };
  };
  const Tensors in = {Tensor(1.5f), Tensor::of<float>({1, 2, 3}), Tensor::of<float>({-1, 0, 1})};
  check({"two inputs", pairs(false), in, {{4}, {1.5f, 0.5f, 1}}});
  check({"two inputs, backwards", pairs(true), in, {{10}, {11, 5.5f, 1.5f}}});
}

TEST(ControlFlowValues, ScanGradients) {
  const Tensors in = {Tensor::of<float>({0.3f, -0.2f}), steps()};
  const auto gradients_of = [&](bool reverse, const std::vector<Values>& expected) {
    std::vector<Values> values;
    for (const auto& result : tanh_scan(reverse)(in)) values.push_back(result.to_vector<float>());
    check({reverse ? "backwards" : "forwards", tanh_scan(reverse), in, values, expected});
  };
  gradients_of(false, {{3.786076f, 6.583905f},
                       {5.572151f, 9.16781f, 11.33195f, 19.09727f, 21.11584f, 25.4198f, 13.44094f,
                        10.85418f}});
  gradients_of(true, {{15.92485f, 18.20549f},
                      {0.9570073f, 3.567957f, 6.583395f, 11.78367f, 15.02992f, 16.63928f, 17.8497f,
                       20.41098f}});
}

TEST(ControlFlowValues, ScanByItsLength) {
  const auto doublings = [](std::int64_t length) {
    return [=](const Tensors& in) {
      const Scanned out = scan(
          [](const Tensors& carry, const Tensors&) {
            return ScanStep{{carry[0] * 2}, {carry[0] + 1}};
          },
          {in[0]}, {}, {.length = length});
      return Tensors{out.carry[0], out.ys[0]};
    };
  };
  check({"four", doublings(4), {Tensor(1.0f)}, {{16}, {2, 3, 5, 9}}});
  check({"none", doublings(0), {Tensor(1.0f)}, {{1}, {}}});
}

TEST(ControlFlowValues, NoElements) {
  const Scanned out = scan(
      [](const Tensors& carry, const Tensors& x) {
        return ScanStep{{carry[0] + x[0]}, {cast(sum(x[0]), DType::kInt32), carry[0] * x[0]}};
      },
      {ones({2})}, {zeros({0, 2})});
  expect_values(out.carry[0], {2}, {1, 1});
  EXPECT_EQ(out.ys[0].spec(), (TensorSpec{Shape{0}, DType::kInt32}));
  EXPECT_EQ(out.ys[1].spec(), (TensorSpec{Shape{0, 2}, DType::kFloat32}));
  const auto total = [](const Tensor& x) { return sum(x); };
  EXPECT_EQ(map(total, zeros({0, 2})).shape(), (Shape{0}));
  EXPECT_EQ(vectorized_map(total, zeros({0, 2})).shape(), (Shape{0}));
  EXPECT_EQ(associative_scan([](const Tensor& a, const Tensor& b) { return a + b; }, zeros({0, 2}))
                .shape(),
            (Shape{0, 2}));
}

Function sums(AssociativeScanOptions options) {
  return [=](const Tensors& in) {
    return Tensors{
        associative_scan([](const Tensor& a, const Tensor& b) { return a + b; }, in[0], options)};
  };
}

TEST(ControlFlowValues, AssociativeScanOfSums) {
  const Values by_rows = {-1.5f, 1, 0, -1, 1.5f, 0.5f, -2, -0.5f, 1, -1, 0.5f, 2};
  const Values by_columns = {-1.5f, -0.5f, -0.5f, -1.5f, 0, 0.5f, -0.5f, -2, -1, -1, -2, -0.5f};
  check({"axis 0", sums({}), {rows()}, {by_rows}});
  check({"axis 1", sums({.axis = 1}), {rows()}, {by_columns}});
  check({"axis -1", sums({.axis = -1}), {rows()}, {by_columns}});
  check({"axis 0, backwards",
         sums({.reverse = true}),
         {rows()},
         {{-2, -0.5f, 1, -1, 0.5f, 2, -0.5f, -1.5f, 1, 0, -1, 1.5f}}});
  check({"axis 1, backwards",
         sums({.reverse = true, .axis = 1}),
         {rows()},
         {{0.5f, 2, 1, 1, 2, 0.5f, -0.5f, 0, 1.5f, 0.5f, 0.5f, 1.5f}}});
  check({"one element", sums({}), {ones({1, 2})}, {{1, 1}}, {{1, 2}}});
}

TEST(ControlFlowValues, AssociativeScanOfPairs) {
  const auto lines = [](bool reverse) {
    return [=](const Tensors& in) {
      return associative_scan(
          [](const Tensors& a, const Tensors& b) {
            return Tensors{a[0] * b[0], a[1] * b[0] + b[1]};
          },
          in, {.reverse = reverse, .axis = 1});
    };
  };
  const Tensors in = {rows(), flip(rows(), {.axis = 1})};
  check({"forwards",
         lines(false),
         in,
         {{-1.5f, -1.5f, 0, 0, 0, 0, -0.5f, 0.75f, 0.75f, 0, 0, 0},
          {0.5f, 2, -1, 1, 2.5f, -0.25f, 1.5f, -3.25f, -3.25f, 1, -2.5f, -4.25f}},
         {{3, -2, -6.5f, -16, 8, 15, -18.5f, 17, -22.5f, 47.5f, 29, -30},
          {3, 2, -13, 16, 8, 6, -18.5f, 17, 9, -19, 29, 12}}});
  check({"backwards",
         lines(true),
         in,
         {{0, 0, 0, -0.75f, 0.75f, 0.5f, 0, 0, 0, 0, -1.5f, 1.5f},
          {-0.25f, 0.5f, -1, 1.25f, -1.25f, -1.5f, 2.75f, -2.5f, 1, 1, -1, -0.5f}},
         {{0.5f, -0.5f, 1.75f, -2, -1, 7.5f, -17.5f, 4.5f, 2.25f, -30.625f, 11, 1},
          {1, 0.5f, 3.5f, 4, 1, 7.5f, 7, 4.5f, 2.25f, 12.25f, 11, 1}}});
}

TEST(ControlFlowValues, AssociativeScanOfMatrices) {
  check({"products",
         [](const Tensors& in) {
           return Tensors{associative_scan(
               [](const Tensor& a, const Tensor& b) { return matmul(a, b); }, in[0])};
         },
         {Tensor::from(Values{1, 2, 3, 4, 0.5f, 1, 1.5f, 2, 0, 1, 2, 3, 0.1f, 0.2f, 0.3f, 0.4f},
                       {4, 2, 2})},
         {{1, 2, 3, 4, 3.5f, 5, 7.5f, 11, 10, 18.5f, 22, 40.5f, 6.55f, 9.4f, 14.35f, 20.6f}}});
}

TEST(ControlFlowValues, Maps) {
  const auto running = [](const Tensor& x) { return cumsum(x) * max(x); };
  const Values values = {-2.25f, -0.75f, -0.75f, -2.25f, 0,  0.75f,
                         -0.75f, -3,     -1.5f,  -1.5f,  -3, -0.75f};
  const Values gradients = {31.5f, 30, 27, 22.5f, 9.5f, 9, 85.5f, 75, 63, 49.5f, 34.5f, -48.5f};
  check({"map",
         [&](const Tensors& in) { return Tensors{map(running, in[0])}; },
         {rows()},
         {values},
         {gradients}});
  check({"vectorized_map",
         [&](const Tensors& in) { return Tensors{vectorized_map(running, in[0])}; },
         {rows()},
         {values},
         {gradients}});
  check({"two in, two out",
         [](const Tensors& in) {
           return map([](const Tensors& x) { return Tensors{x[0] + x[1], sum(x[0])}; }, in);
         },
         {rows(), Tensor::of<float>({10, 20})},
         {{8.5f, 11, 10, 9, 11.5f, 10.5f, 19.5f, 18.5f, 21, 20, 19, 21.5f}, {0.5f, -0.5f}}});
  check({"products",
         [](const Tensors& in) {
           return vectorized_map([](const Tensors& x) { return Tensors{matmul(x[0], x[1])}; }, in);
         },
         {matrices({1, 2, 3, 4, 2, 3, 4, 5}), matrices({1, 2, 3, 4, 2, 4, 6, 8})},
         {{7, 10, 15, 22, 22, 32, 38, 56}},
         {{5, 11, 11, 25, 34, 78, 46, 106}, {10, 14, 14, 20, 38, 44, 50, 58}}});
}

TEST(ControlFlowValues, Branches) {
  const auto above = [](float limit) {
    return [=](const Tensors& in) {
      const Tensor x = in[0];
      return Tensors{cond(
          greater(sum(x), limit), [&] { return x * x; }, [&] { return sin(x); })};
    };
  };
  check({"true", above(1), {three()}, {{0.25f, 1, 4}}, {{1, -4, 12}}});
  check({"false",
         above(5),
         {three()},
         {{0.4794255f, -0.841471f, 0.9092974f}},
         {{0.8775826f, 1.080605f, -1.248441f}}});
  const auto numbers = [](const Tensors& in) {
    return Tensors{cond(
        in[0], [] { return ones({}); }, [] { return ones({}) * 2; })};
  };
  for (const auto& [pred, expected] : {std::pair{1.f, 1.f}, {0.f, 2.f}, {2.5f, 1.f}})
    check({"a number", numbers, {Tensor(pred)}, {{expected}}});
  const auto choice = [](const Tensors& in) {
    return switch_case(in[0],
                       {[](const Tensors& x) { return Tensors{x[0] + x[1]}; },
                        [](const Tensors& x) { return Tensors{x[0] * x[1]}; },
                        [](const Tensors& x) { return Tensors{x[0] - x[1]}; }},
                       {in[1], in[2]});
  };
  for (const auto& [index, expected] : {std::pair{-5, Values{2.5f, -2, 7}},
                                        {0, Values{2.5f, -2, 7}},
                                        {1, Values{1, 1, 10}},
                                        {2, Values{-1.5f, 0, -3}},
                                        {9, Values{-1.5f, 0, -3}}})
    check({"switch", choice, {full({}, index, DType::kInt32), three(), other_three()}, {expected}});
  check({"switch",
         [&](const Tensors& in) {
           return choice({full({}, 1, DType::kInt32), in[0], in[1]});
         },
         {three(), other_three()},
         {{1, 1, 10}},
         {{2, -2, 15}, {0.5f, -2, 6}}});
}

}  // namespace
}  // namespace keras::ops
