#include "keras/ops/control_flow.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/layers/core/input_layer.h"
#include "keras/ops/core.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;
using Function = std::function<Tensor(const Tensor&)>;

/// Outside of compiled functions and inside.
std::vector<Function> both_ways(const Function& function) { return {function, compile(function)}; }

TEST(Cond, TakesOneBranch) {
  for (const Function& f : both_ways([](const Tensor& x) {
         return ops::cond(
             ops::greater(x, 0), [&] { return x * 2; }, [&] { return x - 1; });
       })) {
    expect_values(f(Tensor(3.0f)), {}, {6});
    expect_values(f(Tensor(-3.0f)), {}, {-4});
  }
  bool ran = false;
  ops::cond(
      Tensor(true), [] { return Tensor(1); },
      [&] {
        ran = true;
        return Tensor(2);
      });
  EXPECT_FALSE(ran);
}

TEST(Cond, SaysWhatDoesNotFit) {
  expect_error<ShapeError>(
      [] {
        ops::cond(
            ops::ones({2}), [] { return Tensor(1); }, [] { return Tensor(2); });
      },
      "cond: `pred` must be a scalar, received shape (2,)");
  const auto uneven = compile([](const Tensor& x) {
    return ops::cond(
        ops::greater(ops::sum(x), 0), [&] { return x; }, [&] { return ops::sum(x); });
  });
  expect_error<ShapeError>([&] { uneven(ops::ones({2})); },
                           "the branches' outputs must be of one shape");
}

TEST(Switch, TakesTheNearestBranch) {
  for (const Function& f : both_ways([](const Tensor& index) {
         const std::vector<std::function<Tensors(const Tensors&)>> branches = {
             [](const Tensors& in) { return Tensors{in[0] + 1}; },
             [](const Tensors& in) { return Tensors{in[0] * 2}; },
             [](const Tensors& in) { return Tensors{in[0] * 3}; }};
         return ops::switch_case(index, branches, {ops::ones({1}) * 5})[0];
       })) {
    for (const auto& [index, value] :
         {std::pair{-3, 6.f}, {0, 6.f}, {1, 10.f}, {2, 15.f}, {7, 15.f}})
      expect_values(f(ops::full({}, index, DType::kInt32)), {1}, {value});
  }
  expect_error<ValueError>([] { ops::switch_case(0, {}, {}); }, "there are no branches");
}

Tensor halvings(const Tensor& x, ops::WhileLoopOptions options) {
  return ops::while_loop([](const Tensors& v) { return ops::greater(v[0], 1); },
                         [](const Tensors& v) {
                           return Tensors{v[0] / 2, v[1] + 1};
                         },
                         {x, ops::zeros_like(x)}, options)[1];
}

TEST(WhileLoop, GoesOnWhileTheConditionHolds) {
  EXPECT_EQ(halvings(Tensor(20.0f), {}).item<int>(), 5);
  for (const Function& f :
       both_ways([](const Tensor& x) { return halvings(x, {.maximum_iterations = 8}); }))
    EXPECT_EQ(f(Tensor(20.0f)).item<int>(), 5);
  EXPECT_EQ(halvings(Tensor(20.0f), {.maximum_iterations = 3}).item<int>(), 3);
}

TEST(WhileLoop, EndsByItsDataInCompiledFunctions) {
  const auto compiled = compile([](const Tensor& x) { return halvings(x, {}); });
  EXPECT_EQ(compiled(Tensor(20.0f)).item<int>(), 5);
  EXPECT_EQ(compiled(Tensor(1e30f)).item<int>(), 100);
  EXPECT_EQ(compiled(Tensor(0.5f)).item<int>(), 0);
}

/// x² while the sum is small; how often it is assigned, and a number from outside.
Tensors squares(const Tensors& in, const Variable& count, ops::WhileLoopOptions options) {
  const Tensor limit = in[1] * 3;
  return ops::while_loop([&](const Tensors& v) { return ops::less(ops::sum(v[0]), limit); },
                         [&](const Tensors& v) {
                           count.assign(count.value() + 1);
                           return Tensors{v[0] * v[0] + in[1], v[1]};
                         },
                         {in[0], ops::sin(in[0])}, options);
}

TEST(WhileLoop, CarriesAssignedVariables) {
  const Variable here(ops::zeros({})), there(ops::zeros({}));
  const CompiledFunction compiled([&](const Tensors& in) { return squares(in, here, {}); });
  for (const double limit : {1.5, 4.0}) {
    const Tensors in = {testing::distinct({3}), ops::full({}, limit, DType::kFloat64)};
    const Tensors actual = compiled(in), expected = squares(in, there, {});
    for (std::size_t i = 0; i < 2; ++i)
      EXPECT_EQ(actual[i].to_vector<double>(), expected[i].to_vector<double>());
    EXPECT_GT(there.value().item<float>(), 0);
    EXPECT_EQ(here.value().item<float>(), there.value().item<float>());
  }
}

TEST(WhileLoop, HasGradientsUpToABound) {
  const Variable count(ops::zeros({}));
  const auto sum = [&](const Tensors& in, ops::WhileLoopOptions options) {
    const Tensors out = squares(in, count, options);
    return Tensors{ops::concatenate({out[0], out[1]})};
  };
  const CompiledFunction bounded(
      [&](const Tensors& in) { return sum(in, {.maximum_iterations = 6}); });
  testing::expect_gradients([&](const Tensors& in) { return bounded(in)[0]; },
                            {testing::distinct({3}), ops::full({}, 1.5, DType::kFloat64)});
  const auto unbounded = compile([&](const Tensor& x) {
    return grad([&](const Tensor& y) {
      return ops::sum(sum({y, ops::full({}, 1.5, DType::kFloat64)}, {})[0]);
    })(x);
  });
  expect_error<ValueError>([&] { unbounded(testing::distinct({3})); },
                           "it has gradients only with `maximum_iterations`");
}

TEST(ForiLoop, CountsUp) {
  const auto body = [](std::int64_t i, const Tensor& x) { return x * 2 + i; };
  expect_values(ops::fori_loop(1, 4, body, Tensor(1.0f)), {}, {19});
  expect_values(ops::fori_loop(4, 4, body, Tensor(1.0f)), {}, {1});
}

TEST(ForiLoop, IsOneOperationWithATensorAsTheCount) {
  for (const Function& f : both_ways([](const Tensor& x) {
         return ops::fori_loop(
             1, 9, [](const Tensor& i, const Tensor& y) { return y * 2 + ops::cast(i, y.dtype()); },
             x);
       }))
    expect_values(f(Tensor(1.0f)), {}, {758});
  const CompiledFunction compiled([](const Tensors& in) {
    return Tensors{ops::fori_loop(
        0, 500, [](const Tensor& i, const Tensor& y) { return y + ops::cast(i, y.dtype()); },
        in[0])};
  });
  const Tensor x = ops::ones({2});
  EXPECT_LT(compiled.executable({x.spec()})->kernel_names().size(), 5u);
  expect_values(compiled({x})[0], {2}, {124751, 124751});
}

ops::ScanStep step(const Tensors& carry, const Tensors& x) {
  return {{carry[0] * 2 + x[0]}, {carry[0] - x[0]}};
}

TEST(Scan, GivesKerasValues) {
  const Tensor xs = Tensor::of<float>({1, 2, 3, 4});
  const auto back = ops::scan(step, {ops::ones({})}, {xs}, {.reverse = true});
  expect_values(back.carry[0], {}, {65});
  expect_values(back.ys[0], {4}, {31, 13, 3, -3});
  const auto counted = ops::scan(
      [](const Tensors& carry, const Tensors&) {
        return ops::ScanStep{{carry[0] + 1}, {carry[0]}};
      },
      {ops::zeros({})}, {}, {.length = 3});
  expect_values(counted.ys[0], {3}, {0, 1, 2});
}

TEST(Scan, HasGradients) {
  expect_gradients(
      [](const Tensors& in) {
        const auto out = ops::scan(step, {ops::sin(in[0])}, {in[1]});
        return ops::concatenate({ops::ravel(out.carry[0]), ops::ravel(out.ys[0])});
      },
      {testing::distinct({2}), testing::distinct({3, 2})});
}

TEST(Scan, SaysWhatDoesNotFit) {
  const auto grows = [](const Tensors& carry, const Tensors&) {
    return ops::ScanStep{{ops::stack({carry[0], carry[0]})}, {}};
  };
  expect_error<ShapeError>([&] { ops::scan(grows, {Tensor(1.0f)}, {ops::ones({2})}); },
                           "the carry must keep its shape and dtype");
  expect_error<ShapeError>(
      [] {
        ops::scan(step, {Tensor(1.0f)}, {ops::ones({2}), ops::ones({3})});
      },
      "one length along axis 0, received 2 and 3");
  expect_error<ValueError>([] { ops::scan(step, {Tensor(1.0f)}, {}); }, "`length`");
}

TEST(AssociativeScan, GivesKerasValues) {
  const Tensor x = Tensor::of<float>({1, 2, 3, 4, 5});
  const auto sum = [](const Tensor& a, const Tensor& b) { return a + b; };
  expect_values(ops::associative_scan(sum, x), {5}, {1, 3, 6, 10, 15});
  expect_values(ops::associative_scan(sum, x, {.reverse = true}), {5}, {15, 14, 12, 9, 5});
  // y[t] = a[t] y[t - 1] + b[t]: the order of the operands matters.
  const Tensors out = ops::associative_scan(
      [](const Tensors& first, const Tensors& second) {
        return Tensors{first[0] * second[0], first[1] * second[0] + second[1]};
      },
      Tensors{ops::reshape(x, {1, 5}), ops::ones({1, 5})}, {.axis = 1});
  expect_values(out[1], {1, 5}, {1, 3, 10, 41, 206});
}

TEST(Map, StacksWhatTheFunctionGives) {
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 3, 4}, {2, 2});
  const Function total = [](const Tensor& row) { return ops::sum(row); };
  expect_values(ops::map(total, x), {2}, {3, 7});
  expect_values(ops::vectorized_map(total, x), {2}, {3, 7});
  EXPECT_EQ(ops::map(
                [](const Tensors& in) {
                  return Tensors{in[0], in[1] * 2};
                },
                Tensors{x, x})[1]
                .shape(),
            (Shape{2, 2}));
  expect_error<ShapeError>([&] { ops::map(total, Tensor(Input({3}))); }, "must be known");
}

}  // namespace
}  // namespace keras
