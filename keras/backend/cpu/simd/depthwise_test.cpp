#include "keras/backend/cpu/simd/depthwise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "keras/backend/cpu/fusions/fused_product.h"
#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/backend/cpu/simd/nn_kernels.h"
#include "keras/backend/reference/kernel_list.h"
#include "keras/engine/runtime/backend.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/text.h"
#include "keras/layers/activations/rectifiers.h"
#include "keras/layers/convolutional/depthwise_conv.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/normalization/batch_normalization.h"
#include "keras/models/sequential.h"
#include "keras/random/random.h"

namespace keras::backend::cpu {
namespace {

using Values = std::vector<float>;

Values noise(const Shape& shape, int seed) {
  return random::normal(shape, {.seed = seed}).to_vector<float>();
}

struct Case {
  std::int64_t images = 1, height = 1, width = 1, channels = 16, stride = 1;
  std::vector<std::int64_t> pad_low = {0, 0}, pad_high = {0, 0};

  Shape x() const { return {images, height, width, channels}; }
  Shape kernel() const { return {3, 3, 1, channels}; }
  Shape y() const {
    return {images, (height + pad_low[0] + pad_high[0] - 3) / stride + 1,
            (width + pad_low[1] + pad_high[1] - 3) / stride + 1, channels};
  }
  ops::ConvAttrs attrs() const { return {{stride, stride}, {1, 1}, pad_low, pad_high, channels}; }
  std::string text() const {
    return str(x(), ", steps of ", stride, ", padding ", pad_low[0], " ", pad_low[1], " ",
               pad_high[0], " ", pad_high[1]);
  }
};

class Depthwise : public testing::Test {
 protected:
  void SetUp() override {
    if (!nn_functions().depthwise.convolution) GTEST_SKIP() << "needs AVX-512";
  }

  static TensorSpec spec(const Shape& shape) { return {shape, DType::kFloat32}; }

  static Values run(const engine::Kernel& kernel, const engine::Op& op, const engine::Attrs& attrs,
                    const std::vector<std::pair<Shape, Values>>& inputs, const Shape& output,
                    int threads) {
    Specs specs;
    std::vector<void*> from;
    for (const auto& [shape, values] : inputs) {
      specs.push_back(spec(shape));
      from.push_back(const_cast<float*>(values.data()));
    }
    const Specs outputs = {spec(output)};
    const engine::KernelCall call{op, attrs, specs, outputs, threads, {}, {}};
    EXPECT_EQ(kernel.refusal(call), "");
    const auto prepared = kernel.prepare(call);
    Values result(static_cast<std::size_t>(output.size()), std::nanf(""));
    std::vector<char> scratch(prepared->scratch_bytes() + 64);
    void* to = result.data();
    prepared->run({from.data(), &to, scratch.data()});
    return result;
  }

  /// The plain loops that every operation has.
  static const engine::Kernel& reference(const engine::Op& op) {
    static const auto rows = keras::reference::kernel_rows();
    return *std::find_if(rows.begin(), rows.end(), [&](const auto& row) {
              return row.op == &op;
            })->kernels[0];
  }

  static void expect_as_reference(const engine::Kernel& kernel, const engine::Op& op,
                                  const engine::Attrs& attrs, const Case& c,
                                  const std::vector<std::pair<Shape, Values>>& inputs,
                                  const Shape& output, double terms) {
    const Values expected = run(reference(op), op, attrs, inputs, output, 1);
    for (const int threads : {1, 2, 5}) {
      const Values result = run(kernel, op, attrs, inputs, output, threads);
      for (std::size_t i = 0; i < result.size(); ++i)
        ASSERT_NEAR(result[i], expected[i], 1e-6 * terms)
            << kernel.name << " of " << c.text() << " with " << threads << " threads at " << i;
    }
  }

  static void expect_as_reference(const Case& c) {
    const Values x = noise(c.x(), 1), kernel = noise(c.kernel(), 2), dy = noise(c.y(), 3);
    expect_as_reference(simd_depthwise_convolution, ops::conv_op, c.attrs(), c,
                        {{c.x(), x}, {c.kernel(), kernel}}, c.y(), 9);
    expect_as_reference(simd_depthwise_input_gradient, ops::conv_input_gradient_op,
                        ops::ConvGradientAttrs{c.attrs(), {c.height, c.width}}, c,
                        {{c.y(), dy}, {c.kernel(), kernel}}, c.x(), 9);
    expect_as_reference(simd_depthwise_kernel_gradient, ops::conv_kernel_gradient_op,
                        ops::ConvGradientAttrs{c.attrs(), {3, 3}}, c, {{c.x(), x}, {c.y(), dy}},
                        c.kernel(), 3 + std::sqrt(static_cast<double>(c.y().size())));
  }
};

TEST_F(Depthwise, AndItsGradientsAreThoseOfPlainLoops) {
  for (const std::int64_t stride : {1, 2})
    for (const std::int64_t height : {1, 2, 3, 6, 9})
      for (const std::int64_t width : {1, 4, 7})
        for (const std::int64_t low : {0, 1, 2})
          for (const std::int64_t high : {0, 1, 2})
            if (std::min(height, width) + low + high >= 3)
              expect_as_reference({.images = 2,
                                   .height = height,
                                   .width = width,
                                   .channels = 32,
                                   .stride = stride,
                                   .pad_low = {low, low},
                                   .pad_high = {high, high}});
}

TEST_F(Depthwise, TakeUnevenPaddingManyChannelsAndImages) {
  expect_as_reference({.height = 8,
                       .width = 5,
                       .channels = 144,
                       .stride = 2,
                       .pad_low = {0, 1},
                       .pad_high = {1, 0}});
  expect_as_reference({.images = 7,
                       .height = 12,
                       .width = 12,
                       .channels = 48,
                       .pad_low = {1, 2},
                       .pad_high = {1, 0}});
  // One image by rows, and one so small that it is cut by channels.
  expect_as_reference(
      {.height = 31, .width = 40, .channels = 64, .pad_low = {1, 1}, .pad_high = {1, 1}});
  expect_as_reference(
      {.height = 3, .width = 3, .channels = 960, .pad_low = {1, 1}, .pad_high = {1, 1}});
}

TEST_F(Depthwise, IsFinishedByFactorsOffsetsAndBounds) {
  const Case c{.images = 2, .height = 6, .width = 5, .channels = 32};
  const Shape by_channel = {c.channels};
  const Values x = noise(c.x(), 1), kernel = noise(c.kernel(), 2), bias = noise(by_channel, 3),
               scale = noise(by_channel, 4), offset = noise(by_channel, 5);
  const Values plain = run(simd_depthwise_convolution, ops::conv_op, c.attrs(),
                           {{c.x(), x}, {c.kernel(), kernel}}, c.y(), 1);
  using Kind = EpilogueStep::Kind;
  const std::vector<FusedConvolutionAttrs> all = {
      {c.attrs(), true, {}},
      {c.attrs(), true, {{Kind::kRelu}}},
      {c.attrs(), false, {{Kind::kMultiply}, {Kind::kAdd}, {Kind::kClip, 1.5}}},
      {c.attrs(), true, {{Kind::kMultiply}, {Kind::kAdd}}}};
  for (const auto& attrs : all) {
    std::vector<std::pair<Shape, Values>> inputs = {{c.x(), x}, {c.kernel(), kernel}};
    if (attrs.bias) inputs.emplace_back(by_channel, bias);
    const bool scaled = attrs.epilogue.size() > 1;
    if (scaled) {
      inputs.emplace_back(by_channel, scale);
      inputs.emplace_back(by_channel, offset);
    }
    const Values result =
        run(simd_depthwise_convolution, fused_convolution_op, attrs, inputs, c.y(), 2);
    for (std::size_t i = 0; i < result.size(); ++i) {
      const std::size_t channel = i % static_cast<std::size_t>(c.channels);
      float y = plain[i] + (attrs.bias ? bias[channel] : 0);
      if (scaled) y = y * scale[channel] + offset[channel];
      if (!attrs.epilogue.empty() && !attrs.epilogue.back().has_operand()) {
        y = std::max(y, 0.0f);
        if (attrs.epilogue.back().kind == Kind::kClip) y = std::min(y, 1.5f);
      }
      ASSERT_NEAR(result[i], y, 1e-5) << i;
    }
  }
}

TEST_F(Depthwise, KeepsWhatIsNoNumber) {
  const Case c{.height = 3, .width = 3};
  Values x(static_cast<std::size_t>(c.x().size()), 1.0f);
  x[3] = std::numeric_limits<float>::quiet_NaN();
  const FusedConvolutionAttrs attrs{c.attrs(), false, {{EpilogueStep::Kind::kRelu}}};
  const Values y = run(simd_depthwise_convolution, fused_convolution_op, attrs,
                       {{c.x(), x}, {c.kernel(), noise(c.kernel(), 2)}}, c.y(), 1);
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_EQ(std::isnan(y[i]), i == 3) << i;
}

TEST_F(Depthwise, LeavesOthersToOtherKernels) {
  const auto refusal = [](const Shape& x, const Shape& kernel, const ops::ConvAttrs& attrs,
                          DType dtype = DType::kFloat32) {
    const Specs inputs = {{x, dtype}, {kernel, dtype}};
    const Specs outputs = ops::conv_op.infer(inputs, attrs);
    const engine::Attrs call_attrs = attrs;
    return simd_depthwise_convolution.refusal(
        {ops::conv_op, call_attrs, inputs, outputs, 1, {}, {}});
  };
  const Shape x = {2, 8, 8, 32};
  const ops::ConvAttrs attrs{{1, 1}, {1, 1}, {0, 0}, {0, 0}, 32};
  EXPECT_EQ(refusal(x, {3, 3, 1, 32}, attrs), "");
  EXPECT_NE(refusal(x, {5, 5, 1, 32}, attrs), "");
  EXPECT_NE(refusal(x, {3, 3, 1, 64}, attrs), "");
  EXPECT_NE(refusal(x, {3, 3, 1, 32}, attrs, DType::kBfloat16), "");
  EXPECT_NE(refusal({2, 8, 8, 24}, {3, 3, 1, 24}, {{1, 1}, {1, 1}, {0, 0}, {0, 0}, 24}), "");
  EXPECT_NE(refusal(x, {3, 3, 32, 32}, {{1, 1}, {1, 1}, {0, 0}, {0, 0}, 1}), "");
  EXPECT_NE(refusal(x, {3, 3, 1, 32}, {{3, 3}, {1, 1}, {0, 0}, {0, 0}, 32}), "");
  EXPECT_NE(refusal(x, {3, 3, 1, 32}, {{1, 1}, {2, 2}, {0, 0}, {0, 0}, 32}), "");
  EXPECT_NE(refusal(x, {3, 3, 1, 32}, {{1, 1}, {1, 1}, {3, 0}, {0, 0}, 32}), "");

  // A tensor that is added pixel by pixel, and a function that is no bound.
  const Case c{.height = 8, .width = 8, .channels = 32};
  const auto fused_refusal = [&](const FusedConvolutionAttrs& fused, Specs inputs) {
    const Specs outputs = {spec(c.y())};
    const engine::Attrs call_attrs = fused;
    return simd_depthwise_convolution.refusal(
        {fused_convolution_op, call_attrs, inputs, outputs, 1, {}, {}});
  };
  using Kind = EpilogueStep::Kind;
  const Specs two = {spec(c.x()), spec(c.kernel())};
  EXPECT_NE(fused_refusal({c.attrs(), false, {{Kind::kTanh}}}, two), "");
  EXPECT_NE(fused_refusal({c.attrs(), false, {{Kind::kAdd}}}, {two[0], two[1], spec(c.y())}), "");
}

TEST_F(Depthwise, IsWhatTheLayerRunsWithAllThatFollows) {
  const Sequential model({Input({12, 12, 32}),
                          layers::DepthwiseConv2D(3, {.padding = "same", .use_bias = false}),
                          layers::BatchNormalization(), layers::ReLU({.max_value = 6})});
  const CompiledFunction predict([&](const Tensors& in) { return Tensors{model(in[0])}; });
  const engine::Graph& graph = predict.executable({{{4, 12, 12, 32}, DType::kFloat32}})->graph();
  int found = 0;
  for (const auto& call : graph.calls) {
    if (call.op->traits.view) continue;
    const Specs inputs = graph.specs(call.inputs), outputs = graph.specs(call.outputs);
    const auto input_layouts = graph.layouts_of(call.inputs);
    const auto* kernel =
        engine::find_kernel({*call.op, call.attrs, inputs, outputs, 1, input_layouts, {}});
    found += kernel == &simd_depthwise_convolution ? 1 : 0;
  }
  EXPECT_EQ(found, 1);
}

}  // namespace
}  // namespace keras::backend::cpu
