#include "keras/ops/einops.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/layers/core/input_layer.h"
#include "keras/models/model.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using testing::expect_error;
using testing::expect_values;

Tensor counted(const Shape& shape) {
  return reshape(arange(0, shape.size(), 1, DType::kFloat32), shape);
}

TEST(Rearrange, ReordersSplitsAndJoins) {
  expect_values(rearrange(counted({2, 3}), "a b -> b a"), {3, 2}, {0, 3, 1, 4, 2, 5});
  expect_values(rearrange(counted({2, 3}), "a b->(b a)"), {6}, {0, 3, 1, 4, 2, 5});
  expect_values(rearrange(counted({6, 1}), "(h w) c -> c w h", {{"h", 2}}), {1, 3, 2},
                {0, 3, 1, 4, 2, 5});
  const Tensor image = counted({1, 4, 6, 2});
  const Tensor patches =
      rearrange(image, "b (h p) (w q) c -> b (h w) (p q c)", {{"p", 2}, {"q", 3}});
  EXPECT_EQ(patches.shape(), (Shape{1, 4, 12}));
  const Tensor back =
      rearrange(patches, "b (h w) (p q c) -> b (h p) (w q) c", {{"h", 2}, {"p", 2}, {"q", 3}});
  EXPECT_EQ(back.to_vector<float>(), image.to_vector<float>());
}

TEST(Rearrange, WorksInModels) {
  const Tensor inputs = Input({4, 3});
  const Model model(inputs, rearrange(inputs, "b (h w) c -> b c h w", {{"h", 2}}));
  EXPECT_EQ(model.predict(counted({5, 4, 3}), {.verbose = 0}).shape(), (Shape{5, 3, 2, 2}));
}

TEST(Rearrange, RefusesBadPatterns) {
  const Tensor x = counted({4, 3});
  expect_error<ValueError>([&] { rearrange(x, "a b"); }, "must have the same axes");
  expect_error<ValueError>([&] { rearrange(x, "a b -> a"); }, "must have the same axes");
  expect_error<ValueError>([&] { rearrange(x, "a b -> (a b"); }, "must have the same axes");
  expect_error<ValueError>([&] { rearrange(x, "a ... -> ... a"); }, "must have the same axes");
  expect_error<ValueError>([&] { rearrange(x, "(a b) c -> a b c"); }, "a, b cannot be told apart");
  expect_error<ShapeError>(
      [&] {
        rearrange(x, "(a b) c -> a b c", {{"a", 3}});
      },
      "cannot be split");
  expect_error<ShapeError>([&] { rearrange(x, "a b c -> c b a"); }, "the pattern has 3 axes");
}

}  // namespace
}  // namespace keras::ops
