#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/text.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/random/random.h"

namespace keras::backend::cpu {
namespace {

Tensor noise(const Shape& shape, int seed, DType dtype = DType::kFloat32) {
  return ops::cast(random::normal(shape, {.seed = seed}), dtype).eval();
}

/// Frozen batch normalization, as the layer writes it.
Tensor normalize(const Tensor& x, std::int64_t channels, DType dtype = DType::kFloat32) {
  const auto parameter = [&](int seed) { return noise({1, 1, 1, channels}, seed); };
  const Tensor y = ops::cast(x, DType::kFloat32) * parameter(11) + parameter(12);
  return ops::cast(y, dtype);
}

using Network = std::function<Tensor(const Tensor&)>;

/// The calls of a compiled network, as text, without views.
std::vector<std::string> calls_of(const Network& network, const Tensor& x) {
  const CompiledFunction compiled([&](const Tensors& in) { return Tensors{network(in[0])}; });
  const auto executable = compiled.executable({{x.shape(), x.dtype()}});
  std::vector<std::string> calls;
  for (const auto& call : executable->graph().calls)
    if (!call.op->traits.view) calls.push_back(str(call.op->name, " ", call.attrs.to_string()));
  return calls;
}

void expect_same_as_unfused(const Network& network, const Tensor& x, float tolerance) {
  const auto run = [&] {
    const CompiledFunction compiled([&](const Tensors& in) { return Tensors{network(in[0])}; });
    return ops::cast(compiled({x})[0], DType::kFloat32).to_vector<float>();
  };
  const auto fused = run();
  const engine::CompileSettings before = engine::compile_settings();
  engine::CompileSettings settings = before;
  settings.disabled_passes.push_back("fuse_epilogues");
  engine::set_compile_settings(settings);
  const auto plain = run();
  engine::set_compile_settings(before);
  ASSERT_EQ(fused.size(), plain.size());
  const float largest = *std::max_element(plain.begin(), plain.end());
  for (std::size_t i = 0; i < fused.size(); ++i)
    ASSERT_NEAR(fused[i], plain[i], tolerance * largest) << i;
}

/// A network of one convolution and what follows it.
void expect_one_kernel(const Network& network, const Tensor& x, const std::string& epilogue,
                       float tolerance = 1e-5f) {
  const auto calls = calls_of(network, x);
  ASSERT_EQ(calls.size(), 1u) << join(calls, "\n");
  EXPECT_NE(calls[0].find("epilogue=[" + epilogue + "]"), std::string::npos) << calls[0];
  expect_same_as_unfused(network, x, tolerance);
}

/// Factors that stay the same would become part of the weights.
class FuseEpilogues : public ::testing::Test {
 protected:
  void SetUp() override {
    engine::set_compile_settings({.disabled_passes = {"fold_batch_norm"}, .dump_folder = {}});
  }
  void TearDown() override { engine::set_compile_settings(before_); }
  engine::CompileSettings before_ = engine::compile_settings();
};

TEST_F(FuseEpilogues, TakesNormalizationAndActivation) {
  for (const int size : {1, 3}) {
    const Tensor kernel = noise({size, size, 6, 8}, 1);
    expect_one_kernel(
        [&](const Tensor& x) { return ops::relu(normalize(ops::conv(x, kernel), 8)); },
        noise({2, 7, 9, 6}, 2), "multiply, add, relu");
  }
}

TEST_F(FuseEpilogues, TakesReluWithALargestValue) {
  const Tensor kernel = noise({3, 3, 6, 8}, 1);
  expect_one_kernel(
      [&](const Tensor& x) {
        return ops::relu6(normalize(ops::conv(x, kernel, {.padding = "same"}), 8));
      },
      noise({2, 7, 9, 6}, 2), "multiply, add, clip to 6.0");
}

TEST_F(FuseEpilogues, TakesAResidual) {
  // More columns than rows, and a column count that no vector divides.
  for (const std::int64_t channels : {6, 130}) {
    const Tensor kernel = noise({1, 1, channels, channels}, 1);
    expect_one_kernel(
        [&](const Tensor& x) { return ops::relu(normalize(ops::conv(x, kernel), channels) + x); },
        noise({2, 3, 3, channels}, 2), "multiply, add, add, relu", 3e-5f);
  }
}

TEST_F(FuseEpilogues, KeepsHalfNumbersInRegistersUntilTheEnd) {
  const Tensor kernel = noise({3, 3, 6, 8}, 1, DType::kBfloat16);
  expect_one_kernel(
      [&](const Tensor& x) {
        return ops::relu(normalize(ops::conv(x, kernel), 8, DType::kBfloat16));
      },
      noise({2, 7, 9, 6}, 2, DType::kBfloat16), "multiply, add, relu", 0.02f);
}

TEST_F(FuseEpilogues, LeavesRoundingInBetween) {
  const Tensor kernel = noise({3, 3, 6, 8}, 1);
  for (const DType dtype : {DType::kBfloat16, DType::kFloat64}) {
    const Network network = [&](const Tensor& x) {
      const Tensor cast = ops::cast(ops::conv(x, kernel), dtype);
      return ops::cast(cast + noise({8}, 3, dtype), DType::kFloat32);
    };
    const Tensor x = noise({2, 7, 9, 6}, 2);
    EXPECT_TRUE(calls_of(network, x)[0].starts_with("conv ")) << calls_of(network, x)[0];
    expect_same_as_unfused(network, x, 0.0f);
  }
}

TEST_F(FuseEpilogues, LeavesWhatOthersNeed) {
  const Tensor kernel = noise({3, 3, 6, 8}, 1);
  const Network network = [&](const Tensor& x) {
    const Tensor product = ops::conv(x, kernel);
    return ops::relu(product) * product;
  };
  const auto calls = calls_of(network, noise({2, 7, 9, 6}, 2));
  EXPECT_EQ(calls.size(), 2u) << join(calls, "\n");
  EXPECT_TRUE(calls[0].starts_with("conv ")) << calls[0];
}

TEST_F(FuseEpilogues, GivesTwoProductsThatMeetToTheLaterOne) {
  const Tensor a = noise({1, 1, 6, 8}, 1), b = noise({3, 3, 6, 8}, 3);
  const Network network = [&](const Tensor& x) {
    const Tensor first = normalize(ops::conv(x, a), 8);
    return ops::relu(first + normalize(ops::conv(x, b, {.padding = "same"}), 8));
  };
  const Tensor x = noise({2, 5, 5, 6}, 2);
  const auto calls = calls_of(network, x);
  ASSERT_EQ(calls.size(), 2u) << join(calls, "\n");
  EXPECT_NE(calls[0].find("epilogue=[multiply, add]"), std::string::npos) << calls[0];
  EXPECT_NE(calls[1].find("epilogue=[multiply, add, add, relu]"), std::string::npos) << calls[1];
  EXPECT_NE(calls[1].find("pad_low=[1, 1]"), std::string::npos) << calls[1];
  expect_same_as_unfused(network, x, 1e-5f);
}

}  // namespace
}  // namespace keras::backend::cpu
