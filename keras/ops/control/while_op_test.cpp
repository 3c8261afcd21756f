#include "keras/ops/control/while_op.h"

#include <gtest/gtest.h>

#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/core.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using keras::testing::expect_error;

Tensor below(const Tensors& v) { return less(sum(v[0]), 10); }
Tensors doubled(const Tensors& v) { return {v[0] * 2}; }

/// (x) → x doubled while its sum is below 10, in a compiled function.
CompiledFunction doubling(std::int64_t maximum) {
  return CompiledFunction(
      [=](const Tensors& in) { return *traced_while(below, doubled, in, maximum); });
}

TEST(WhileOp, IsOneCallWhateverTheTurns) {
  const CompiledFunction f = doubling(-1);
  const Tensor x = ones({2});
  EXPECT_EQ(f({x})[0].to_vector<float>(), (std::vector<float>{8, 8}));
  EXPECT_EQ(f({x * 100})[0].to_vector<float>(), (std::vector<float>{100, 100})) << "no turn";
  int loops = 0;
  for (const auto& call : f.executable({x.spec()})->graph().calls) loops += call.op == &while_op;
  EXPECT_EQ(loops, 1);
}

TEST(WhileOp, MakesNoMoreTurnsThanItMay) {
  for (const auto& [maximum, expected] : {std::pair{0, 1.f}, {1, 2.f}, {2, 4.f}, {9, 8.f}})
    EXPECT_EQ(doubling(maximum)({ones({2})})[0].to_vector<float>()[0], expected);
}

TEST(WhileOp, TakesAnyNumberAsTheCondition) {
  const CompiledFunction f([](const Tensors& in) {
    return *traced_while([](const Tensors& v) { return v[0]; },
                         [](const Tensors& v) {
                           return Tensors{v[0] - 1, v[1] * 3};
                         },
                         {in[0], ones_like(in[0])}, -1);
  });
  EXPECT_EQ(f({Tensor(4.0f)})[1].item<float>(), 81);
}

TEST(WhileOp, IsNoneWhereATurnChangesWhatItCarries) {
  const engine::Trace scope(engine::Trace::Mode::kCompile);
  const Tensor x = engine::make_placeholder({Shape{2}, DType::kFloat32});
  const auto with = [&](const std::function<Tensors(const Tensors&)>& body) {
    return traced_while(below, body, {x}, -1).has_value();
  };
  EXPECT_TRUE(with(doubled));
  EXPECT_FALSE(with([](const Tensors& v) { return Tensors{concatenate({v[0], v[0]})}; }));
  EXPECT_FALSE(with([](const Tensors& v) { return Tensors{cast(v[0], DType::kFloat64)}; }));
  EXPECT_FALSE(with([](const Tensors& v) { return Tensors{v[0], v[0]}; }));
  EXPECT_FALSE(
      traced_while([](const Tensors& v) { return less(v[0], 10); }, doubled, {x}, -1).has_value())
      << "a condition of two numbers";
}

TEST(WhileOp, LeavesVariablesOfAFailedTryAlone) {
  const Variable count(zeros({}));
  const CompiledFunction f([&](const Tensors& in) {
    const auto out = traced_while(
        below,
        [&](const Tensors& v) {
          count.assign(count.value() + 1);
          return Tensors{concatenate({v[0], v[0]})};
        },
        in, -1);
    return Tensors{out ? Tensor(1) : Tensor(0)};
  });
  EXPECT_EQ(f({ones({2})})[0].item<int>(), 0);
  EXPECT_EQ(count.value().item<float>(), 0);
}

TEST(WhileOp, ChecksWhatItIsGiven) {
  const engine::Trace scope(engine::Trace::Mode::kCompile);
  const Tensor x = engine::make_placeholder({Shape{2}, DType::kFloat32});
  const auto body = std::make_shared<const Subgraph>(Subgraph{{x}, {x * 2, Tensor(true)}});
  const WhileAttrs attrs{.body = body};
  const auto call = [&](Tensors in) { emit_all(while_op, std::move(in), attrs); };
  call({ones({2}), Tensor(true)});
  expect_error<ShapeError>([&] { call({ones({2})}); }, "While: 1 inputs for 1 parameters");
  expect_error<ShapeError>([&] { call({ones({2}), Tensor(1)}); }, "and a condition");
  expect_error<ShapeError>([&] { call({ones({3}), Tensor(true)}); }, "While: input 0 must be");
}

/// x² + c while the sum is small.
Tensor squares(const Tensors& in, std::int64_t maximum) {
  const Tensor c = in[1];
  return (*traced_while([](const Tensors& v) { return less(sum(v[0]), 3); },
                        [&](const Tensors& v) { return Tensors{v[0] * v[0] + c}; }, {in[0]},
                        maximum))[0];
}

TEST(WhileOp, HasGradientsOfTheTurnsThatWereMade) {
  for (const std::int64_t maximum : {0, 1, 3, 7}) {
    const CompiledFunction f([&](const Tensors& in) { return Tensors{squares(in, maximum)}; });
    keras::testing::expect_gradients(
        [&](const Tensors& in) { return f(in)[0]; },
        {Tensor::of<double>({0.3, 0.4, 0.1}), Tensor(full({}, 0.35, DType::kFloat64))});
  }
}

TEST(WhileOp, HasNoGradientsWithoutABound) {
  const CompiledFunction f([](const Tensors& given) {
    return grad([](const Tensors& in) { return sum(squares(in, -1)); })(given);
  });
  expect_error<ValueError>(
      [&] {
        f({ones({3}) / 10, full({}, 0.5)});
      },
      "it has gradients only with `maximum_iterations`");
}

}  // namespace
}  // namespace keras::ops
