#include "keras/engine/passes/fixed_values.h"

#include <gtest/gtest.h>

#include <functional>
#include <string_view>

#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::ramp;

/// The graph of a function, with nothing hoisted.
engine::Graph graph_of(const std::function<Tensors(const Tensors&)>& function, const Tensor& x) {
  const engine::CompileSettings before = engine::compile_settings();
  engine::set_compile_settings(
      {.disabled_passes = {"hoist_variable_work", "fuse_elementwise"}, .dump_folder = {}});
  engine::Graph graph = CompiledFunction(function).executable({x.spec()})->graph();
  engine::set_compile_settings(before);
  return graph;
}

/// Whether the values that calls of that operation make are fixed; false where there is none.
bool are_fixed(const engine::Graph& graph, std::string_view op) {
  const engine::FixedValues fixed(graph);
  bool found = false;
  for (const auto& call : graph.calls) {
    if (call.op->name != op) continue;
    found = true;
    if (!fixed.makes(call) || !fixed.contains(call.outputs[0])) return false;
  }
  return found;
}

TEST(FixedValues, AreWhatIsMadeOfVariablesThatAreOnlyRead) {
  const Variable v{ramp({4, 4})};
  const engine::Graph graph = graph_of(
      [&](const Tensors& in) {
        return Tensors{ops::matmul(ops::sin(in[0]), ops::exp(2.0f * v.value()))};
      },
      ramp({4, 4}));
  EXPECT_TRUE(are_fixed(graph, "exp")) << engine::print_graph(graph);
  EXPECT_TRUE(are_fixed(graph, "multiply"));
  EXPECT_FALSE(are_fixed(graph, "sin"));
  EXPECT_FALSE(are_fixed(graph, "matmul"));
}

TEST(FixedValues, AreNotMadeOfVariablesThatAreAssigned) {
  const Variable v{ramp({4, 4})};
  const engine::Graph graph = graph_of(
      [&](const Tensors& in) {
        const Tensor y = ops::matmul(in[0], ops::exp(v.value()));
        v.assign(v.value() + 1.0f);
        return Tensors{y};
      },
      ramp({4, 4}));
  EXPECT_FALSE(are_fixed(graph, "exp")) << engine::print_graph(graph);
}

TEST(FixedValues, AreNotMuchLargerThanWhatTheyAreMadeOf) {
  const Variable v{ramp({4})};
  const engine::Graph graph = graph_of(
      [&](const Tensors& in) {
        return Tensors{ops::matmul(in[0], ops::broadcast_to(v.value(), {64, 4}))};
      },
      ramp({4, 64}));
  EXPECT_FALSE(are_fixed(graph, "broadcast_to")) << engine::print_graph(graph);
}

}  // namespace
}  // namespace keras
