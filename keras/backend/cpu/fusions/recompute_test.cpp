#include "keras/backend/cpu/fusions/recompute.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "keras/backend/cpu/fusions/fused_elementwise.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/ops/gradient.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::backend::cpu {
namespace {

using Activation = Tensor (*)(const Tensor&);

/// The gradient of x through an activation between two products, which keep the forward and the
/// backward loops apart.
Tensors step(const Tensors& in, Activation activation) {
  const auto loss = [&](const Tensor& x) {
    const Tensor y = ops::matmul(activation(ops::matmul(x, in[1])), in[1]);
    return ops::sum(y * y);
  };
  return {grad(std::function<Tensor(const Tensor&)>(loss))(in[0])};
}

/// How many tensors of the loop's own shape each fused loop writes, at most.
std::size_t most_outputs(const engine::Graph& graph) {
  std::size_t most = 0;
  for (const auto& call : graph.calls)
    if (call.op == &fused_elementwise_op) most = std::max(most, call.outputs.size());
  return most;
}

Tensor waves(const Shape& shape, double scale) {
  const auto size = static_cast<double>(shape.size());
  return ops::reshape(ops::sin(ops::arange(0.0, size) * 0.37), shape) * scale;
}

void expect_as_eager(Activation activation, std::int64_t rows, std::size_t outputs) {
  const Tensors in = {waves({rows, 64}, 1), waves({64, 64}, 0.2)};
  const CompiledFunction compiled([=](const Tensors& x) { return step(x, activation); });
  const auto executable = compiled.executable({in[0].spec(), in[1].spec()});
  EXPECT_EQ(most_outputs(executable->graph()), outputs) << engine::print_graph(executable->graph());
  const auto got = compiled(in)[0].to_vector<float>();
  const auto want = step(in, activation)[0].to_vector<float>();
  for (std::size_t i = 0; i < want.size(); ++i)
    ASSERT_NEAR(got[i], want[i], 1e-4f * (1 + std::abs(want[i]))) << i;
}

Tensor gelu(const Tensor& x) { return ops::gelu(x, {.approximate = false}); }
Tensor silu(const Tensor& x) { return ops::silu(x); }

TEST(Recompute, WritesOneTensorForwardsWhereTheRestIsCheap) {
  expect_as_eager(gelu, 4096, 1);
  expect_as_eager(silu, 4096, 1);
}

TEST(Recompute, LeavesSmallTensorsAlone) { expect_as_eager(gelu, 16, 4); }

/// The last loop does again what the one before it would only hand on, which did the same with what
/// the first one made: that must be there for it nevertheless.
TEST(Recompute, WorksThroughSeveralLoops) {
  const auto chain = [](const Tensors& in) {
    const Tensor a = ops::exp(in[0] * 0.1);
    const Tensor y = ops::matmul(ops::square(a), in[1]);
    const Tensor p = a * y, q = a + y, r = a - y;
    const Tensor z = ops::matmul(ops::tanh(p + q * r), in[1]);
    return Tensors{p * z + q * ops::square(z) + r + y};
  };
  const Tensors in = {waves({4096, 64}, 1), waves({64, 64}, 0.2)};
  const auto got = CompiledFunction(chain)(in)[0].to_vector<float>();
  const auto want = chain(in)[0].to_vector<float>();
  for (std::size_t i = 0; i < want.size(); ++i)
    ASSERT_NEAR(got[i], want[i], 1e-4f * (1 + std::abs(want[i]))) << i;
}

}  // namespace
}  // namespace keras::backend::cpu
