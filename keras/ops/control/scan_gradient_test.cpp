#include "keras/ops/control/scan_gradient.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/ops/control_flow.h"
#include "keras/ops/core.h"
#include "keras/ops/gradient.h"
#include "keras/ops/linalg.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using keras::testing::distinct;
using keras::testing::expect_gradients;

constexpr std::int64_t kSteps = 5;

Tensor as_vector(const Tensors& tensors) {
  Tensors parts;
  for (const auto& tensor : tensors) parts.push_back(ravel(tensor));
  return concatenate(parts);
}

/// Inside a compiled function the loop is one call, whose gradient is checked.
void expect_loop_gradients(const std::function<Tensors(const Tensors&)>& loop,
                           const Tensors& inputs) {
  const CompiledFunction compiled([&](const Tensors& in) { return Tensors{as_vector(loop(in))}; });
  Specs specs;
  for (const auto& x : inputs) specs.push_back(x.spec());
  int scans = 0;
  for (const auto name : compiled.executable(specs)->kernel_names()) scans += name == "scan";
  EXPECT_EQ(scans, 1);
  expect_gradients([&](const Tensors& in) { return compiled(in)[0]; }, inputs);
}

TEST(ScanGradient, OfCarriesAlone) {
  expect_loop_gradients(
      [](const Tensors& in) {
        return scan(
                   [](const Tensors& carry, const Tensors&) {
                     return ScanStep{{sin(carry[0]) + carry[1], carry[0] * carry[1]}, {}};
                   },
                   {in[0], in[1]}, {}, {.length = kSteps})
            .carry;
      },
      {distinct({3}), distinct({3}) / 3});
}

TEST(ScanGradient, OfYsAlone) {
  for (const bool reverse : {false, true})
    expect_loop_gradients(
        [=](const Tensors& in) {
          return scan(
                     [](const Tensors& carry, const Tensors& x) {
                       return ScanStep{{carry[0] * x[0]}, {sin(carry[0]), carry[0] * x[1]}};
                     },
                     {in[0]}, {in[1], in[2]}, {.reverse = reverse})
              .ys;
        },
        {distinct({2}), distinct({kSteps, 2}), distinct({kSteps, 2})});
}

TEST(ScanGradient, OfWhatStaysTheSame) {
  // One capture depends on the other, and both also on their own.
  expect_loop_gradients(
      [](const Tensors& in) {
        const Tensor w = in[1], norm = sqrt(sum(w * w));
        const auto out = scan(
            [&](const Tensors& carry, const Tensors& x) {
              const Tensor next = tanh(matmul(carry[0], w) / norm + matmul(x[0], w));
              return ScanStep{{next}, {next * norm}};
            },
            {in[0]}, {in[2]});
        return Tensors{out.carry[0], out.ys[0]};
      },
      {distinct({3, 2}), distinct({2, 2}), distinct({kSteps, 3, 2})});
}

TEST(ScanGradient, PassesWhatHasNone) {
  // A count, a carry that nothing reaches, and an x that is rounded.
  expect_loop_gradients(
      [](const Tensors& in) {
        const auto out = scan(
            [](const Tensors& carry, const Tensors& x) {
              const Tensor turn = cast(carry[1], DType::kFloat64);
              return ScanStep{{carry[0] * x[0] + turn, carry[1] + 1, carry[2] * 2 + floor(x[0])},
                              {}};
            },
            {in[0], cast(Tensor(1), DType::kInt32), in[1]}, {in[2]});
        return Tensors{out.carry[0]};
      },
      {distinct({2}), distinct({2}), distinct({kSteps, 2})});
}

TEST(ScanGradient, OfCarriesThatAreHandedOn) {
  expect_loop_gradients(
      [](const Tensors& in) {
        const auto out = scan(
            [](const Tensors& carry, const Tensors& x) {
              return ScanStep{{carry[1], carry[2], carry[0] * x[0]}, {carry[0]}};
            },
            {in[0], in[1], in[2]}, {in[3]});
        return Tensors{out.carry[0], out.carry[2], out.ys[0]};
      },
      {distinct({2}), distinct({2}) / 2, distinct({2}) * 2, distinct({kSteps, 2})});
}

/// A scan of a body that is given, with some carries kept: (w, h, x…) → (h, y, kept h).
Tensors raw_scan(const Tensors& in, bool keeps) {
  Subgraph body;
  for (int i = 0; i < 3; ++i)
    body.parameters.push_back(engine::make_placeholder({Shape{2}, DType::kFloat64}));
  const Tensor &w = body.parameters[0], &h = body.parameters[1], &x = body.parameters[2];
  const Tensor next = sin(h * w) + x;
  body.results = {next, next * h};
  return emit_all(scan_op, in,
                  ScanAttrs{.body = std::make_shared<const Subgraph>(std::move(body)),
                            .length = kSteps,
                            .captures = 1,
                            .carries = 1,
                            .x_backwards = {false},
                            .y_backwards = {true},
                            .keeps = {keeps}});
}

TEST(ScanGradient, OfCarriesThatAreKept) {
  expect_loop_gradients([](const Tensors& in) { return raw_scan(in, true); },
                        {distinct({2}), distinct({2}) / 2, distinct({kSteps, 2})});
}

TEST(ScanGradient, OfScansThatKeptNothing) {
  expect_loop_gradients([](const Tensors& in) { return raw_scan(in, false); },
                        {distinct({2}), distinct({2}) / 2, distinct({kSteps, 2})});
}

TEST(ScanGradient, AddsUpWeightsOfAllStepsAtOnce) {
  const CompiledFunction step([](const Tensors& in) {
    return grad([&](const Tensors& given) {
      const auto out = scan(
          [&](const Tensors& carry, const Tensors& x) {
            const Tensor next =
                tanh(matmul(carry[0], given[0]) + matmul(x[0], given[1]) + given[2]);
            return ScanStep{{next}, {next}};
          },
          {in[3]}, {in[4]});
      return sum(out.ys[0]);
    })({in[0], in[1], in[2]});
  });
  const Tensors in = {distinct({4, 4}), distinct({3, 4}), distinct({4}), distinct({2, 4}),
                      distinct({kSteps, 2, 3})};
  Specs specs;
  for (const auto& x : in) specs.push_back(x.spec());
  // In the loop of the gradient there is the state's product alone, with the weights as they are.
  const auto is_product = [](const engine::Op* op) { return op == &matmul_op; };
  int loops = 0;
  for (const auto& call : step.executable(specs)->graph().calls) {
    if (call.op != &scan_op) continue;
    ++loops;
    EXPECT_LE(tensors_of(call.attrs.as<ScanAttrs>().body->results, is_product).size(), 1u);
  }
  EXPECT_EQ(loops, 2);
  expect_gradients([&](const Tensors& given) { return as_vector(step(given)); }, in, 1e-5);
}

}  // namespace
}  // namespace keras::ops
