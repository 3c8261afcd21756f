#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <vector>

#include "keras/engine/graph/graph.h"
#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras {
namespace {

std::vector<float> values(const Tensor& x) { return x.to_vector<float>(); }

const Specs kColumn = {{{3, 1}, DType::kFloat32}};
Tensor column(float a, float b, float c) {
  return Tensor::from(std::vector<float>{a, b, c}, {3, 1});
}
Variable number(float value) { return Variable(Tensor::from(std::vector<float>{value}, {1, 1})); }

/// x exp(v) + v for a variable v.
CompiledFunction scaling(const Variable& v) {
  return CompiledFunction([v](const Tensors& in) {
    return Tensors{ops::matmul(in[0], ops::exp(v.value())) + v.value()};
  });
}

TEST(HoistVariableWork, DoesItOnce) {
  const Variable v = number(0);
  const CompiledFunction f = scaling(v);
  const auto executable = f.executable(kColumn);
  const engine::Graph& graph = executable->graph();
  ASSERT_TRUE(graph.prologue) << engine::print_graph(graph);
  ASSERT_EQ(graph.prologue->calls.size(), 1U);
  EXPECT_EQ(graph.prologue->calls[0].op->name, "exp");
  EXPECT_EQ(graph.arguments.size(), 2U);
  EXPECT_EQ(graph.variables.size(), 1U) << "the variable is read in each run, too";
  const Tensor x = column(2, 3, 4);
  EXPECT_EQ(values(f({x})[0]), (std::vector<float>{2, 3, 4}));
  EXPECT_EQ(values(f({x})[0]), (std::vector<float>{2, 3, 4}));
}

TEST(HoistVariableWork, DoesItAgainWhenAVariableChanges) {
  const Variable v = number(0);
  const CompiledFunction f = scaling(v), other = scaling(v);
  // Writes in place, run after run, without a word to anybody.
  const CompiledFunction step([&](const Tensors& in) {
    v.assign(v.value() + in[0]);
    return Tensors{};
  });
  const Tensor x = column(1, 1, 1), one = ops::ones({1, 1}), zero = ops::zeros({1, 1});
  const auto expect = [&](float value) {
    const float y = std::exp(value) + value;
    for (const auto& g : {f, other, f}) EXPECT_FLOAT_EQ(values(g({x})[0])[1], y);
  };
  expect(0);
  for (float value = 1; value < 4; ++value) {
    step({one});
    expect(value);
  }
  step({one});
  step({zero});
  step({one});
  expect(5);
  v.assign(Tensor::from(std::vector<float>{7}, {1, 1}));
  expect(7);
  step({one});
  expect(8);
}

TEST(HoistVariableWork, GivesEveryThreadWhatTheVariableHoldsNow) {
  const Variable v = number(0);
  const CompiledFunction f = scaling(v);
  for (float value = 1; value < 5; ++value) {
    v.assign(Tensor::from(std::vector<float>{value}, {1, 1}));
    const float expected = std::exp(value) + value;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int run = 0; run < 20; ++run)
          EXPECT_FLOAT_EQ(values(f({column(1, 1, 1)})[0])[1], expected);
      });
    for (auto& thread : threads) thread.join();
  }
}

TEST(HoistVariableWork, LeavesWhatTheFunctionAssignsAndWhatGrows) {
  const Variable v(Tensor::of<float>({1, 1}));
  const CompiledFunction f([&](const Tensors& in) {
    const Tensor squared = ops::square(v.value());
    v.assign(squared + in[0]);
    return Tensors{squared};
  });
  EXPECT_FALSE(f.executable({{{2}, DType::kFloat32}})->graph().prologue);
  const CompiledFunction wide([&](const Tensors& in) {
    return Tensors{ops::matmul(in[0], ops::broadcast_to(v.value(), {5, 2}))};
  });
  EXPECT_FALSE(wide.executable({{{3, 5}, DType::kFloat32}})->graph().prologue);
}

TEST(HoistVariableWork, ReturnsWhatItKeeps) {
  const Variable v(Tensor::of<float>({1, 2}));
  const CompiledFunction f([&](const Tensors& in) {
    const Tensor squared = ops::square(v.value());
    return Tensors{squared, ops::reshape(squared, {2, 1}) + in[0]};
  });
  const Tensors out = f({Tensor::of<float>({0, 0})});
  EXPECT_EQ(values(out[0]), (std::vector<float>{1, 4}));
  EXPECT_EQ(values(out[1]), (std::vector<float>{1, 1, 4, 4}));
  v.assign(Tensor::of<float>({3, 3}));
  EXPECT_EQ(values(f({Tensor::of<float>({0, 0})})[0]), (std::vector<float>{9, 9}));
  EXPECT_EQ(values(out[0]), (std::vector<float>{1, 4})) << "what was returned stays as it was";
}

TEST(HoistVariableWork, CanBeSwitchedOff) {
  const Variable v = number(0);
  const CompiledFunction f = scaling(v);
  engine::set_compile_settings({.disabled_passes = {"hoist_variable_work"}, .dump_folder = {}});
  EXPECT_FALSE(f.executable(kColumn)->graph().prologue);
  engine::set_compile_settings({});
}

}  // namespace
}  // namespace keras
