#include "keras/backend/cpu/fusions/pool_before_relu.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/gradient.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

class PoolBeforeRelu : public ::testing::Test {
 protected:
  void TearDown() override { engine::set_compile_settings(before_); }
  engine::CompileSettings before_ = engine::compile_settings();
};

/// Loss and gradients of a convolution's bias and input, compiled.
Tensors step(const Tensor& x, const std::string& without_pass, std::string* kernels) {
  engine::set_compile_settings({.disabled_passes = {without_pass}, .dump_folder = {}});
  const Variable input{x}, bias{testing::ramp({x.shape()[-1]})};
  const auto compiled = compile([&](const Tensors& in) {
    const auto result = value_and_grad(
        [&] {
          const Tensor pooled = ops::max_pool(ops::relu(input + bias), 2);
          return ops::sum(ops::square(pooled) * in[0]);
        },
        {input, bias});
    return Tensors{result.value, result.gradients[0], result.gradients[1]};
  });
  const Tensor weight = testing::distinct({1});
  const auto executable = compiled.executable({weight.spec()});
  for (const auto name : executable->kernel_names()) *kernels += std::string(name) + " ";
  return compiled({weight});
}

TEST_F(PoolBeforeRelu, ChangesNoValue) {
  for (const std::int64_t size : {4, 5, 7}) {
    for (const std::int64_t channels : {3, 16, 35}) {
      const Tensor x = testing::distinct({2, size, size + 1, channels});
      std::string fast_kernels, plain_kernels;
      const Tensors fast = step(x, "fold_constants", &fast_kernels);
      const Tensors plain = step(x, "pool_before_relu", &plain_kernels);
      EXPECT_NE(fast_kernels, plain_kernels);
      EXPECT_EQ(fast[0].item<float>(), plain[0].item<float>());
      EXPECT_EQ(fast[1].to_vector<float>(), plain[1].to_vector<float>());
      EXPECT_LE(ops::max(ops::abs(fast[2] - plain[2])).item<float>(), 1e-4f);
    }
  }
}

TEST_F(PoolBeforeRelu, LeavesRectifiedValuesThatOthersNeed) {
  engine::set_compile_settings({});
  const Tensor x = testing::distinct({2, 4, 4, 3});
  const Variable input{x};
  const auto function = [&](const Tensors& in) {
    const auto result = value_and_grad(
        [&] {
          const Tensor rectified = ops::relu(input);
          return ops::sum(ops::max_pool(rectified, 2)) + ops::sum(ops::exp(rectified) * in[0]);
        },
        {input});
    return Tensors{result.value, result.gradients[0]};
  };
  const Tensor weight = testing::distinct({1});
  const Tensors eager = function({weight});
  const Tensors compiled = compile(function)({weight});
  EXPECT_LE(ops::max(ops::abs(compiled[1] - eager[1])).item<float>(), 1e-5f);
}

}  // namespace
}  // namespace keras
