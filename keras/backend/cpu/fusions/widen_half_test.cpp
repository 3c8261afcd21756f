#include "keras/backend/cpu/fusions/widen_half.h"

#include <gtest/gtest.h>

#include <functional>
#include <string_view>
#include <vector>

#include "keras/backend/cpu/onednn/brain_products.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/rnn/lstm.h"
#include "keras/models/sequential.h"
#include "keras/ops/gradient.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::backend::cpu {
namespace {

/// The calls of a graph by name, with the dtype of their first output.
int count_calls(const engine::Graph& graph, std::string_view name, DType dtype) {
  int found = 0;
  for (const auto& call : graph.calls)
    if (call.op->name == name && graph.spec(call.outputs[0]).dtype == dtype) ++found;
  return found;
}

TEST(WidenHalf, KeepsARecurrenceWhole) {
  const Sequential model({Input({5, 3}), layers::LSTM(4, {.dtype = "mixed_bfloat16"})});
  const CompiledFunction train([&](const Tensors& in) {
    return value_and_grad([&] { return ops::mean(model(in[0], {.training = true})); },
                          model.trainable_weights())
        .gradients;
  });
  const engine::Graph& graph = train.executable({{{2, 5, 3}, DType::kFloat32}})->graph();
  const DType dtype = has_brain_products() ? DType::kBfloat16 : DType::kFloat32;
  EXPECT_EQ(count_calls(graph, "recurrence", dtype), 1);
  EXPECT_EQ(count_calls(graph, "recurrence_gradient", dtype), 1);
}

TEST(WidenHalf, WidensATensorOnceForAllWhoReadIt) {
  const CompiledFunction pooled([](const Tensors& in) {
    // Windows overlap, so that the gradient looks at the tensor again.
    const auto pool = [](const Tensor& x) { return ops::max_pool(x, 3, {.strides = 2}); };
    const std::function<Tensor(const Tensors&)> loss = [&](const Tensors& parts) {
      return ops::sum(pool(parts[0]));
    };
    return Tensors{pool(in[0]), grad(loss)(in)[0]};
  });
  const auto executable = pooled.executable({{{1, 7, 7, 2}, DType::kBfloat16}});
  const engine::Graph& graph = executable->graph();
  EXPECT_EQ(count_calls(graph, "max_pool", DType::kFloat32), 1);
  EXPECT_EQ(count_calls(graph, "max_pool_gradient", DType::kFloat32), 1);
  int casts = 0;
  for (const auto& call : graph.calls)
    if (call.op->name == "cast" && call.inputs[0] == graph.arguments[0]) ++casts;
  EXPECT_EQ(casts, 1) << engine::print_graph(graph);
}

TEST(WidenHalf, GivesTheDtypeAndNearlyTheValuesOfHalfNumbers) {
  const Tensor x = ops::reshape(ops::arange(0.0, 96.0), {2, 6, 8});
  const auto normalized = [](const Tensor& in) {
    return ops::softmax(ops::multiply(ops::cast(in, DType::kBfloat16), 0.125));
  };
  const CompiledFunction compiled([&](const Tensors& in) { return Tensors{normalized(in[0])}; });
  const Tensor got = compiled({x})[0];
  EXPECT_EQ(got.dtype(), DType::kBfloat16);
  const auto wide = ops::cast(got, DType::kFloat32).to_vector<float>();
  const auto want = ops::softmax(ops::multiply(x, 0.125)).to_vector<float>();
  for (std::size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(wide[i], want[i], 0.01f * want[i]);
}

}  // namespace
}  // namespace keras::backend::cpu
