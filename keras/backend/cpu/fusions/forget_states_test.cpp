#include "keras/backend/cpu/fusions/forget_states.h"

#include <gtest/gtest.h>

#include <vector>

#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/rnn/gru.h"
#include "keras/layers/rnn/lstm.h"
#include "keras/layers/rnn/simple_rnn.h"
#include "keras/models/sequential.h"
#include "keras/ops/gradient.h"
#include "keras/ops/nn/recurrence.h"
#include "keras/ops/numpy.h"

namespace keras::backend::cpu {
namespace {

/// How many recurrences of a graph save something, and how many do not.
std::vector<int> count_recurrences(const engine::Graph& graph) {
  std::vector<int> counts(2, 0);
  for (const auto& call : graph.calls)
    if (call.op == &ops::recurrence_op)
      ++counts[call.attrs.as<ops::RecurrenceAttrs>().saves ? 0 : 1];
  return counts;
}

TEST(ForgetStates, SavesOnlyWhereAGradientIsTaken) {
  const Sequential model({Input({5, 3}), layers::LSTM(4, {.return_sequences = true}),
                          layers::GRU(4, {.return_sequences = true}), layers::SimpleRNN(2)});
  const Specs x = {{{2, 5, 3}, DType::kFloat32}};
  const CompiledFunction predict([&](const Tensors& in) { return Tensors{model(in[0])}; });
  EXPECT_EQ(count_recurrences(predict.executable(x)->graph()), (std::vector<int>{0, 3}));
  const CompiledFunction train([&](const Tensors& in) {
    return value_and_grad([&] { return ops::mean(model(in[0])); }, model.trainable_weights())
        .gradients;
  });
  EXPECT_EQ(count_recurrences(train.executable(x)->graph()), (std::vector<int>{3, 0}));
}

TEST(ForgetStates, GivesTheSameStatesToTheLastBit) {
  for (const std::string dtype : {"float32", "mixed_bfloat16"}) {
    const layers::LSTM lstm(
        20, {.return_sequences = true, .return_state = true, .go_backwards = true, .dtype = dtype});
    const Tensor x = ops::reshape(ops::linspace(-1.0, 1.0, {.num = 3 * 5 * 4}), {3, 5, 4});
    const auto run = [&] {
      return CompiledFunction([&](const Tensors& in) { return lstm.call_list(in[0]); })({x});
    };
    engine::set_compile_settings({.disabled_passes = {"forget_states"}, .dump_folder = {}});
    const Tensors saving = run();
    engine::set_compile_settings({});
    const Tensors forgetting = run();
    ASSERT_EQ(forgetting.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i)
      EXPECT_EQ(ops::cast(forgetting[i], DType::kFloat32).to_vector<float>(),
                ops::cast(saving[i], DType::kFloat32).to_vector<float>())
          << dtype << " output " << i;
  }
}

}  // namespace
}  // namespace keras::backend::cpu
