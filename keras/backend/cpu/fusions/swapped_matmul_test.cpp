#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>
#include <vector>

#include "keras/engine/graph/graph.h"
#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/ops/core.h"
#include "keras/ops/gradient.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::backend::cpu {
namespace {

using Network = std::function<Tensors(const Tensors&)>;

Tensor scattered(const Shape& shape, double scale, double turn) {
  const auto size = static_cast<double>(shape.size());
  return ops::reshape(ops::sin(ops::square(ops::arange(1.0, size + 1.0)) * turn) * scale, shape);
}

Tensor heads(const Tensor& x) { return ops::transpose(x, {.axes = {0, 2, 1, 3}}); }

/// Attention of (batch, steps, heads, width) tensors.
Tensor attend(const Tensors& in) {
  const Tensor scores = ops::matmul(heads(in[0]), ops::swapaxes(heads(in[1]), -1, -2));
  return heads(ops::matmul(ops::softmax(scores), heads(in[2])));
}

int count_calls(const Network& network, const Tensors& in, std::string_view name) {
  Specs specs;
  for (const auto& input : in) specs.push_back(input.spec());
  const auto executable = CompiledFunction(network).executable(specs);
  const auto& calls = executable->graph().calls;
  return static_cast<int>(std::count_if(calls.begin(), calls.end(),
                                        [&](const auto& call) { return call.op->name == name; }));
}

void expect_same_as_copied(const Network& network, const Tensors& in, float tolerance = 1e-5f) {
  const Tensors got = CompiledFunction(network)(in);
  engine::set_compile_settings({.disabled_passes = {"swap_in_matmul"}, .dump_folder = {}});
  const Tensors want = CompiledFunction(network)(in);
  engine::set_compile_settings({});
  for (std::size_t i = 0; i < want.size(); ++i) {
    ASSERT_EQ(got[i].shape(), want[i].shape());
    const auto a = ops::cast(got[i], DType::kFloat32).to_vector<float>();
    const auto b = ops::cast(want[i], DType::kFloat32).to_vector<float>();
    for (std::size_t k = 0; k < b.size(); ++k)
      ASSERT_NEAR(a[k], b[k], tolerance) << "output " << i << " at " << k;
  }
}

Tensors inputs(std::int64_t batch, DType dtype = DType::kFloat32) {
  Tensors in;
  for (const double turn : {0.3, 0.7, 1.1})
    in.push_back(ops::cast(scattered({batch, 24, 3, 20}, 1, turn), dtype));
  return in;
}

TEST(SwappedMatmul, ReadsAndWritesHeadsAsTheyLie) {
  const Network forward = [](const Tensors& in) { return Tensors{attend(in)}; };
  EXPECT_EQ(count_calls(forward, inputs(4), "transpose"), 0);
  EXPECT_EQ(count_calls(forward, inputs(4), "swapped_matmul"), 2);
  for (const std::int64_t batch : {1, 4}) expect_same_as_copied(forward, inputs(batch));
  expect_same_as_copied(forward, inputs(4, DType::kBfloat16), 2e-2f);
}

TEST(SwappedMatmul, DoesSoInGradients) {
  const Network backward = [](const Tensors& in) {
    return grad(std::function<Tensor(const Tensors&)>(
        [](const Tensors& x) { return ops::sum(ops::square(attend(x))); }))(in);
  };
  // The keys' gradient comes with its last axes exchanged: that stays a copy.
  EXPECT_EQ(count_calls(backward, inputs(4), "transpose"), 2);
  EXPECT_EQ(count_calls(backward, inputs(4), "swapped_matmul"), 6);
  for (const std::int64_t batch : {1, 4}) expect_same_as_copied(backward, inputs(batch), 1e-4f);
}

/// Large enough for both threads, with one sample, too.
TEST(SwappedMatmul, IsCutForThreads) {
  const Network forward = [](const Tensors& in) { return Tensors{attend(in)}; };
  Tensors in;
  for (const double turn : {0.3, 0.7, 1.1}) in.push_back(scattered({1, 130, 4, 64}, 1, turn));
  expect_same_as_copied(forward, in);
}

TEST(SwappedMatmul, LeavesWhatItCannotTake) {
  // The copy is asked for, too.
  const Network both = [](const Tensors& in) {
    const Tensor product = ops::matmul(in[0], in[1]);
    return Tensors{heads(product), product};
  };
  const Tensors square = {scattered({2, 3, 4, 5}, 1, 0.4), scattered({2, 3, 5, 6}, 1, 0.2)};
  EXPECT_EQ(count_calls(both, square, "transpose"), 1);
  expect_same_as_copied(both, square);
  // Heads that are broadcast.
  const Network broadcast = [](const Tensors& in) {
    return Tensors{ops::matmul(heads(in[0]), in[1])};
  };
  const Tensors one = {scattered({2, 4, 3, 5}, 1, 0.4), scattered({2, 1, 5, 6}, 1, 0.2)};
  EXPECT_EQ(count_calls(broadcast, one, "transpose"), 1);
  expect_same_as_copied(broadcast, one);
}

}  // namespace
}  // namespace keras::backend::cpu
