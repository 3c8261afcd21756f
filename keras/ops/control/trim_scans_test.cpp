#include "keras/ops/control/trim_scans.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "keras/engine/graph/trace.h"
#include "keras/ops/control/scan_op.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/ops/op_list.h"

namespace keras::ops {
namespace {

using engine::Graph;
using engine::GraphCall;

constexpr std::int64_t kSteps = 5;

/// A loop with two carries that go their own ways, a third one that reads the first, a y of each of
/// the first two, and something from outside that only the second one reads.
struct Loop {
  Tensors in;
  LoopOutputs out;
};
Loop trace_loop() {
  Loop loop;
  for (int i = 0; i < 4; ++i)
    loop.in.push_back(engine::make_placeholder({Shape{}, DType::kFloat32}));
  loop.in.push_back(engine::make_placeholder({Shape{kSteps}, DType::kFloat32}));
  const Tensor outside = loop.in[3];
  loop.out = *traced_scan(
      [&](const Tensors& carry, const Tensors& x) {
        return TracedStep{{sin(carry[0]) + x[0], carry[1] * outside, carry[2] + carry[0]},
                          {cos(carry[0]), exp(carry[1])},
                          {false, false}};
      },
      {loop.in[0], loop.in[1], loop.in[2]}, {{loop.in[4]}, {false}}, kSteps);
  return loop;
}

Graph trimmed(const std::function<Tensors(const Loop&)>& results) {
  const engine::Trace scope(engine::Trace::Mode::kCompile);
  const Loop loop = trace_loop();
  return trim_scans(engine::build_graph(loop.in, results(loop), scope));
}

const GraphCall* scan_of(const Graph& graph) {
  for (const auto& call : graph.calls)
    if (call.op == &scan_op) return &call;
  return nullptr;
}

struct Sizes {
  std::size_t inputs, outputs;
  std::int64_t captures, carries;
  bool operator==(const Sizes&) const = default;
};
Sizes sizes(const Graph& graph) {
  engine::verify_graph(graph, "trim_scans");
  const GraphCall* scan = scan_of(graph);
  if (!scan) return {};
  const auto& attrs = scan->attrs.as<ScanAttrs>();
  return {scan->inputs.size(), scan->outputs.size(), attrs.captures, attrs.carries};
}

TEST(TrimScans, KeepsWhatIsUsed) {
  // The kept values of the carries before each step are all that nobody uses.
  EXPECT_EQ(sizes(trimmed([](const Loop& loop) {
              Tensors all = loop.out.carry;
              all.insert(all.end(), loop.out.ys.begin(), loop.out.ys.end());
              return all;
            })),
            (Sizes{5, 5, 1, 3}));
}

TEST(TrimScans, DropsCarriesAndTheirInputs) {
  EXPECT_EQ(sizes(trimmed([](const Loop& loop) { return Tensors{loop.out.carry[0]}; })),
            (Sizes{2, 1, 0, 1}));
  EXPECT_EQ(sizes(trimmed([](const Loop& loop) { return Tensors{loop.out.carry[1]}; })),
            (Sizes{2, 1, 1, 1}));
}

TEST(TrimScans, KeepsCarriesThatOthersRead) {
  EXPECT_EQ(sizes(trimmed([](const Loop& loop) { return Tensors{loop.out.carry[2]}; })),
            (Sizes{3, 2, 0, 2}));
  EXPECT_EQ(sizes(trimmed([](const Loop& loop) { return Tensors{loop.out.ys[0]}; })),
            (Sizes{2, 2, 0, 1}));
}

TEST(TrimScans, DropsLoopsThatNobodyReads) {
  const Graph graph = trimmed([](const Loop& loop) { return Tensors{sin(loop.in[0])}; });
  EXPECT_FALSE(scan_of(graph));
  EXPECT_EQ(graph.calls.size(), 1u);
}

TEST(TrimScans, DropsWorkBeforeWhatItDrops) {
  const engine::Trace scope(engine::Trace::Mode::kCompile);
  const Tensor x = engine::make_placeholder({Shape{}, DType::kFloat32});
  const LoopOutputs out = *traced_scan(
      [](const Tensors& carry, const Tensors&) {
        return TracedStep{{carry[0] + 1, sin(carry[1])}, {}, {}};
      },
      {cos(x), exp(x)}, {}, kSteps);
  const Graph graph = trim_scans(engine::build_graph({x}, {out.carry[0]}, scope));
  for (const auto& call : graph.calls) EXPECT_NE(call.op, &exp_op);
  EXPECT_EQ(sizes(graph), (Sizes{1, 1, 0, 1}));
}

TEST(TrimScans, KeepsWhatVariablesAreAssigned) {
  const engine::Trace scope(engine::Trace::Mode::kCompile);
  const Variable count(zeros({}));
  const Tensor x = engine::make_placeholder({Shape{}, DType::kFloat32});
  const LoopOutputs out = *traced_scan(
      [&](const Tensors& carry, const Tensors&) {
        count.assign(count.value() + 1);
        return TracedStep{{sin(carry[0])}, {}, {}};
      },
      {x}, {}, kSteps);
  const Graph graph = trim_scans(engine::build_graph({x}, {}, scope));
  EXPECT_EQ(sizes(graph), (Sizes{1, 1, 0, 1}));
}

}  // namespace
}  // namespace keras::ops
