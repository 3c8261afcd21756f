#include "keras/ops/control/scan_op.h"

#include <gtest/gtest.h>

#include <vector>

#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/ops/control_flow.h"
#include "keras/ops/gradient.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"
#include "keras/ops/op_list.h"
#include "keras/random/random.h"
#include "keras/random/seed_generator.h"
#include "tests/support/allocation_count.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::distinct;

/// h' = tanh(x + h·w), y = h' · (h before) and a number from outside.
Tensors recurrence(const Tensors& in, bool reverse) {
  const Tensor h = in[0], xs = in[1], w = in[2];
  const Tensor scale = ops::sum(w) / 4;
  const auto out = ops::scan(
      [&](const Tensors& carry, const Tensors& x) {
        const Tensor next = ops::tanh(x[0] + ops::matmul(carry[0], w));
        return ops::ScanStep{{next}, {next * carry[0] * scale, x[0]}};
      },
      {h}, {xs}, {.reverse = reverse});
  return {out.carry[0], out.ys[0], out.ys[1]};
}

Tensors inputs(std::int64_t length) {
  return {distinct({3, 2}), distinct({length, 3, 2}), distinct({2, 2})};
}

Tensor as_vector(const Tensors& tensors) {
  Tensors parts;
  for (const auto& tensor : tensors) parts.push_back(ops::ravel(tensor));
  return ops::concatenate(parts);
}

void expect_equal(const Tensors& actual, const Tensors& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(actual[i].spec(), expected[i].spec());
    EXPECT_EQ(actual[i].to_vector<double>(), expected[i].to_vector<double>()) << "output " << i;
  }
}

Specs specs_of(const Tensors& tensors) {
  Specs out;
  for (const auto& tensor : tensors) out.push_back(tensor.spec());
  return out;
}

int count_scans(const CompiledFunction& function, const Tensors& arguments) {
  int count = 0;
  for (const auto name : function.executable(specs_of(arguments))->kernel_names())
    count += name == "scan";
  return count;
}

TEST(ScanOp, GivesWhatTheStepsGive) {
  for (const bool reverse : {false, true}) {
    const CompiledFunction compiled([=](const Tensors& in) { return recurrence(in, reverse); });
    const Tensors in = inputs(9);
    expect_equal(compiled(in), recurrence(in, reverse));
    EXPECT_EQ(count_scans(compiled, in), 1);
  }
}

TEST(ScanOp, HasGradients) {
  for (const bool reverse : {false, true}) {
    const CompiledFunction compiled(
        [=](const Tensors& in) { return Tensors{as_vector(recurrence(in, reverse))}; });
    testing::expect_gradients([&](const Tensors& in) { return compiled(in)[0]; }, inputs(5));
  }
}

Tensors gradients_of_recurrence(const Tensors& in) {
  return grad([](const Tensors& x) {
    const Tensors out = recurrence(x, false);
    return ops::sum(out[0] * out[0]) + ops::sum(ops::sin(out[1]));
  })(in);
}

TEST(ScanOp, GradientsAreThoseOfTheSteps) {
  const CompiledFunction compiled(gradients_of_recurrence);
  const Tensors in = inputs(7);
  const Tensors actual = compiled(in), expected = gradients_of_recurrence(in);
  EXPECT_EQ(count_scans(compiled, in), 2);
  for (std::size_t i = 0; i < in.size(); ++i) {
    const auto a = actual[i].to_vector<double>(), b = expected[i].to_vector<double>();
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-13);
  }
}

TEST(ScanOp, HasGradientsOfGradients) {
  const auto second = [](const Tensors& in) {
    return grad([](const Tensors& x) {
      const Tensors first = gradients_of_recurrence(x);
      return ops::sum(ops::sin(as_vector(first)));
    })(in);
  };
  const Tensors in = inputs(4);
  const Tensors actual = CompiledFunction(second)(in), expected = second(in);
  for (std::size_t i = 0; i < in.size(); ++i) {
    const auto a = actual[i].to_vector<double>(), b = expected[i].to_vector<double>();
    for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-11);
  }
}

TEST(ScanOp, GrowsNotWithItsLength) {
  const CompiledFunction compiled(gradients_of_recurrence);
  const auto kernels = [&](std::int64_t length) {
    return compiled.executable(specs_of(inputs(length)))->kernel_names().size();
  };
  EXPECT_EQ(kernels(6), kernels(600));
}

TEST(ScanOp, LeavesOutWhatNobodyUses) {
  const auto last = [](const Tensors& in) { return Tensors{recurrence(in, false)[0]}; };
  const CompiledFunction compiled(last);
  const Tensors in = inputs(6);
  expect_equal(compiled(in), last(in));
  for (const auto& call : compiled.executable(specs_of(in))->graph().calls)
    if (call.op == &ops::scan_op) {
      EXPECT_EQ(call.outputs.size(), 1u);
    }
}

TEST(ScanOp, AllocatesNothingOnceWarm) {
  const CompiledFunction compiled(gradients_of_recurrence);
  const Tensors in = inputs(50);
  Tensors results(3);
  for (int i = 0; i < 3; ++i) compiled.call(in, results);
  const long before = testing::allocation_count();
  compiled.call(in, results);
  EXPECT_EQ(testing::allocation_count(), before);
}

/// A layer's step: products with slices, and a bias.
Tensors dense_recurrence(const Tensors& in, bool reverse) {
  const Tensor h = in[0], xs = in[1], u = in[2], w = in[3], b = in[4];
  const auto out = ops::scan(
      [&](const Tensors& carry, const Tensors& x) {
        const Tensor next =
            ops::tanh(ops::matmul(ops::sin(x[0]) * 2, w) + ops::matmul(carry[0], u) + b);
        return ops::ScanStep{{next}, {next}};
      },
      {h}, {xs}, {.reverse = reverse});
  return {ops::sum(ops::sin(out.ys[0]))};
}

TEST(ScanOp, TakesProductsOutOfTheLoop) {
  const Tensors in = {distinct({3, 2}), distinct({6, 3, 4}), distinct({2, 2}), distinct({4, 2}),
                      distinct({2})};
  for (const bool reverse : {false, true}) {
    const auto f = [=](const Tensors& x) { return dense_recurrence(x, reverse); };
    const auto gradients = [=](const Tensors& x) {
      return grad([=](const Tensors& y) { return f(y)[0]; })(x);
    };
    const CompiledFunction compiled(gradients);
    const Tensors actual = compiled(in), expected = gradients(in);
    for (std::size_t i = 0; i < in.size(); ++i) {
      const auto a = actual[i].to_vector<double>(), b = expected[i].to_vector<double>();
      for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-13) << i;
    }
    const CompiledFunction forward(f);
    testing::expect_gradients([&](const Tensors& x) { return forward(x)[0]; }, in);
    // No weight is summed up step by step.
    for (const auto& call : compiled.executable(specs_of(in))->graph().calls) {
      if (call.op != &ops::scan_op) continue;
      EXPECT_LE(call.attrs.as<ops::ScanAttrs>().carries, 1);
    }
  }
}

TEST(ScanOp, CarriesAssignedVariables) {
  const auto draw = [](const random::SeedGenerator& seed, const Variable& count) {
    return [=](const Tensors& in) {
      const auto out = ops::scan(
          [&](const Tensors& carry, const Tensors& x) {
            count.assign(count.value() + 1);
            const Tensor noise = random::normal({2}, {.dtype = "float64", .seed = seed});
            return ops::ScanStep{{carry[0] + x[0] * noise * count.value()}, {noise}};
          },
          {ops::zeros({2}, DType::kFloat64)}, {in[0]});
      const auto gradient = grad([&](const Tensor& x) {
        return ops::sum(ops::scan(
                            [&](const Tensors& carry, const Tensors& slice) {
                              const Tensor noise =
                                  random::normal({2}, {.dtype = "float64", .seed = seed});
                              return ops::ScanStep{{ops::sin(carry[0]) + slice[0] * noise}, {}};
                            },
                            {ops::zeros({2}, DType::kFloat64)}, {x})
                            .carry[0]);
      })(in[0]);
      return Tensors{out.carry[0], out.ys[0], gradient};
    };
  };
  const random::SeedGenerator a(5), b(5);
  const Variable count_a(ops::zeros({})), count_b(ops::zeros({}));
  const CompiledFunction compiled(draw(a, count_a));
  const Tensors in = {distinct({6, 2})};
  for (int run = 0; run < 2; ++run) {
    const Tensors actual = compiled(in), expected = draw(b, count_b)(in);
    for (std::size_t i = 0; i < actual.size(); ++i) {
      const auto x = actual[i].to_vector<double>(), y = expected[i].to_vector<double>();
      for (std::size_t k = 0; k < x.size(); ++k) EXPECT_NEAR(x[k], y[k], 1e-13) << i;
    }
    EXPECT_EQ(count_a.value().item<float>(), count_b.value().item<float>());
    EXPECT_EQ(a.state().value().to_vector<int>(), b.state().value().to_vector<int>());
  }
  EXPECT_EQ(count_scans(compiled, in), 3);
}

TEST(ScanOp, VariablesThatAreReadHaveGradients) {
  const Variable w(distinct({2, 2}));
  const auto step = [&](const Tensors& in) {
    const auto [loss, gradients] = value_and_grad(
        [&] {
          return ops::sum(recurrence({in[0], in[1], w.value()}, false)[1]);
        },
        {w});
    return Tensors{loss, gradients[0]};
  };
  const auto inside = [&](const Tensors& in) {
    const auto [loss, gradients] = value_and_grad(
        [&] {
          const auto out = ops::scan(
              [&](const Tensors& carry, const Tensors& x) {
                const Tensor next = ops::tanh(x[0] + ops::matmul(carry[0], w));
                return ops::ScanStep{{next}, {next * carry[0] * (ops::sum(w.value()) / 4)}};
              },
              {in[0]}, {in[1]});
          return ops::sum(out.ys[0]);
        },
        {w});
    return Tensors{loss, gradients[0]};
  };
  const Tensors in = {distinct({3, 2}), distinct({5, 3, 2})};
  const Tensors expected = step(in);
  for (const Tensors& actual : {CompiledFunction(step)(in), CompiledFunction(inside)(in)})
    for (std::size_t i = 0; i < 2; ++i) {
      const auto a = actual[i].to_vector<double>(), b = expected[i].to_vector<double>();
      for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-13);
    }
}

TEST(ScanOp, LoopsStandInLoops) {
  const auto nested = [](const Tensors& in) {
    const auto out = ops::scan(
        [](const Tensors& carry, const Tensors& x) {
          const auto inner = ops::scan(
              [&](const Tensors& c, const Tensors& element) {
                return ops::ScanStep{{ops::sin(c[0]) + element[0] * carry[0]}, {c[0]}};
              },
              {carry[0]}, {x[0]});
          return ops::ScanStep{{inner.carry[0]}, {ops::sum(inner.ys[0], {.axis = 0})}};
        },
        {in[0]}, {in[1]});
    return Tensors{out.carry[0], out.ys[0]};
  };
  const Tensors in = {distinct({2}), distinct({5, 4, 2})};
  expect_equal(CompiledFunction(nested)(in), nested(in));
  const CompiledFunction flat([&](const Tensors& x) { return Tensors{as_vector(nested(x))}; });
  testing::expect_gradients([&](const Tensors& x) { return flat(x)[0]; }, in);
}

TEST(ScanOp, ComputesWhatIsConstantOnce) {
  const Tensor table = ops::reshape(ops::arange(10000), {100, 100});
  const auto f = [&](const Tensors& in) {
    const auto out = ops::scan(
        [&](const Tensors& carry, const Tensors& x) {
          const Tensor rows =
              ops::sum(ops::flip(ops::cast(table, DType::kFloat64), {.axis = 0}), {.axis = 1});
          return ops::ScanStep{{carry[0] + x[0] * ops::sum(rows)}, {}};
        },
        {ops::zeros({}, DType::kFloat64)}, {in[0]});
    return out.carry;
  };
  const Tensors in = {distinct({5})};
  expect_equal(CompiledFunction(f)(in), f(in));
}

TEST(ScanOp, WrittenGradientsKeepTheStepsApart) {
  const auto doubled = ops::custom_gradient([](const Tensors& in) {
    return ops::ValueWithGradient{in[0] * 2,
                                  [x = in[0]](const Tensor& dy) { return Tensors{dy * x}; }};
  });
  const auto f = [&](const Tensors& in) {
    return grad([&](const Tensor& x) {
      return ops::sum(ops::scan(
                          [&](const Tensors& carry, const Tensors& slice) {
                            return ops::ScanStep{{carry[0] + doubled({slice[0]})}, {}};
                          },
                          {ops::zeros({2}, DType::kFloat64)}, {x})
                          .carry[0]);
    })(in[0]);
  };
  const CompiledFunction compiled([&](const Tensors& in) { return Tensors{f(in)}; });
  const Tensor x = distinct({5, 2});
  EXPECT_EQ(compiled({x})[0].to_vector<double>(), x.to_vector<double>());
}

}  // namespace
}  // namespace keras
