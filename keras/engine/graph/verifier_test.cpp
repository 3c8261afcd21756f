#include <gtest/gtest.h>

#include <stdexcept>

#include "keras/engine/graph/graph.h"
#include "keras/ops/elementwise/elementwise.h"

namespace keras::engine {
namespace {

Graph sum_of_two() {
  Graph graph;
  const ValueId a = graph.add_value({{2}, DType::kFloat32});
  const ValueId b = graph.add_value({{2}, DType::kFloat32});
  const ValueId c = graph.add_value({{2}, DType::kFloat32});
  graph.arguments = {a, b};
  graph.calls.push_back({&ops::add_op, NoAttrs{}, {a, b}, {c}});
  graph.results = {c};
  return graph;
}

TEST(Verifier, AcceptsWhatIsWhole) { EXPECT_NO_THROW(verify_graph(sum_of_two(), "test")); }

TEST(Verifier, FindsAValueUsedBeforeItIsMade) {
  Graph graph = sum_of_two();
  graph.calls[0].inputs[0] = graph.calls[0].outputs[0];
  EXPECT_THROW(verify_graph(graph, "test"), std::logic_error);
}

TEST(Verifier, FindsAValueMadeTwice) {
  Graph graph = sum_of_two();
  graph.calls.push_back(graph.calls[0]);
  EXPECT_THROW(verify_graph(graph, "test"), std::logic_error);
}

TEST(Verifier, FindsAShapeThatIsNotWhatTheOperationInfers) {
  Graph graph = sum_of_two();
  graph.values[2].shape = {3};
  EXPECT_THROW(verify_graph(graph, "test"), std::logic_error);
}

TEST(Printer, NamesCallsAndValues) {
  const std::string text = print_graph(sum_of_two());
  EXPECT_NE(text.find("%2 = add(%0, %1) : float32 (2,)"), std::string::npos) << text;
  EXPECT_NE(print_graphviz(sum_of_two()).find("v0 -> c0"), std::string::npos);
}

}  // namespace
}  // namespace keras::engine
