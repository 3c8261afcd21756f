#include "keras/backend/cpu/fusions/lay_out_weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/gradient.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::ramp;

/// A convolution's kernel trained with momentum, as an optimizer would write it.
struct Trained {
  Variable kernel{ramp({5, 5, 32, 64})};
  Variable momentum{ops::zeros({5, 5, 32, 64})};

  Tensor loss(const Tensor& x) const {
    return ops::sum(ops::square(ops::conv(x, kernel, {.padding = "same"})));
  }
  Tensors step(const Tensors& in) const {
    const auto [value, gradients] = value_and_grad([&] { return loss(in[0]); }, {kernel});
    momentum.assign(0.9f * momentum - 1e-6f * gradients[0]);
    kernel.assign(kernel + momentum);
    return {value};
  }
};

int laid_out_variables(const CompiledFunction& function, const Tensor& x) {
  const auto& graph = function.executable({x.spec()})->graph();
  return static_cast<int>(std::count_if(
      graph.variables.begin(), graph.variables.end(),
      [&](const auto& variable) { return graph.layout(variable.initial) != nullptr; }));
}

class LayOutWeights : public ::testing::Test {
 protected:
  void TearDown() override { engine::set_compile_settings(before_); }
  static void disable() {
    engine::set_compile_settings({.disabled_passes = {"lay_out_weights"}, .dump_folder = {}});
  }
  engine::CompileSettings before_ = engine::compile_settings();
};

TEST_F(LayOutWeights, ServesUsesThatWouldMultiplyMatrices) {
  // The few outputs of the second use are computed as a product where no layout is in force.
  const Tensor many = ramp({4, 8, 8, 16}), few = ramp({1, 8, 9, 16});
  const auto train = [&](const Variable& kernel) {
    const auto step = compile([kernel](const Tensors& in) {
      const auto squares = [&](const Tensor& x) {
        return ops::sum(ops::square(ops::conv(x, kernel, {.padding = "same"})));
      };
      const auto [value, gradients] =
          value_and_grad([&] { return squares(in[0]) + squares(in[1]); }, {kernel});
      kernel.assign(kernel - 1e-6f * gradients[0]);
      return Tensors{value};
    });
    const auto& graph = step.executable({many.spec(), few.spec()})->graph();
    const bool laid_out = graph.layout(graph.variables[0].initial) != nullptr;
    for (int i = 0; i < 3; ++i) step({many, few});
    return laid_out;
  };
  const Variable laid_out{ramp({3, 3, 16, 128})}, plain{ramp({3, 3, 16, 128})};
  EXPECT_TRUE(train(laid_out));
  disable();
  EXPECT_FALSE(train(plain));
  const auto got = laid_out.value().to_vector<float>(), want = plain.value().to_vector<float>();
  float largest = 0;
  for (const float value : want) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < want.size(); ++i) ASSERT_NEAR(got[i], want[i], 1e-5f * largest) << i;
}

TEST_F(LayOutWeights, KernelAndMomentumKeepTheirLayoutOverTrainingSteps) {
  const Tensor x = ramp({4, 8, 8, 32});
  const Trained laid_out, plain;
  const auto step = compile([&](const Tensors& in) { return laid_out.step(in); });
  EXPECT_EQ(laid_out_variables(step, x), 2);
  for (int i = 0; i < 3; ++i) step({x});
  disable();
  const auto reference = compile([&](const Tensors& in) { return plain.step(in); });
  EXPECT_EQ(laid_out_variables(reference, x), 0);
  for (int i = 0; i < 3; ++i) reference({x});
  EXPECT_EQ(laid_out.kernel.value().to_vector<float>(), plain.kernel.value().to_vector<float>());
  EXPECT_EQ(laid_out.momentum.value().to_vector<float>(),
            plain.momentum.value().to_vector<float>());
}

TEST_F(LayOutWeights, ReadingAndAssigningBetweenStepsSeesTheValue) {
  const Tensor x = ramp({4, 8, 8, 32});
  const Trained model;
  const auto step = compile([&](const Tensors& in) { return model.step(in); });
  const auto predict = compile([&](const Tensors& in) { return Tensors{model.loss(in[0])}; });
  step({x});
  const Tensor kept = model.kernel.value();
  const std::vector<float> before = kept.to_vector<float>();
  EXPECT_FLOAT_EQ(predict({x})[0].item<float>(), model.loss(x).item<float>());
  step({x});
  EXPECT_EQ(kept.to_vector<float>(), before);
  EXPECT_NE(model.kernel.value().to_vector<float>(), before);
  model.kernel.assign(kept);
  EXPECT_FLOAT_EQ(predict({x})[0].item<float>(), model.loss(x).item<float>());
}

TEST_F(LayOutWeights, AValueThatIsReturnedStaysRowMajor) {
  const Tensor x = ramp({4, 8, 8, 32});
  const Trained model;
  const auto function = compile([&](const Tensors& in) {
    return Tensors{model.loss(in[0]), 2.0f * model.kernel};
  });
  EXPECT_EQ(laid_out_variables(function, x), 0);
  const Tensors results = function({x});
  EXPECT_EQ(results[1].to_vector<float>(), (2.0f * model.kernel).to_vector<float>());
}

TEST_F(LayOutWeights, WorkThatIsNotElementWiseKeepsKerassLayout) {
  const Tensor x = ramp({4, 8, 8, 32});
  const Trained model;
  const auto function = compile([&](const Tensors& in) {
    const Tensor penalty = ops::sum(ops::max(model.kernel.value(), {.axis = 2}));
    return Tensors{model.loss(in[0]) + penalty};
  });
  EXPECT_EQ(laid_out_variables(function, x), 0);
}

TEST_F(LayOutWeights, MatmulWeightsThatAreOnlyReadArePacked) {
  const Tensor x = ramp({64, 256});
  const Variable weights{ramp({256, 192})};
  const auto product = [&](const Tensors& in) { return Tensors{ops::matmul(in[0], weights)}; };
  const auto compiled = compile(product);
  const Tensor expected = product({x})[0];
  const int packed = laid_out_variables(compiled, x);
  const Tensor actual = compiled({x})[0];
  EXPECT_LE(ops::max(ops::abs(actual - expected)).item<float>(), 1e-4f) << packed << " packed";
  weights.assign(2.0f * weights);
  EXPECT_LE(ops::max(ops::abs(compiled({x})[0] - 2.0f * expected)).item<float>(), 2e-4f);
}

/// The arguments that are laid out: what the prologue makes of weights.
int laid_out_arguments(const CompiledFunction& function, const Tensor& x) {
  const auto& graph = function.executable({x.spec()})->graph();
  return static_cast<int>(
      std::count_if(graph.arguments.begin(), graph.arguments.end(),
                    [&](const auto argument) { return graph.layout(argument) != nullptr; }));
}

TEST_F(LayOutWeights, WhatIsMadeOfWeightsIsPackedOnce) {
  const Tensor x = ramp({16, 16, 16, 32});
  const Variable kernel{ramp({5, 5, 32, 64})};
  const auto function = [&](const Tensors& in) {
    return Tensors{ops::conv(in[0], ops::exp(kernel.value()), {.padding = "same"})};
  };
  const auto compiled = compile(function);
  EXPECT_EQ(laid_out_arguments(compiled, x), 1);
  for (const float step : {0.0f, 0.25f}) {
    kernel.assign(kernel.value() + step);
    const Tensor expected = function({x})[0];
    testing::expect_values(compiled({x})[0], expected.shape(), expected.to_vector<float>(), 1e-5f);
  }
}

TEST_F(LayOutWeights, WhatIsPackedLeavesWeightsThatItIsMadeOfAlone) {
  const Tensor x = ramp({16, 16, 16, 32});
  const Variable kernel{ramp({5, 5, 32, 64})};
  for (const bool made_first : {false, true}) {
    const auto function = [&](const Tensors& in) {
      const Tensor plain = kernel.value(), made = ops::exp(plain);
      const auto convolve = [&](const Tensor& weights) {
        return ops::conv(in[0], weights, {.padding = "same"});
      };
      return Tensors{convolve(made_first ? made : plain), convolve(made_first ? plain : made)};
    };
    const Tensors expected = function({x}), got = compile(function)({x});
    for (std::size_t i = 0; i < expected.size(); ++i)
      testing::expect_values(got[i], expected[i].shape(), expected[i].to_vector<float>(), 1e-5f);
  }
}

TEST_F(LayOutWeights, WhatIsMadeOfWeightsStaysRowMajorForOtherUses) {
  const Tensor x = ramp({16, 16, 16, 32});
  const Variable kernel{ramp({5, 5, 32, 64})};
  const auto compiled = compile([&](const Tensors& in) {
    const Tensor exponentials = ops::exp(kernel.value());
    return Tensors{ops::conv(in[0], exponentials, {.padding = "same"}), exponentials};
  });
  EXPECT_EQ(laid_out_arguments(compiled, x), 0);
  EXPECT_EQ(compiled({x})[1].to_vector<float>(), ops::exp(kernel.value()).to_vector<float>());
}

TEST_F(LayOutWeights, SeveralThreadsReadOneVariableInSeveralLayouts) {
  const Variable weights{ramp({256, 192})};
  const auto product =
      compile([&](const Tensors& in) { return Tensors{ops::matmul(in[0], weights)}; });
  std::vector<std::thread> threads;
  std::vector<float> errors(4);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      const Tensor x = ramp({std::int64_t{1} << (2 * t), 256});
      const Tensor expected = ops::matmul(x, weights.value()).eval();
      for (int i = 0; i < 20; ++i)
        errors[static_cast<std::size_t>(t)] =
            std::max(errors[static_cast<std::size_t>(t)],
                     ops::max(ops::abs(product({x})[0] - expected)).item<float>());
    });
  for (auto& thread : threads) thread.join();
  for (const float error : errors) EXPECT_LE(error, 1e-4f);
}

}  // namespace
}  // namespace keras
