#include "keras/ops/control/written_gradient.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/control_flow.h"
#include "keras/ops/core.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "keras/ops/special.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using keras::testing::distinct;
using Function = std::function<Tensors(const Tensors&)>;

/// sin(x · y), whose gradients are said to be sin(x) · y and 3 x².
Tensor odd_product(const Tensor& x, const Tensor& y) {
  return custom_gradient([](const Tensors& in) {
    const Tensor a = in[0], b = in[1], inside = sin(a);
    return ValueWithGradient{sin(a * b), [=](const Tensor& upstream) {
                               return Tensors{upstream * inside * b, upstream * a * a * 3};
                             }};
  })({x, y});
}

/// Rounds, and lets the gradient through.
Tensor straight_through(const Tensor& x) {
  return custom_gradient([](const Tensors& in) {
    return ValueWithGradient{round(in[0]),
                             [](const Tensor& upstream) { return Tensors{upstream}; }};
  })({x});
}

Scanned scan_of_products(const Tensors& in) {
  return scan(
      [&](const Tensors& carry, const Tensors& x) {
        const Tensor next = sin(odd_product(carry[0], x[0]) + straight_through(carry[0] * in[2]));
        return ScanStep{{next}, {next * x[0]}};
      },
      {in[0]}, {in[1]});
}

Function gradient_of(const Function& function) {
  return grad([=](const Tensors& in) {
    Tensor total = zeros({}, DType::kFloat64);
    for (const auto& result : function(in)) total = total + sum(sin(result));
    return total;
  });
}

int count(const CompiledFunction& function, const Tensors& in, std::string_view name) {
  Specs specs;
  for (const auto& x : in) specs.push_back(x.spec());
  int found = 0;
  for (const auto kernel : function.executable(specs)->kernel_names()) found += kernel == name;
  return found;
}

/// Compiled, the function is so many loops, and gives what it gives step by step.
void expect_loops(const Function& function, const Tensors& in, int loops,
                  std::string_view name = "scan") {
  const CompiledFunction compiled(function);
  EXPECT_EQ(count(compiled, in, name), loops);
  const Tensors actual = compiled(in), expected = function(in);
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const auto a = actual[i].to_vector<double>(), b = expected[i].to_vector<double>();
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t k = 0; k < a.size(); ++k)
      EXPECT_NEAR(a[k], b[k], 1e-11 * std::max(1.0, std::abs(b[k]))) << "result " << i;
  }
}

Tensors inputs() { return {distinct({3}) / 2, distinct({6, 3}), distinct({3})}; }

TEST(WrittenGradient, LoopsAreOneOperation) {
  const Function f = [](const Tensors& in) {
    const Scanned out = scan_of_products(in);
    return Tensors{out.carry[0], out.ys[0]};
  };
  expect_loops(f, inputs(), 1);
  expect_loops(gradient_of(f), inputs(), 2);
}

TEST(WrittenGradient, OfLoopsInLoops) {
  const Function f = [](const Tensors& in) {
    return scan(
               [&](const Tensors& carry, const Tensors& x) {
                 const Scanned inner = scan_of_products({carry[0], in[1] + x[0], in[2]});
                 return ScanStep{{straight_through(inner.carry[0]) + x[0]}, {}};
               },
               {in[0]}, {in[1]})
        .carry;
  };
  expect_loops(f, inputs(), 1);
  expect_loops(gradient_of(f), inputs(), 2);
}

TEST(WrittenGradient, HasGradients) {
  const Function f = [](const Tensors& in) { return scan_of_products(in).carry; };
  expect_loops(gradient_of(gradient_of(f)), inputs(),
               count(CompiledFunction(gradient_of(gradient_of(f))), inputs(), "scan"));
  EXPECT_GT(count(CompiledFunction(gradient_of(gradient_of(f))), inputs(), "scan"), 2);
}

TEST(WrittenGradient, ReadsVariables) {
  const Variable scale(distinct({3}));
  const Function f = [&](const Tensors& in) {
    return scan(
               [&](const Tensors& carry, const Tensors& x) {
                 const auto scaled = custom_gradient([&](const Tensors& given) {
                   return ValueWithGradient{sin(given[0]), [&](const Tensor& upstream) {
                                              return Tensors{upstream * scale.value()};
                                            }};
                 });
                 return ScanStep{{scaled({carry[0]}) + x[0]}, {}};
               },
               {in[0]}, {in[1]})
        .carry;
  };
  expect_loops(gradient_of(f), inputs(), 2);
  scale.assign(scale.value() * 3);
  expect_loops(gradient_of(f), inputs(), 2);
}

TEST(WrittenGradient, OfValuesThatVariablesAreAssigned) {
  const Variable sum_here(zeros({3}, DType::kFloat64)), sum_there(zeros({3}, DType::kFloat64));
  const auto f = [](const Variable& total) {
    return [total](const Tensors& in) {
      return scan(
                 [&](const Tensors& carry, const Tensors& x) {
                   total.assign(total.value() + odd_product(carry[0], x[0]));
                   return ScanStep{{carry[0] + x[0]}, {}};
                 },
                 {in[0]}, {in[1]})
          .carry;
    };
  };
  const CompiledFunction compiled(f(sum_here));
  compiled(inputs());
  f(sum_there)(inputs());
  EXPECT_EQ(sum_here.value().to_vector<double>(), sum_there.value().to_vector<double>());
  EXPECT_EQ(count(compiled, inputs(), "scan"), 1);
}

TEST(WrittenGradient, MayLeaveArgumentsOut) {
  const Function f = [](const Tensors& in) {
    const auto half = custom_gradient([](const Tensors& given) {
      return ValueWithGradient{given[0] * given[1], [a = given[0]](const Tensor& upstream) {
                                 return Tensors{Tensor(), upstream * a};
                               }};
    });
    return scan(
               [&](const Tensors& carry, const Tensors& x) {
                 return ScanStep{{half({x[0], carry[0]})}, {}};
               },
               {in[0]}, {in[1]})
        .carry;
  };
  expect_loops(gradient_of(f), inputs(), 2);
}

TEST(WrittenGradient, OfWhileLoops) {
  const Function f = [](const Tensors& in) {
    return while_loop(
        [](const Tensors& v) { return less(sum(abs(v[0])), 20); },
        [&](const Tensors& v) { return Tensors{odd_product(v[0], in[2]) + v[0] * 2}; }, {in[0]},
        {.maximum_iterations = 9});
  };
  expect_loops(f, inputs(), 1, "while");
  expect_loops(gradient_of(f), inputs(), 1, "while");
}

TEST(WrittenGradient, LoopsOfGradientsInGradientsAreUnrolled) {
  // The inverse error function's gradient is written with itself.
  const Function f = [](const Tensors& in) {
    return scan(
               [](const Tensors& carry, const Tensors& x) {
                 return ScanStep{{erfinv(sin(carry[0] + x[0]) / 2)}, {}};
               },
               {in[0]}, {in[1]})
        .carry;
  };
  expect_loops(gradient_of(f), inputs(), 0);
}

TEST(WrittenGradient, LoopsOfGradientsThatRefuseAreUnrolled) {
  const Function f = [](const Tensors& in) {
    const auto never = custom_gradient([](const Tensors& given) {
      return ValueWithGradient{sin(given[0]), [](const Tensor&) -> Tensors {
                                 throw ValueError("there is no gradient");
                               }};
    });
    return scan(
               [&](const Tensors& carry, const Tensors& x) {
                 return ScanStep{{never({carry[0]}) + x[0]}, {}};
               },
               {in[0]}, {in[1]})
        .carry;
  };
  expect_loops(f, inputs(), 0);
  keras::testing::expect_error<ValueError>([&] { CompiledFunction(gradient_of(f))(inputs()); },
                                           "there is no gradient");
}

}  // namespace
}  // namespace keras::ops
