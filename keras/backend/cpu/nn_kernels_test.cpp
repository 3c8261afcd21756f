#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "keras/backend/reference/kernel_list.h"
#include "keras/engine/runtime/backend.h"
#include "keras/engine/text.h"
#include "keras/ops/linalg.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/nn/conv.h"
#include "keras/ops/nn/normalization.h"
#include "keras/ops/nn/pool.h"
#include "keras/ops/nn/softmax.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using engine::Attrs;
using engine::Kernel;
using engine::KernelCall;
using engine::Op;

constexpr int kThreads = 2;

/// One call on random float32 inputs, run by kernels of our choice.
class CallUnderTest {
 public:
  CallUnderTest(const Op& op, Attrs attrs, const std::vector<Shape>& shapes)
      : op_(op), attrs_(std::move(attrs)) {
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    for (const auto& shape : shapes) {
      inputs_.push_back({shape, DType::kFloat32});
      data_.emplace_back(static_cast<std::size_t>(shape.size()));
      for (auto& value : data_.back()) value = normal(random);
    }
    outputs_ = op.infer(inputs_, attrs_);
  }

  CallUnderTest& positive(int input) {
    for (auto& value : data_[static_cast<std::size_t>(input)]) value = std::abs(value) + 0.1f;
    return *this;
  }

  KernelCall call() const { return {op_, attrs_, inputs_, outputs_, kThreads}; }

  std::vector<std::vector<float>> run(const Kernel& kernel) const {
    EXPECT_EQ(kernel.refusal(call()), "") << kernel.name;
    return run(*kernel.prepare(call()), -1, -1);
  }

  /// Outputs that the kernel may lay over an input have the same bits there.
  void expect_same_in_place(const Kernel& kernel) const {
    const auto prepared = kernel.prepare(call());
    const auto expected = run(*prepared, -1, -1);
    for (std::size_t input = 0; input < inputs_.size(); ++input)
      for (std::size_t output = 0; output < outputs_.size(); ++output) {
        const int i = static_cast<int>(input), o = static_cast<int>(output);
        if (inputs_[input] == outputs_[output] && prepared->may_overwrite(i, o)) {
          EXPECT_EQ(run(*prepared, i, o), expected)
              << kernel.name << ", output " << o << " over input " << i;
        }
      }
  }

 private:
  /// With output `output` in the memory of input `over`; -1 for none.
  std::vector<std::vector<float>> run(const engine::PreparedKernel& prepared, int over,
                                      int output) const {
    auto in = data_;
    std::vector<std::vector<float>> out;
    for (const auto& spec : outputs_) out.emplace_back(static_cast<std::size_t>(spec.shape.size()));
    std::vector<void*> in_places, out_places;
    for (auto& values : in) in_places.push_back(values.data());
    for (auto& values : out) out_places.push_back(values.data());
    const auto to = static_cast<std::size_t>(output), from = static_cast<std::size_t>(over);
    if (over >= 0) out_places[to] = in_places[from];
    const Storage scratch = Storage::allocate(prepared.scratch_bytes());
    prepared.run({in_places.data(), out_places.data(), scratch.data()});
    if (over >= 0) out[to] = in[from];
    return out;
  }

  const Op& op_;
  Attrs attrs_;
  Specs inputs_;
  Specs outputs_;
  std::vector<std::vector<float>> data_;
};

const Kernel& reference_kernel(const Op& op) {
  for (const auto& row : reference::kernel_rows())
    if (row.op == &op) return *row.kernels[0];
  throw std::logic_error("no reference kernel of " + std::string(op.name));
}

/// The kernel that the backend prefers must not be the reference, and must agree with it, also
/// where it works in place.
void expect_agreement(const CallUnderTest& test, double tolerance = 2e-5) {
  const KernelCall call = test.call();
  const Kernel* fast = engine::find_kernel(call);
  const Kernel& reference = reference_kernel(call.op);
  ASSERT_NE(fast, &reference) << call.op.name << " " << call.attrs.to_string();
  const auto expected = test.run(reference);
  const auto got = test.run(*fast);
  test.expect_same_in_place(*fast);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    double largest = 1;
    for (const float value : expected[i])
      largest = std::max(largest, std::abs(static_cast<double>(value)));
    for (std::size_t k = 0; k < expected[i].size(); ++k)
      ASSERT_NEAR(got[i][k], expected[i][k], tolerance * largest)
          << call.op.name << "(" << call.attrs.to_string() << ") output " << i << " at " << k;
  }
}

TEST(CpuKernels, MatmulAgreesWithTheReference) {
  for (const bool ta : {false, true})
    for (const bool tb : {false, true})
      for (const auto& [m, k, n] : std::vector<std::tuple<int, int, int>>{
               {1, 7, 5},
               {3, 4, 1},
               {128, 300, 257},
               {700, 64, 33},
               {2, 900, 1100},
               // Wide ones, which are packed, of all widths that blocks may have.
               {300, 70, 256},
               {256, 33, 272},
               {290, 31, 300},
               {400, 200, 336},
               {257, 64, 1025}}) {
        SCOPED_TRACE(str(m, " rows, ", k, " terms, ", n, " columns"));
        const Shape a = ta ? Shape{k, m} : Shape{m, k};
        const Shape b = tb ? Shape{n, k} : Shape{k, n};
        expect_agreement({ops::matmul_op, ops::MatmulAttrs{ta, tb}, {a, b}});
      }
}

TEST(CpuKernels, WideMatmulsInBfloat16HaveFloat32sSums) {
  // The ramps' numbers and the products' sums are exact in both.
  for (const std::int64_t columns : {256, 300})
    for (const std::int64_t depth : {32, 33}) {
      const Tensor a = testing::ramp({280, depth}), b = testing::ramp({depth, columns});
      const auto half = [](const Tensor& x) { return ops::cast(x, DType::kBfloat16); };
      const Tensor expected = half(ops::matmul(a, b)), actual = ops::matmul(half(a), half(b));
      EXPECT_EQ(actual.dtype(), DType::kBfloat16);
      EXPECT_EQ(ops::max(ops::abs(actual - expected)).item<float>(), 0.0f);
    }
}

TEST(CpuKernels, BatchedMatmulAgreesWithTheReference) {
  for (const bool ta : {false, true})
    for (const bool tb : {false, true}) {
      const Shape a = ta ? Shape{6, 40, 30} : Shape{6, 30, 40};
      const Shape b = tb ? Shape{6, 90, 40} : Shape{6, 40, 90};
      const Shape shared = tb ? Shape{90, 40} : Shape{40, 90};
      expect_agreement({ops::matmul_op, ops::MatmulAttrs{ta, tb}, {a, b}});
      expect_agreement({ops::matmul_op, ops::MatmulAttrs{ta, tb}, {a, shared}});
      expect_agreement({ops::matmul_op,
                        ops::MatmulAttrs{ta, tb},
                        {Shape{5, 1}.concat(a.slice(1)), Shape{1, 7}.concat(b.slice(1))}});
    }
}

struct ConvCase {
  Shape x;
  Shape kernel;
  ops::ConvAttrs attrs;
};

std::vector<ConvCase> conv_cases() {
  return {
      {{4, 9, 8, 3}, {3, 3, 3, 5}, {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 1}},
      {{1, 30, 31, 16}, {3, 3, 16, 24}, {{1, 1}, {1, 1}, {0, 0}, {0, 0}, 1}},
      {{5, 15, 14, 1}, {5, 4, 1, 8}, {{2, 3}, {1, 1}, {2, 0}, {1, 3}, 1}},
      {{3, 12, 12, 4}, {3, 3, 4, 6}, {{1, 1}, {2, 3}, {2, 3}, {2, 3}, 1}},
      {{3, 11, 10, 8}, {3, 3, 2, 12}, {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 4}},
      {{2, 16, 16, 32}, {3, 3, 1, 32}, {{2, 2}, {1, 1}, {0, 0}, {1, 1}, 32}},
      {{1, 24, 23, 48}, {3, 3, 1, 48}, {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 48}},
      {{4, 40, 6}, {5, 6, 9}, {{2}, {1}, {2}, {2}, 1}},
      {{2, 6, 7, 5, 3}, {2, 3, 3, 3, 4}, {{1, 2, 1}, {1, 1, 1}, {0, 1, 1}, {1, 1, 1}, 1}},
      {{2, 7, 6, 8}, {3, 3, 8, 130}, {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 1}},
      {{9, 9, 8, 5}, {3, 2, 5, 200}, {{2, 3}, {2, 1}, {2, 0}, {1, 1}, 1}},
      {{3, 9, 10, 16}, {1, 1, 16, 24}, {{1, 1}, {1, 1}, {0, 0}, {0, 0}, 1}},
      {{3, 9, 12, 40}, {1, 1, 40, 8}, {{2, 3}, {1, 1}, {0, 0}, {0, 0}, 1}},
      {{1, 31, 6}, {1, 6, 9}, {{2}, {1}, {0}, {0}, 1}},
      {{2, 6, 7, 5, 3}, {1, 1, 1, 3, 4}, {{1, 2, 2}, {1, 1, 1}, {0, 0, 0}, {0, 0, 0}, 1}},
  };
}

TEST(CpuKernels, ConvolutionAgreesWithTheReference) {
  for (const auto& c : conv_cases()) expect_agreement({ops::conv_op, c.attrs, {c.x, c.kernel}});
}

TEST(CpuKernels, ConvolutionGradientsAgreeWithTheReference) {
  for (const auto& c : conv_cases()) {
    const Specs out = ops::conv_op.infer({{c.x}, {c.kernel}}, c.attrs);
    const auto spatial = [](const Shape& shape, int from) {
      return shape.slice(from, from + shape.rank() - 2).dims();
    };
    expect_agreement({ops::conv_input_gradient_op,
                      ops::ConvGradientAttrs{c.attrs, spatial(c.x, 1)},
                      {out[0].shape, c.kernel}});
    expect_agreement({ops::conv_kernel_gradient_op,
                      ops::ConvGradientAttrs{c.attrs, spatial(c.kernel, 0)},
                      {c.x, out[0].shape}},
                     5e-5);
  }
}

TEST(CpuKernels, PoolingAgreesWithTheReference) {
  const std::vector<std::pair<Shape, ops::PoolAttrs>> cases = {
      {{4, 9, 8, 3}, {{2, 2}, {2, 2}, {0, 0}, {1, 0}}},
      {{3, 20, 20, 40}, {{3, 3}, {2, 2}, {1, 1}, {1, 1}}},
      {{5, 17, 6}, {{4}, {3}, {1}, {2}}},
      {{2, 6, 5, 7, 4}, {{2, 3, 2}, {1, 2, 2}, {0, 1, 0}, {1, 1, 1}}},
  };
  for (const auto& [shape, attrs] : cases) {
    const Shape pooled = ops::max_pool_op.infer({{shape}}, attrs)[0].shape;
    expect_agreement({ops::max_pool_op, attrs, {shape}});
    expect_agreement({ops::average_pool_op, attrs, {shape}});
    expect_agreement({ops::max_pool_gradient_op, attrs, {shape, pooled}});
    expect_agreement({ops::average_pool_gradient_op,
                      ops::PoolGradientAttrs{attrs, shape.slice(1, shape.rank() - 1).dims()},
                      {pooled}});
  }
}

TEST(CpuKernels, SoftmaxAgreesWithTheReference) {
  for (const Shape& shape : {Shape{3, 10}, Shape{1, 1}, Shape{200, 37}, Shape{4, 5, 100}}) {
    const ops::SoftmaxAttrs attrs{shape.rank() - 1};
    expect_agreement({ops::softmax_op, attrs, {shape}}, 1e-6);
    expect_agreement({ops::log_softmax_op, attrs, {shape}}, 1e-6);
  }
}

TEST(CpuKernels, NormalizationAgreesWithTheReference) {
  for (const bool scale : {false, true})
    for (const bool center : {false, true}) {
      const Shape x = {20, 9, 37};
      const std::vector<Shape> optional = scale ? std::vector<Shape>{{37}} : std::vector<Shape>{};
      auto forward = optional;
      forward.insert(forward.begin(), x);
      if (center) forward.push_back({37});
      const ops::BatchNormAttrs batch{1e-3, scale, center};
      const ops::LayerNormAttrs layer{1, 1e-3, scale, center};
      expect_agreement({ops::batch_norm_training_op, batch, forward});
      expect_agreement({ops::layer_norm_op, layer, forward});
      auto backward = optional;
      backward.insert(backward.begin(), x);
      auto of_rows = backward;
      for (const Shape& shape : {Shape{37}, Shape{37}, x}) backward.push_back(shape);
      const Specs row_specs = ops::layer_norm_op.infer(
          [&] {
            Specs specs;
            for (const auto& shape : forward) specs.push_back({shape});
            return specs;
          }(),
          layer);
      for (const Shape& shape : {row_specs[1].shape, row_specs[2].shape, x})
        of_rows.push_back(shape);
      const int variance = scale ? 3 : 2;
      CallUnderTest batch_gradient(ops::batch_norm_gradient_op, batch, backward);
      expect_agreement(batch_gradient.positive(variance), 1e-4);
      CallUnderTest layer_gradient(ops::layer_norm_gradient_op, layer, of_rows);
      expect_agreement(layer_gradient.positive(variance), 1e-4);
    }
}

}  // namespace
}  // namespace keras
