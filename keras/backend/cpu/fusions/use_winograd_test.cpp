#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "keras/backend/cpu/fusions/winograd.h"
#include "keras/backend/cpu/onednn/brain_products.h"
#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/tensor/variable.h"
#include "keras/engine/text.h"
#include "keras/ops/gradient.h"
#include "keras/ops/nn.h"
#include "keras/ops/nn/conv.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"
#include "keras/random/random.h"

namespace keras::backend::cpu {
namespace {

/// What a convolution is made of, and what comes after it.
struct Case {
  Shape x, kernel;
  std::vector<std::int64_t> pad_low = {1, 1}, pad_high = {1, 1};
};
using Tail = std::function<Tensor(const Tensor& y)>;

Tensor noise(const Shape& shape, int seed) { return random::normal(shape, {.seed = seed}).eval(); }
Tensor as_is(const Tensor& y) { return y; }

Tensor convolution(const Case& c, const Tensor& x, const Tensor& kernel) {
  const ops::ConvAttrs attrs{{1, 1}, {1, 1}, c.pad_low, c.pad_high};
  return ops::emit(ops::conv_op, {x, kernel}, attrs);
}

/// y and the gradients of the input and the kernel, for (x, kernel, dy).
CompiledFunction training(const Case& c, const Tail& tail) {
  return CompiledFunction([=](const Tensors& in) {
    Tensor y;
    const auto loss = [&](const Tensors& parts) {
      y = tail(convolution(c, parts[0], parts[1]));
      return ops::sum(y * in[2]);
    };
    const Tensors gradients = grad(std::function<Tensor(const Tensors&)>(loss))({in[0], in[1]});
    return Tensors{y, gradients[0], gradients[1]};
  });
}

int count_calls(const engine::Graph& graph, const engine::Op& op) {
  return static_cast<int>(std::count_if(graph.calls.begin(), graph.calls.end(),
                                        [&](const auto& call) { return call.op == &op; }));
}

/// Outputs across a tile of the first convolution.
std::int64_t tile_of(const engine::Graph& graph) {
  for (const auto& call : graph.calls)
    if (call.op == &winograd_op) return call.attrs.as<WinogradAttrs>().tile;
  return 0;
}

Specs specs_of(const Tensors& tensors) {
  Specs specs;
  for (const auto& tensor : tensors) specs.push_back(tensor.spec());
  return specs;
}

Tensors without_winograd(const std::function<Tensors()>& run) {
  engine::set_compile_settings({.disabled_passes = {"use_winograd"}, .dump_folder = {}});
  Tensors result = run();
  for (auto& tensor : result) tensor.eval();
  engine::set_compile_settings({});
  return result;
}

double root_mean_square(const Tensor& x) { return std::sqrt(ops::mean(x * x).item<double>()); }

class UseWinograd : public testing::Test {
 protected:
  void SetUp() override {
    if (!nn_functions().winograd[0][0].convolution) GTEST_SKIP() << "no kernel for this processor";
  }
  void TearDown() override { engine::set_num_threads(threads_); }

  /// All three results against float64's, in units of float32's last bit. Sums over channels only
  /// are short; transforms of larger tiles take two bits more.
  static void expect_exact(const Case& c, std::int64_t tile, const Tail& tail = as_is) {
    SCOPED_TRACE(str(c.x, " by ", c.kernel, ", padding ", Shape(c.pad_low), Shape(c.pad_high)));
    Tensors in = {noise(c.x, 1), noise(c.kernel, 2)};
    in.push_back(noise(tail(convolution(c, in[0], in[1])).shape(), 3));
    const CompiledFunction compiled = training(c, tail);
    const auto& graph = compiled.executable(specs_of(in))->graph();
    EXPECT_EQ(count_calls(graph, winograd_op), 2) << engine::print_graph(graph);
    EXPECT_EQ(count_calls(graph, winograd_gradient_op), 1);
    EXPECT_EQ(tile_of(graph), tile);
    const Tensors got = compiled(in);
    Tensors wide;
    for (const auto& tensor : in) wide.push_back(ops::cast(tensor, DType::kFloat64));
    const Tensors exact = training(c, tail)(wide);
    for (std::size_t i = 0; i < got.size(); ++i) {
      SCOPED_TRACE(str("result ", i));
      ASSERT_EQ(got[i].shape(), exact[i].shape());
      const Tensor error = ops::cast(got[i], DType::kFloat64) - exact[i];
      EXPECT_LE(root_mean_square(error),
                (tile == 2 ? 4 : 16) * FLT_EPSILON * root_mean_square(exact[i]));
    }
  }

  int threads_ = engine::num_threads();
};

TEST_F(UseWinograd, OfTilesOf2x2LosesNoDigits) {
  expect_exact({{1, 10, 6, 32}, {3, 3, 32, 64}}, 2);
  expect_exact({{8, 2, 2, 48}, {3, 3, 48, 80}}, 2);  // a narrow last panel
  expect_exact({{1, 8, 8, 32}, {3, 3, 32, 32}, {0, 0}, {0, 0}}, 2);
  expect_exact({{2, 7, 7, 64}, {3, 3, 64, 32}}, 2);
}

TEST_F(UseWinograd, OfTilesOf3x3LosesFewDigits) {
  expect_exact({{2, 9, 9, 32}, {3, 3, 32, 64}}, 3);
  expect_exact({{1, 14, 17, 48}, {3, 3, 48, 80}}, 3);  // tiles over the ends
  expect_exact({{3, 11, 12, 32}, {3, 3, 32, 32}, {0, 0}, {0, 0}}, 3);
  expect_exact({{2, 8, 13, 64}, {3, 3, 64, 32}, {2, 0}, {1, 2}}, 3);
  expect_exact({{9, 3, 3, 144}, {3, 3, 144, 80}}, 3);  // depth of more than a block
}

TEST_F(UseWinograd, OfTilesOf4x4LosesFewDigits) {
  expect_exact({{16, 4, 4, 48}, {3, 3, 48, 80}}, 4);
  expect_exact({{3, 8, 16, 32}, {3, 3, 32, 32}}, 4);
  expect_exact({{4, 16, 7, 64}, {3, 3, 64, 32}, {2, 1}, {0, 1}}, 4);
}

TEST_F(UseWinograd, CutsTilesColumnsAndInputsForAnyNumberOfThreads) {
  for (const int threads : {1, 3, 16}) {
    engine::set_num_threads(threads);
    expect_exact({{1, 10, 10, 48}, {3, 3, 48, 80}}, 2);
    expect_exact({{4, 12, 12, 32}, {3, 3, 32, 96}}, 3);
    expect_exact({{1, 12, 12, 160}, {3, 3, 160, 144}}, 3);  // columns for each thread
    expect_exact({{3, 8, 8, 64}, {3, 3, 64, 64}}, 4);
    expect_exact({{6, 3, 3, 32}, {3, 3, 32, 1024}}, 3);  // more threads than tiles for each
  }
}

TEST_F(UseWinograd, TransformsAKernelOnTheWayIfItIsMultipliedOnce) {
  const auto transforms = [](const Case& c) {
    const auto executable = training(c, as_is).executable(
        {{c.x, DType::kFloat32}, {c.kernel, DType::kFloat32}, {c.x, DType::kFloat32}});
    return count_calls(executable->graph(), winograd_kernel_op);
  };
  EXPECT_EQ(transforms({{1, 12, 12, 64}, {3, 3, 64, 64}}), 0);
  const Case large{{4, 42, 42, 64}, {3, 3, 64, 64}};
  EXPECT_EQ(transforms(large), 2);
  expect_exact(large, 3);
}

/// The gradient of the inputs by a kernel that stays as it is.
void expect_fixed_backwards(const Case& c) {
  const Tensor x = noise(c.x, 1), kernel = noise(c.kernel, 2);
  const Tensor dy = noise(convolution(c, x, kernel).shape(), 3);
  const auto dx = [&](const Tensor& by, const Tensor& at, const Tensor& weight) {
    return CompiledFunction([&c, by, weight](const Tensors& in) {
      const auto loss = [&](const Tensor& part) {
        return ops::sum(convolution(c, part, by) * weight);
      };
      return Tensors{grad(std::function<Tensor(const Tensor&)>(loss))(in[0])};
    })({at})[0];
  };
  const auto wide = [](const Tensor& value) { return ops::cast(value, DType::kFloat64); };
  const Tensor exact = dx(wide(kernel), wide(x), wide(dy));
  EXPECT_LE(root_mean_square(wide(dx(kernel, x, dy)) - exact),
            16 * FLT_EPSILON * root_mean_square(exact));
}

/// What is compiled for prediction, and what it gives with and without the pass.
void expect_prediction(const Case& c, const Tail& tail, const std::string& attributes) {
  const Tensor x = noise(c.x, 1), kernel = noise(c.kernel, 2);
  const auto predict = [&] {
    return CompiledFunction(
        [&](const Tensors& in) { return Tensors{tail(convolution(c, in[0], kernel))}; });
  };
  const CompiledFunction compiled = predict();
  const auto& graph = compiled.executable({x.spec()})->graph();
  std::vector<std::string> calls;
  for (const auto& call : graph.calls)
    if (!call.op->traits.view) calls.push_back(str(call.op->name, " ", call.attrs.to_string()));
  ASSERT_EQ(calls.size(), 1u) << join(calls, "\n");
  EXPECT_TRUE(calls[0].starts_with("winograd ")) << calls[0];
  EXPECT_NE(calls[0].find(attributes), std::string::npos) << calls[0];
  const auto got = compiled({x})[0].to_vector<float>();
  const auto want = without_winograd([&] { return predict()({x}); })[0].to_vector<float>();
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], want[i], 1e-3f) << i;
}

TEST_F(UseWinograd, PredictsWithDeepKernelsOfSomePanels) {
  for (const int threads : {1, 3, 16}) {
    engine::set_num_threads(threads);
    for (const Case& c :
         {Case{{2, 10, 10, 144}, {3, 3, 144, 80}}, Case{{2, 9, 9, 208}, {3, 3, 208, 144}},
          Case{{2, 16, 16, 80}, {3, 3, 80, 208}}}) {
      SCOPED_TRACE(str(c.x, ", ", threads, " threads"));
      expect_prediction(c, as_is, "winograd");
      expect_fixed_backwards(c);
    }
  }
}

TEST_F(UseWinograd, FinishesWhatFollows) {
  const Case c{{2, 9, 10, 32}, {3, 3, 32, 48}};
  const Tensor bias = noise({48}, 4), scale = noise({1, 1, 1, 48}, 5);
  const Tensor residual = noise({2, 9, 10, 48}, 6);
  expect_prediction(
      c, [&](const Tensor& y) { return ops::relu(y + bias); }, "bias=True, epilogue=[relu]");
  expect_prediction(
      c, [&](const Tensor& y) { return ops::relu6((y + residual) * scale); },
      "epilogue=[add, multiply, clip to 6.0]");
  expect_prediction(
      c, [&](const Tensor& y) { return ops::sigmoid(y + bias); }, "epilogue=[sigmoid]");
  expect_prediction(
      c, [&](const Tensor& y) { return ops::tanh(y); }, "epilogue=[tanh]");
}

TEST_F(UseWinograd, PoolsTilesWhereNobodyElseNeedsTheirPixels) {
  const Tensor bias = noise({64}, 4);
  const Tail pooled = [&](const Tensor& y) { return ops::max_pool(ops::relu(y + bias), 2); };
  expect_prediction({{3, 13, 14, 32}, {3, 3, 32, 64}, {0, 0}, {0, 0}}, pooled, "pooled=True");
  expect_prediction({{3, 10, 15, 32}, {3, 3, 32, 64}}, pooled, "pooled=True");
  expect_prediction({{1, 10, 10, 32}, {3, 3, 32, 64}}, pooled, "tile=2");
  expect_prediction({{4, 15, 17, 32}, {3, 3, 32, 64}}, pooled, "tile=4");
  const Case c{{3, 12, 12, 32}, {3, 3, 32, 64}};
  const CompiledFunction both([&](const Tensors& in) {
    const Tensor y = convolution(c, in[0], in[1]);
    return Tensors{ops::max_pool(y, 2), y};
  });
  const Tensors in = {noise(c.x, 1), noise(c.kernel, 2)};
  EXPECT_EQ(both.executable(specs_of(in))->graph().calls.size(), 2u);
  const CompiledFunction only(
      [&](const Tensors& parts) {  // a kernel that is transformed on the way
        return Tensors{ops::max_pool(convolution(c, parts[0], parts[1]), 2)};
      });
  EXPECT_EQ(only.executable(specs_of(in))->graph().calls.size(), 1u);
  const auto pools = only(in)[0].to_vector<float>();
  const auto apart = without_winograd([&] { return only(in); })[0].to_vector<float>();
  for (std::size_t i = 0; i < pools.size(); ++i) ASSERT_NEAR(pools[i], apart[i], 1e-3f) << i;
  const Tensors out = both(in);
  EXPECT_EQ(ops::max_pool(out[1], 2).to_vector<float>(), out[0].to_vector<float>());
}

TEST_F(UseWinograd, PoolsNaN) {
  const Case c{{2, 12, 12, 32}, {3, 3, 32, 32}};
  Tensor x = noise(c.x, 1);
  x = ops::where(ops::reshape(ops::less(ops::arange(2 * 12 * 12 * 32), 1), c.x), NAN, x);
  const CompiledFunction f([&](const Tensors& in) {
    return Tensors{ops::max_pool(convolution(c, in[0], noise(c.kernel, 2)), 2)};
  });
  const Tensor y = f({x})[0];
  EXPECT_TRUE(std::isnan(y.to_vector<float>().front()));
  EXPECT_FALSE(std::isnan(y.to_vector<float>().back()));
}

TEST_F(UseWinograd, OfBfloat16RoundsItsResultsOnly) {
  if (has_brain_tiles()) GTEST_SKIP() << "direct convolutions are faster here";
  const auto narrow = [](const Tensor& x) { return ops::cast(x, DType::kBfloat16).eval(); };
  const auto expect_rounded = [](const Tensor& got, const Tensor& exact) {
    EXPECT_EQ(got.dtype(), DType::kBfloat16);
    const Tensor error = ops::cast(got, DType::kFloat64) - exact;
    EXPECT_LE(root_mean_square(error), 0x1p-9 * root_mean_square(exact));
  };
  for (const Case& c : {Case{{2, 9, 12, 32}, {3, 3, 32, 48}}, Case{{16, 8, 8, 80}, {3, 3, 80, 32}},
                        Case{{4, 42, 42, 64}, {3, 3, 64, 64}}}) {
    SCOPED_TRACE(str(c.x));
    const Tensor x = narrow(noise(c.x, 1)), kernel = narrow(noise(c.kernel, 2));
    const Tensors in = {x, kernel, narrow(noise(convolution(c, x, kernel).shape(), 3))};
    const CompiledFunction compiled = training(c, as_is);
    EXPECT_EQ(count_calls(compiled.executable(specs_of(in))->graph(), winograd_op), 2);
    const Tensors got = compiled(in);
    Tensors wide;
    for (const auto& tensor : in) wide.push_back(ops::cast(tensor, DType::kFloat64));
    const Tensors exact = training(c, as_is)(wide);
    for (std::size_t i = 0; i < got.size(); ++i) expect_rounded(got[i], exact[i]);
  }
  const Case c{{2, 9, 12, 32}, {3, 3, 32, 48}};
  const Tensor x = narrow(noise(c.x, 1)), kernel = narrow(noise(c.kernel, 2));
  const Tensor bias = narrow(noise({48}, 4));
  const CompiledFunction predict(
      [&](const Tensors& in) { return Tensors{ops::relu(convolution(c, in[0], kernel) + bias)}; });
  EXPECT_EQ(count_calls(predict.executable({x.spec()})->graph(), winograd_op), 1);
  const auto wide = [](const Tensor& value) { return ops::cast(value, DType::kFloat64); };
  expect_rounded(predict({x})[0],
                 ops::relu(convolution(c, wide(x), wide(kernel)) + wide(bias)).eval());
  EXPECT_TRUE(std::isnan(predict({ops::full_like(x, NAN)})[0].to_vector<float>().front()));
  const CompiledFunction adds([&](const Tensors& in) {  // as many numbers as the results
    return Tensors{convolution(c, in[0], kernel) + in[1]};
  });
  const TensorSpec sum{{2, 9, 12, 48}, DType::kBfloat16};
  EXPECT_EQ(count_calls(adds.executable({x.spec(), sum})->graph(), winograd_op), 0);
}

TEST_F(UseWinograd, MakesAFixedKernelReadyOnce) {
  const Case c{{2, 12, 12, 32}, {3, 3, 32, 32}};
  const Variable kernel(noise(c.kernel, 2));
  const CompiledFunction f(
      [&](const Tensors& in) { return Tensors{convolution(c, in[0], kernel.value())}; });
  const Tensor x = noise(c.x, 1);
  const auto& graph = f.executable({x.spec()})->graph();
  EXPECT_EQ(count_calls(graph, winograd_kernel_op), 0);
  ASSERT_TRUE(graph.prologue);
  EXPECT_EQ(count_calls(*graph.prologue, winograd_kernel_op), 1);
  const auto before = f({x})[0].to_vector<float>();
  kernel.assign(kernel.value() * 2.0f);
  const auto after = f({x})[0].to_vector<float>();
  for (std::size_t i = 0; i < before.size(); ++i) ASSERT_EQ(after[i], 2 * before[i]) << i;
}

TEST_F(UseWinograd, LeavesWhatItIsNotFasterFor) {
  const auto calls = [](const Case& c, const ops::ConvAttrs& attrs, DType dtype) {
    const CompiledFunction f([&](const Tensors& in) {
      return Tensors{ops::emit(ops::conv_op, {in[0], in[1]}, attrs)};
    });
    const auto executable = f.executable({{c.x, dtype}, {c.kernel, dtype}});
    return count_calls(executable->graph(), winograd_op);
  };
  const Case c{{4, 12, 12, 32}, {3, 3, 32, 32}};
  const ops::ConvAttrs plain{{1, 1}, {1, 1}, {1, 1}, {1, 1}};
  EXPECT_EQ(calls(c, plain, DType::kFloat32), 1);
  EXPECT_EQ(calls(c, plain, DType::kFloat64), 0);
  EXPECT_EQ(calls(c, plain, DType::kBfloat16), has_brain_tiles() ? 0 : 1);
  EXPECT_EQ(calls({{1, 10, 10, 32}, {3, 3, 32, 32}}, plain, DType::kBfloat16), 0);
  EXPECT_EQ(calls(c, {{2, 2}, {1, 1}, {1, 1}, {1, 1}}, DType::kFloat32), 0);
  EXPECT_EQ(calls(c, {{1, 1}, {2, 2}, {2, 2}, {2, 2}}, DType::kFloat32), 0);
  EXPECT_EQ(calls(c, {{1, 1}, {1, 1}, {3, 1}, {1, 1}}, DType::kFloat32), 0);
  EXPECT_EQ(calls({{4, 12, 12, 64}, {3, 3, 32, 32}}, {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 2},
                  DType::kFloat32),
            0);
  EXPECT_EQ(calls({{4, 12, 12, 16}, {3, 3, 16, 32}}, plain, DType::kFloat32), 0);
  EXPECT_EQ(calls({{4, 12, 12, 40}, {3, 3, 40, 32}}, plain, DType::kFloat32), 0);
  EXPECT_EQ(calls({{64, 1, 1, 32}, {3, 3, 32, 32}}, plain, DType::kFloat32), 0);
  EXPECT_EQ(calls({{1, 4, 4, 32}, {3, 3, 32, 32}}, plain, DType::kFloat32), 0);
  EXPECT_EQ(calls({{4, 12, 12, 32}, {5, 5, 32, 32}}, plain, DType::kFloat32), 0);
  EXPECT_EQ(calls({{0, 12, 12, 32}, {3, 3, 32, 32}}, plain, DType::kFloat32), 0);
}

}  // namespace
}  // namespace keras::backend::cpu
