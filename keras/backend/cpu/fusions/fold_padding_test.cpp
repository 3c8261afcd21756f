#include "keras/backend/cpu/fusions/fold_padding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/ops/gradient.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

class FoldPadding : public ::testing::Test {
 protected:
  void TearDown() override { engine::set_compile_settings(before_); }

  /// What `function` gives for `inputs`, compiled; and how many kernels pad or cut.
  static Tensors run(const std::function<Tensors(const Tensors&)>& function, const Tensors& inputs,
                     const std::string& without_pass, std::ptrdiff_t* copies) {
    engine::set_compile_settings({.disabled_passes = {without_pass}, .dump_folder = {}});
    const auto compiled = compile(function);
    Specs specs;
    for (const Tensor& input : inputs) specs.push_back(input.spec());
    const auto names = compiled.executable(specs)->kernel_names();
    *copies = std::count_if(names.begin(), names.end(), [](std::string_view name) {
      return name == "memory_pad" || name == "simd_copy";
    });
    return compiled(inputs);
  }

  static void expect_same(const std::function<Tensors(const Tensors&)>& function,
                          const Tensors& inputs, std::ptrdiff_t left, std::ptrdiff_t without) {
    std::ptrdiff_t copies = 0, plain_copies = 0;
    const Tensors fast = run(function, inputs, "pool_before_relu", &copies);
    const Tensors plain = run(function, inputs, "fold_padding", &plain_copies);
    EXPECT_EQ(copies, left);
    EXPECT_EQ(plain_copies, without);
    ASSERT_EQ(fast.size(), plain.size());
    for (std::size_t i = 0; i < fast.size(); ++i)
      testing::expect_values(fast[i], plain[i].shape(), plain[i].to_vector<float>());
  }

  engine::CompileSettings before_ = engine::compile_settings();
};

Tensor padded(const Tensor& x, double value = 0) {
  return ops::pad(x, {{0, 0}, {0, 1}, {2, 1}, {0, 0}}, {.constant_values = value});
}

/// A convolution's gradients by image and kernel; the sum of squares needs its value too.
Tensors gradients(const Tensors& in) {
  return grad([](const Tensors& xs) {
    const Tensor y = ops::conv(padded(xs[0]), xs[1], {.strides = 2});
    return ops::sum(y * y);
  })(in);
}

TEST_F(FoldPadding, LetsConvolutionsAndTheirGradientsPadThemselves) {
  expect_same(gradients, {testing::ramp({2, 8, 6, 3}), testing::ramp({3, 3, 3, 4})}, 0, 2);
}

TEST_F(FoldPadding, LetsConvolutionsOfEachChannelPadThemselves) {
  expect_same(
      [](const Tensors& in) {
        return Tensors{ops::depthwise_conv(padded(in[0]), in[1], {.strides = 2})};
      },
      {testing::ramp({2, 8, 6, 16}), testing::ramp({3, 3, 16, 1})}, 0, 1);
}

TEST_F(FoldPadding, LeavesOtherValuesAndReadersAlone) {
  expect_same([](const Tensors& in) { return Tensors{ops::conv(padded(in[0], 0.5), in[1], {})}; },
              {testing::ramp({2, 8, 6, 3}), testing::ramp({3, 3, 3, 4})}, 1, 1);
  expect_same(
      [](const Tensors& in) {
        const Tensor x = padded(in[0]);
        return Tensors{ops::conv(x, in[1], {}), x};
      },
      {testing::ramp({2, 8, 6, 3}), testing::ramp({3, 3, 3, 4})}, 1, 1);
}

}  // namespace
}  // namespace keras
