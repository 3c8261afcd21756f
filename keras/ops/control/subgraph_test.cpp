#include "keras/ops/control/subgraph.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "keras/engine/graph/trace.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/numpy.h"
#include "keras/ops/op_list.h"

namespace keras::ops {
namespace {

Tensor number() { return engine::make_placeholder({Shape{}, DType::kFloat32}); }
Tensor matrix() { return engine::make_placeholder({Shape{2, 2}, DType::kFloat32}); }
float value(const Tensor& x) { return x.item<float>(); }

TEST(Subgraph, SubstitutionComputesOnOtherTensors) {
  const Tensor x = number(), y = number();
  const Tensor once = sin(x), all = once * y + once;
  Substitution by;
  by.replace({x, y}, {Tensor(0.5f), Tensor(3.0f)});
  EXPECT_FLOAT_EQ(value(by(all)), 4 * std::sin(0.5f));
  EXPECT_TRUE(by(Tensors{once, once})[0].is_same(by(once))) << "what was computed is kept";
}

TEST(Subgraph, SubstitutionLeavesWhatDoesNotDependOnIt) {
  const Tensor x = number(), y = number();
  const Tensor apart = cos(y);
  Substitution by;
  by.replace(x, number());
  EXPECT_TRUE(by(apart).is_same(apart));
  EXPECT_FALSE(by(apart + x).is_same(apart));
  EXPECT_TRUE(by(apart + x).node()->inputs[0].is_same(apart));
}

TEST(Subgraph, SubstitutionPutsTensorsInThePlaceOfResults) {
  const Tensor x = number();
  const Tensor middle = exp(x);
  Substitution by;
  by.replace(middle, Tensor(2.0f));
  EXPECT_FLOAT_EQ(value(by(middle * middle)), 4);
}

TEST(Subgraph, SubstitutionGoesThroughLongChains) {
  const Tensor x = number();
  Tensor end = x;
  for (int i = 0; i < 20000; ++i) end = -end;
  Substitution by;
  by.replace(x, Tensor(1.5f));
  EXPECT_FLOAT_EQ(value(by(end)), 1.5f);
}

TEST(Subgraph, FindsTheCallsOfOperations) {
  const Tensor a = matrix(), b = matrix();
  const Tensor inner = matmul(a, b), outer = matmul(inner, a), elsewhere = matmul(b, b);
  const auto is_product = [](const engine::Op* op) { return op == &matmul_op; };
  const Tensors found = tensors_of({sin(outer)}, is_product);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(found[0].is_same(inner));
  EXPECT_TRUE(found[1].is_same(outer));
  EXPECT_TRUE(tensors_of({sin(a)}, is_product).empty());
  EXPECT_EQ(tensors_of({outer}, is_product).size(), 1u) << "a result is there anyhow";
}

TEST(Subgraph, FindsCallsAfterThoseOnWhichTheyDepend) {
  const Tensor a = matrix(), b = matrix();
  const Tensor inner = matmul(a, b), outer = matmul(inner, a);
  const Tensors found = calls_of({outer, sin(inner)}, matmul_op);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(found[0].is_same(inner));
  EXPECT_TRUE(found[1].is_same(outer));
  EXPECT_TRUE(calls_of({a + b}, matmul_op).empty());
}

TEST(Subgraph, SaysOnWhichParametersResultsDepend) {
  const Tensor x = number(), y = number(), z = number();
  EXPECT_EQ(dependence({sin(x) + z, x}, {x, y, z}), (std::vector<bool>{true, false, true}));
  EXPECT_EQ(dependence({}, {x}), (std::vector<bool>{false}));
}

TEST(Subgraph, ClosesOverItsSurroundings) {
  const Tensor x = number(), outside = number();
  const Tensor apart = exp(outside);
  const Tensor ten = Tensor(2.0f) * Tensor(5.0f);
  const Closed closed = close_over({x}, {x * apart + ten, apart, outside * x});
  ASSERT_EQ(closed.captures.size(), 2u) << "the work outside stays there";
  EXPECT_TRUE(closed.captures[0].is_same(apart));
  EXPECT_TRUE(closed.captures[1].is_same(outside));
  const Subgraph& graph = closed.graph;
  ASSERT_EQ(graph.parameters.size(), 3u);
  EXPECT_TRUE(graph.parameters[2].is_same(x));
  EXPECT_EQ(dependence(graph.results, {outside, apart}), (std::vector<bool>{false, false}));
  Substitution by;
  by.replace(graph.parameters, {Tensor(3.0f), Tensor(4.0f), Tensor(2.0f)});
  const Tensors values = by(graph.results);
  EXPECT_FLOAT_EQ(value(values[0]), 16);
  EXPECT_FLOAT_EQ(value(values[1]), 3);
  EXPECT_FLOAT_EQ(value(values[2]), 8);
}

TEST(Subgraph, ClosesOverNothingWhereEverythingIsInside) {
  const Tensor x = number();
  EXPECT_TRUE(close_over({x}, {sin(x), ones({3})}).captures.empty());
}

}  // namespace
}  // namespace keras::ops
