#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "keras/engine/graph/graph_index.h"
#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/gradient.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using engine::Graph;
using engine::GraphIndex;
using testing::ramp;

/// Three layers and a step of gradient descent.
struct Network {
  std::vector<Variable> kernels = {Variable(ramp({16, 16})), Variable(ramp({16, 16})),
                                   Variable(ramp({16, 16}))};

  CompiledFunction training() const {
    return CompiledFunction([*this](const Tensors& in) {
      const auto [loss, gradients] = value_and_grad(
          [&] {
            Tensor x = in[0];
            for (const auto& kernel : kernels) x = ops::tanh(ops::matmul(x, kernel));
            return ops::sum(x);
          },
          kernels);
      for (std::size_t i = 0; i < kernels.size(); ++i)
        kernels[i].assign(kernels[i] - 0.01f * gradients[i]);
      return Tensors{loss};
    });
  }
};

const Tensor& batch() {
  static const Tensor x = ramp({8, 16});
  return x;
}

/// The places of the calls that make the variables' next values.
std::vector<int> update_places(const Graph& graph, const std::vector<Variable>& variables) {
  const GraphIndex index(graph);
  std::vector<int> places;
  for (const auto& variable : variables)
    for (const auto& traced : graph.variables)
      if (traced.variable.state() == variable.state()) places.push_back(index.maker(traced.final));
  return places;
}

class DelayUpdates : public ::testing::Test {
 protected:
  void TearDown() override { engine::set_compile_settings(before_); }
  engine::CompileSettings before_ = engine::compile_settings();
};

TEST_F(DelayUpdates, ComeAfterAllThatReadWhatIsThereNow) {
  const Network network;
  const auto executable = network.training().executable({batch().spec()});
  const Graph& graph = executable->graph();
  const GraphIndex index(graph);
  for (const auto& variable : graph.variables)
    for (const int reader : index.users(variable.initial))
      EXPECT_LE(reader, index.maker(variable.final)) << engine::print_graph(graph);
}

TEST_F(DelayUpdates, ComeFromTheLastLayerToTheFirst) {
  const Network network;
  const auto executable = network.training().executable({batch().spec()});
  std::vector<int> places = update_places(executable->graph(), network.kernels);
  ASSERT_EQ(places.size(), 3u);
  EXPECT_TRUE(std::is_sorted(places.rbegin(), places.rend()))
      << engine::print_graph(executable->graph());
}

TEST_F(DelayUpdates, GiveWhatTheyGiveAtOnce) {
  const Network delayed, plain;
  const CompiledFunction train = delayed.training();
  for (int i = 0; i < 3; ++i) train({batch()});
  engine::set_compile_settings({.disabled_passes = {"delay_updates"}, .dump_folder = {}});
  const CompiledFunction reference = plain.training();
  for (int i = 0; i < 3; ++i) reference({batch()});
  for (std::size_t i = 0; i < plain.kernels.size(); ++i)
    EXPECT_EQ(delayed.kernels[i].value().to_vector<float>(),
              plain.kernels[i].value().to_vector<float>());
}

TEST_F(DelayUpdates, StayWhereTheirOutcomeIsUsed) {
  const Variable state{ramp({4, 4})};
  const CompiledFunction f([&](const Tensors& in) {
    const Tensor next = ops::matmul(in[0], state.value());
    state.assign(next);
    return Tensors{ops::matmul(next, in[0]) + ops::exp(state.value())};
  });
  const Tensor x = ramp({4, 4}), before = state.value();
  const Tensor next = ops::matmul(x, before);
  const Tensor expected = ops::matmul(next, x) + ops::exp(next);
  testing::expect_values(f({x})[0], {4, 4}, expected.to_vector<float>());
  testing::expect_values(state.value(), {4, 4}, next.to_vector<float>());
}

TEST_F(DelayUpdates, VariablesThatChangePlaces) {
  const Variable a{ramp({4})}, b{2.0f * ramp({4})}, c{3.0f * ramp({4})};
  const CompiledFunction f([&](const Tensors&) {
    const Tensor old = a.value();
    a.assign(b.value() + 1.0f);
    b.assign(c.value() + 1.0f);
    c.assign(old + 1.0f);
    return Tensors{};
  });
  const auto plus_one = [](const Variable& v) { return (v.value() + 1.0f).to_vector<float>(); };
  const std::vector<float> first = plus_one(b), second = plus_one(c), third = plus_one(a);
  f({});
  EXPECT_EQ(a.value().to_vector<float>(), first);
  EXPECT_EQ(b.value().to_vector<float>(), second);
  EXPECT_EQ(c.value().to_vector<float>(), third);
}

}  // namespace
}  // namespace keras
