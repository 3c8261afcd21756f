#include "keras/engine/graph/graph_index.h"

#include <gtest/gtest.h>

#include "keras/ops/elementwise/elementwise.h"

namespace keras::engine {
namespace {

TEST(GraphIndex, KnowsMakersAndUsers) {
  Graph graph;
  const TensorSpec spec{{2}, DType::kFloat32};
  const ValueId x = graph.add_value(spec), y = graph.add_value(spec), z = graph.add_value(spec);
  graph.arguments = {x};
  graph.calls.push_back({&ops::exp_op, NoAttrs{}, {x}, {y}});
  graph.calls.push_back({&ops::add_op, NoAttrs{}, {y, y}, {z}});
  graph.results = {z};
  GraphIndex index(graph);
  EXPECT_EQ(index.maker(x), -1);
  EXPECT_EQ(index.maker(y), 0);
  EXPECT_EQ(index.maker(z), 1);
  EXPECT_EQ(index.only_user(x), 0);
  EXPECT_EQ(index.users(y), (std::vector<int>{1, 1}));
  EXPECT_EQ(index.only_user(y), -1) << "it is used twice";
  EXPECT_EQ(index.uses(z), 1);
  EXPECT_EQ(index.only_user(z), -1) << "a result is used by no call";
  index.set_maker(z, 0);
  EXPECT_EQ(index.maker(z), 0);
}

}  // namespace
}  // namespace keras::engine
