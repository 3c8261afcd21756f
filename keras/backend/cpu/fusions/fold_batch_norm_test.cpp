#include "keras/backend/cpu/fusions/fold_batch_norm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::ramp;

class FoldBatchNorm : public ::testing::Test {
 protected:
  void TearDown() override { engine::set_compile_settings(before_); }
  static void disable() {
    engine::set_compile_settings({.disabled_passes = {"fold_batch_norm"}, .dump_folder = {}});
  }

  /// How many factors and addends products take along in each run.
  static int epilogue_operands(const CompiledFunction& function, const Tensor& x) {
    const auto& graph = function.executable({x.spec()})->graph();
    int operands = 0;
    for (const auto& call : graph.calls) {
      const std::string_view name = call.op->name;
      if (name.find("conv") != name.npos || name.find("matmul") != name.npos || name == "winograd")
        operands += static_cast<int>(call.inputs.size()) - 2;
    }
    return operands;
  }

  /// The function gives with the pass what it gives without, and products have so many operands
  /// beside the two.
  static void expect_operands(const std::function<Tensor(const Tensor&)>& function, const Tensor& x,
                              int with, int without) {
    const auto compiled = [&] {
      return compile([&](const Tensors& in) { return Tensors{function(in[0])}; });
    };
    const CompiledFunction folded = compiled();
    EXPECT_EQ(epilogue_operands(folded, x), with);
    const Tensor actual = folded({x})[0];
    disable();
    const CompiledFunction plain = compiled();
    EXPECT_EQ(epilogue_operands(plain, x), without);
    testing::expect_values(actual, actual.shape(), plain({x})[0].to_vector<float>(), 1e-5f);
  }

  engine::CompileSettings before_ = engine::compile_settings();
};

/// x * factor + rest, by column.
Tensor normalized(const Tensor& x, const Variable& factor, const Variable& rest) {
  const auto row = [&](const Variable& v) { return ops::reshape(v.value(), {1, 1, 1, -1}); };
  return x * row(factor) + row(rest);
}

TEST_F(FoldBatchNorm, PutsTheFactorIntoTheWeightsOfAConvolution) {
  const Variable kernel{ramp({1, 1, 16, 32})}, factor{ramp({32})}, rest{ramp({32}) + 1.0f};
  expect_operands(
      [&](const Tensor& x) {
        return ops::relu(normalized(ops::conv(x, kernel.value()), factor, rest));
      },
      ramp({2, 5, 5, 16}), 1, 2);
}

TEST_F(FoldBatchNorm, MakesOneBiasOfWhatComesBeforeAndAfter) {
  const Variable kernel{ramp({3, 3, 8, 16})}, bias{ramp({16})}, factor{ramp({16})},
      rest{ramp({16}) + 1.0f};
  expect_operands(
      [&](const Tensor& x) {
        const Tensor y = ops::conv(x, kernel.value(), {.padding = "same"}) + bias.value();
        return normalized(y, factor, rest);
      },
      ramp({2, 5, 5, 8}), 1, 3);
}

TEST_F(FoldBatchNorm, ScalesABiasThatNothingFollows) {
  const Variable kernel{ramp({8, 16})}, bias{ramp({16})}, factor{ramp({1, 16})};
  expect_operands(
      [&](const Tensor& x) {
        return (ops::matmul(x, kernel.value()) + bias.value()) * factor.value();
      },
      ramp({50, 8}), 1, 2);
}

TEST_F(FoldBatchNorm, TakesConvolutionsOfSingleChannels) {
  const Variable kernel{ramp({3, 3, 16, 1})}, factor{ramp({16})}, rest{ramp({16}) + 1.0f};
  expect_operands(
      [&](const Tensor& x) {
        return normalized(ops::depthwise_conv(x, kernel.value(), {.padding = "same"}), factor,
                          rest);
      },
      ramp({2, 6, 6, 16}), 1, 2);
}

TEST_F(FoldBatchNorm, TakesDeepKernelsThatAreTransformed) {
  const Variable kernel{ramp({3, 3, 128, 32})}, factor{ramp({32})}, rest{ramp({32})};
  expect_operands(
      [&](const Tensor& x) {
        return normalized(ops::conv(x, kernel.value(), {.padding = "same"}), factor, rest);
      },
      ramp({2, 12, 12, 128}) * 0.01f,
      backend::cpu::nn_functions().winograd[0][0].convolution ? 1 : 2, 2);
}

TEST_F(FoldBatchNorm, SeesVariablesThatChange) {
  const Variable kernel{ramp({1, 1, 16, 32})}, factor{ramp({32})}, rest{ramp({32})};
  const Tensor x = ramp({2, 5, 5, 16});
  const auto function = [&](const Tensors& in) {
    return Tensors{normalized(ops::conv(in[0], kernel.value()), factor, rest)};
  };
  const auto compiled = compile(function);
  compiled({x});
  for (const auto& variable : {kernel, factor, rest}) {
    variable.assign(0.5f * variable.value() + 1.0f);
    const Tensor expected = function({x})[0];
    testing::expect_values(compiled({x})[0], expected.shape(), expected.to_vector<float>(), 1e-5f);
  }
}

TEST_F(FoldBatchNorm, LeavesAloneWhatItWouldHaveToDoInEachRun) {
  const Variable kernel{ramp({1, 1, 16, 32})}, factor{ramp({32})}, rest{ramp({32})};
  const Tensor x = ramp({2, 5, 5, 16});
  // What the first one multiplies by differs from run to run, and the other writes its weights.
  const auto given = compile(
      [&](const Tensors& in) { return Tensors{ops::conv(in[0], kernel.value()) * in[1] + 1.0f}; });
  const auto& graph = given.executable({x.spec(), ops::ones({1, 1, 1, 32}).spec()})->graph();
  EXPECT_EQ(graph.prologue, nullptr) << engine::print_graph(graph);
  const auto trained = compile([&](const Tensors& in) {
    const Tensor y = normalized(ops::conv(in[0], kernel.value()), factor, rest);
    kernel.assign(kernel.value() + 1.0f);
    return Tensors{y};
  });
  EXPECT_EQ(trained.executable({x.spec()})->graph().prologue, nullptr);
}

TEST_F(FoldBatchNorm, LeavesAloneProductsOfWeights) {
  const Variable a{ramp({1, 8})}, b{ramp({1, 8}) + 1.0f}, first{ramp({8, 16})},
      second{ramp({8, 16}) - 1.0f}, factor{ramp({16})};
  expect_operands(
      [&](const Tensor& x) {
        const Tensor sum =
            ops::matmul(a.value(), first.value()) + ops::matmul(b.value(), second.value());
        return ops::matmul(x, first.value()) + sum * factor.value();
      },
      ramp({50, 8}), 1, 1);
}

TEST_F(FoldBatchNorm, GivesEachUseOfSharedWeightsItsOwnFactor) {
  const Variable kernel{ramp({1, 1, 16, 32})}, factor{ramp({32})}, other{ramp({32}) - 1.0f},
      rest{ramp({32})};
  expect_operands(
      [&](const Tensor& x) {
        const auto convolved = [&] { return ops::conv(x, kernel.value()); };
        return ops::concatenate({normalized(convolved(), factor, rest),
                                 normalized(ops::conv(2.0f * x, kernel.value()), other, rest)});
      },
      ramp({2, 5, 5, 16}), 2, 4);
}

TEST_F(FoldBatchNorm, LeavesAloneTransposedAndHalfWeights) {
  const Variable kernel{ramp({16, 8})}, factor{ramp({16})}, rest{ramp({16})};
  const Variable half{ops::cast(ramp({8, 16}), DType::kBfloat16)};
  const Variable half_factor{ops::cast(ramp({16}), DType::kBfloat16)};
  expect_operands(
      [&](const Tensor& x) {
        return ops::matmul(x, ops::transpose(kernel.value())) * factor.value() + rest.value();
      },
      ramp({50, 8}), 1, 2);
  expect_operands(
      [&](const Tensor& x) {
        const Tensor y = ops::matmul(ops::cast(x, DType::kBfloat16), half.value());
        return ops::cast(y * half_factor.value(), DType::kFloat32);
      },
      ramp({50, 8}), 1, 1);
}

TEST_F(FoldBatchNorm, LeavesAloneWhatOthersUseAndSumsOfMany) {
  const Variable kernel{ramp({1, 1, 16, 32})}, wide{ramp({1, 1, 1024, 32})}, factor{ramp({32})},
      rest{ramp({32})};
  expect_operands(
      [&](const Tensor& x) {
        const Tensor y = ops::conv(x, kernel.value());
        return normalized(y, factor, rest) - ops::max(y, {.axis = 3, .keepdims = true});
      },
      ramp({2, 5, 5, 16}), 0, 0);
  expect_operands(
      [&](const Tensor& x) { return normalized(ops::conv(x, wide.value()), factor, rest); },
      ramp({1, 7, 7, 1024}) * 0.125f, 2, 2);
}

}  // namespace
}  // namespace keras
