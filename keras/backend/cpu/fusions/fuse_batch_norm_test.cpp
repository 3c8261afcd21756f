#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "keras/backend/cpu/fusions/fused_batch_norm.h"
#include "keras/engine/graph/graph.h"
#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/gradient.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"
#include "keras/ops/reduction/reduce.h"

namespace keras::backend::cpu {
namespace {

constexpr std::int64_t kChannels = 70;  // a tile of the kernel, and some

/// Numbers of no pattern.
Tensor scattered(const Shape& shape, double scale, double shift = 0) {
  const auto size = static_cast<double>(shape.size());
  const Tensor angles = ops::square(ops::arange(1.0, size + 1.0));
  return ops::reshape(ops::sin(angles) * scale + shift, shape);
}

int count_calls(const engine::Graph& graph, const engine::Op& op) {
  const auto is_one = [&](const auto& call) { return call.op == &op; };
  return static_cast<int>(std::count_if(graph.calls.begin(), graph.calls.end(), is_one));
}

/// What comes after the normalization of x; r is a second input.
using Tail = std::function<Tensor(const Tensor& normalized, const Tensor& r)>;

/// y and the gradients of x, r, gamma and beta.
CompiledFunction training_step(const Tail& tail, const ops::BatchNormAttrs& attrs) {
  return CompiledFunction([=](const Tensors& in) {
    Tensor y;
    const auto loss = [&](const Tensors& parts) {
      Tensors operands = {parts[0]};
      if (attrs.scale) operands.push_back(parts[2]);
      if (attrs.center) operands.push_back(parts[3]);
      y = tail(ops::emit_all(ops::batch_norm_training_op, operands, attrs)[0], parts[1]);
      return ops::sum(ops::cast(y, DType::kFloat32) * scattered(y.shape(), 1.0));
    };
    Tensors out = grad(std::function<Tensor(const Tensors&)>(loss))(in);
    out.insert(out.begin(), y);
    return out;
  });
}

struct Fusions {
  int forward, backward;
};

void expect_same_as_unfused(const Tail& tail, Fusions expected, const ops::BatchNormAttrs& attrs,
                            DType dtype = DType::kFloat32) {
  const Shape shape{5, 3, 4, kChannels};
  const Tensors in = {ops::cast(scattered(shape, 2, 1), dtype),
                      ops::cast(scattered(shape, 3), dtype), scattered({kChannels}, 0.5, 1),
                      scattered({kChannels}, 0.7)};
  Specs specs;
  for (const auto& input : in) specs.push_back(input.spec());
  const CompiledFunction fused = training_step(tail, attrs);
  const auto executable = fused.executable(specs);
  const auto& graph = executable->graph();
  EXPECT_EQ(count_calls(graph, fused_batch_norm_op), expected.forward);
  EXPECT_EQ(count_calls(graph, fused_batch_norm_gradient_op), expected.backward);
  const Tensors got = fused(in);
  engine::set_compile_settings({.disabled_passes = {"fuse_batch_norm"}, .dump_folder = {}});
  const Tensors want = training_step(tail, attrs)(in);
  engine::set_compile_settings({});
  const float tolerance = dtype == DType::kFloat32 ? 1e-6f : 2e-2f;
  for (std::size_t i = 0; i < want.size(); ++i) {
    const auto a = ops::cast(got[i], DType::kFloat32).to_vector<float>();
    const auto b = ops::cast(want[i], DType::kFloat32).to_vector<float>();
    float largest = 0, worst = 0;
    for (std::size_t k = 0; k < b.size(); ++k) {
      largest = std::max(largest, std::abs(b[k]));
      worst = std::max(worst, std::abs(a[k] - b[k]));
    }
    EXPECT_LE(worst, tolerance * largest) << "output " << i;
  }
}

Tensor rectified(const Tensor& x, const Tensor&) { return ops::relu(x); }
Tensor rectified6(const Tensor& x, const Tensor&) { return ops::relu6(x); }
Tensor added(const Tensor& x, const Tensor& r) { return ops::relu(r + x); }

TEST(FuseBatchNorm, TakesTheRectifierForwardsAndBackwards) {
  for (const bool scale : {false, true})
    for (const bool center : {false, true}) {
      SCOPED_TRACE(str("scale ", scale, ", center ", center));
      expect_same_as_unfused(rectified, {1, 1}, {.scale = scale, .center = center});
    }
  expect_same_as_unfused(rectified, {1, 1}, {}, DType::kBfloat16);
}

TEST(FuseBatchNorm, TakesARectifierWithALargestValue) {
  expect_same_as_unfused(rectified6, {1, 1}, {.epsilon = 1e-4});
  expect_same_as_unfused(rectified6, {1, 1}, {}, DType::kBfloat16);
}

TEST(FuseBatchNorm, TakesAResidualForwards) {
  expect_same_as_unfused(added, {1, 0}, {});
  expect_same_as_unfused([](const Tensor& x, const Tensor& r) { return x + r; }, {1, 0}, {});
}

/// The sum of dx by column holds nothing but rounding, so that it must be that of dx as it was
/// rounded, added up exactly but for a share of what was added.
void expect_bias_gradient(bool relu, std::int64_t rows, DType dtype) {
  SCOPED_TRACE(str(dtype, ", rows ", rows, ", relu ", relu));
  const Tensors in = {ops::cast(scattered({rows, 5, kChannels}, 2, 1), dtype),
                      scattered({kChannels}, 0.5, 1), scattered({kChannels}, 0.7),
                      ops::cast(scattered({kChannels}, 0.3), dtype)};
  const CompiledFunction step([&](const Tensors& args) {
    const auto loss = [&](const Tensors& parts) {
      const Tensor biased = parts[0] + parts[3];
      const Tensor y = ops::emit_all(ops::batch_norm_training_op, {biased, parts[1], parts[2]},
                                     ops::BatchNormAttrs{})[0];
      const Tensor weights = ops::cast(scattered(y.shape(), 1.0), dtype);
      return ops::sum((relu ? ops::relu(y) : y) * weights);
    };
    return grad(std::function<Tensor(const Tensors&)>(loss))(args);
  });
  Specs specs;
  for (const auto& input : in) specs.push_back(input.spec());
  const auto executable = step.executable(specs);
  EXPECT_EQ(count_calls(executable->graph(), fused_batch_norm_gradient_op), 1);
  EXPECT_EQ(count_calls(executable->graph(), ops::reduce_op), 0);
  const Tensors got = step(in);
  EXPECT_EQ(got[3].dtype(), dtype);
  const auto dx = ops::cast(got[0], DType::kFloat32).to_vector<float>();
  const auto sums = ops::cast(got[3], DType::kFloat32).to_vector<float>();
  for (std::size_t c = 0; c < sums.size(); ++c) {
    double sum = 0, size = 0;
    for (std::size_t i = c; i < dx.size(); i += sums.size()) {
      sum += static_cast<double>(dx[i]);
      size += std::abs(static_cast<double>(dx[i]));
    }
    const double rounding = dtype == DType::kBfloat16 ? std::abs(sum) / 256 : 0;
    EXPECT_NEAR(static_cast<double>(sums[c]), sum, 1e-7 * size + rounding);
  }
}

TEST(FuseBatchNorm, GivesTheGradientOfABiasBeforeIt) {
  const int threads = engine::num_threads();
  engine::set_num_threads(3);
  for (const bool relu : {false, true})
    for (const std::int64_t rows : {3, 100, 700})
      for (const DType dtype : {DType::kFloat32, DType::kBfloat16})
        expect_bias_gradient(relu, rows, dtype);
  engine::set_num_threads(threads);
}

TEST(FuseBatchNorm, LeavesWhatOthersNeed) {
  const Tail twice = [](const Tensor& x, const Tensor&) { return ops::relu(x) + x * 0.5; };
  expect_same_as_unfused(twice, {0, 0}, {});
  // The sum has a larger shape than the normalized tensor.
  const Tail broadcast = [](const Tensor& x, const Tensor& r) {
    return ops::relu(x + ops::stack({r, r}));
  };
  expect_same_as_unfused(broadcast, {0, 0}, {});
  const Tail doubled = [](const Tensor& x, const Tensor&) { return ops::relu(x + x); };
  expect_same_as_unfused(doubled, {0, 0}, {});
}

TEST(FuseBatchNorm, KeepsNaN) {
  const CompiledFunction f([](const Tensors& in) {
    return Tensors{ops::relu(ops::emit_all(ops::batch_norm_training_op, {in[0]},
                                           ops::BatchNormAttrs{1e-3, false, false})[0])};
  });
  const Tensor x = Tensor::from(std::vector<float>{NAN, 1, 2, 3}, {2, 2});
  const auto y = f({x})[0].to_vector<float>();
  EXPECT_TRUE(std::isnan(y[0]) && std::isnan(y[2]));
  EXPECT_FLOAT_EQ(y[1], 0.0f);
  EXPECT_NEAR(y[3], 1.0f, 1e-3);
}

}  // namespace
}  // namespace keras::backend::cpu
