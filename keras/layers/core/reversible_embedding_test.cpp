#include "keras/layers/core/reversible_embedding.h"

#include <gtest/gtest.h>

#include "keras/layers/core/input_layer.h"
#include "keras/models/functional.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_error;
using testing::expect_values;
using testing::ramp;

/// Built, with ramps as weights.
ReversibleEmbedding ready(ReversibleEmbeddingOptions options) {
  ReversibleEmbedding layer(4, 3, std::move(options));
  layer.build(Shape{1, 3});
  Tensors values;
  for (const auto& weight : layer.weights()) values.push_back(ramp(weight.shape()));
  layer.set_weights(values);
  return layer;
}

Tensor numbers() { return Tensor::from(std::vector<std::int32_t>{1, 0, 3}, {1, 3}); }

// The expected values are Keras's.
TEST(ReversibleEmbedding, LooksUpAndGoesBack) {
  const ReversibleEmbedding tied = ready({});
  EXPECT_EQ(tied.weights().size(), 1u);
  expect_values(tied(ramp({1, 2, 3}), {.reverse = true}), {1, 2, 4},
                {2.0625f, -1.0625f, -0.75f, -0.4375f, -1.0625f, 2.1875f, 2, 1.8125f});
  const ReversibleEmbedding apart =
      ready({.tie_weights = false, .mask_zero = true, .logit_soft_cap = 1.5});
  EXPECT_EQ(apart.weights()[1].shape(), (Shape{3, 4}));
  const Tensor out = apart(numbers());
  expect_values(out, {1, 3, 3}, {1.25f, 0.25f, -0.75f, -1.25f, 0.5f, -0.5f, 0.75f, -0.25f, -1.25f});
  ASSERT_NE(out.mask(), nullptr);
  EXPECT_EQ(out.mask()->to_vector<bool>(), (std::vector<bool>{true, false, true}));
  expect_values(apart(ramp({1, 2, 3}), {.reverse = true}), {1, 2, 4},
                {1.345993f, -1.086475f, 1.023393f, -0.8318995f, -0.6931757f, -0.1247114f,
                 -0.1865295f, 1.396664f});
}

TEST(ReversibleEmbedding, GoesBackInTheDtypeThatIsAsked) {
  const Tensor narrow = ops::cast(ramp({1, 2, 3}), DType::kBfloat16);
  const ReversibleEmbedding plain(4, 3, {.dtype = "mixed_bfloat16"});
  EXPECT_EQ(plain(narrow, {.reverse = true}).dtype(), DType::kBfloat16);
  EXPECT_EQ(plain(ramp({1, 2, 3}), {.reverse = true}).dtype(), DType::kFloat32);
  const ReversibleEmbedding wide(4, 3, {.reverse_dtype = "float32", .dtype = "mixed_bfloat16"});
  EXPECT_EQ(wide(narrow, {.reverse = true}).dtype(), DType::kFloat32);
  EXPECT_EQ(wide(numbers()).dtype(), DType::kBfloat16);
}

TEST(ReversibleEmbedding, HasRightGradients) {
  const ReversibleEmbedding layer(4, 3, {.logit_soft_cap = 2, .dtype = "float64"});
  testing::expect_gradients([&](const Tensors& in) { return layer(in[0], {.reverse = true}); },
                            {testing::distinct({2, 3})});
}

TEST(ReversibleEmbedding, StandsTwiceInAModel) {
  const Tensor x = Input({3}, {.dtype = "int32"});
  const ReversibleEmbedding layer = ready({});
  const Model model({x}, {layer(layer(x), {.reverse = true})});
  const Model again = functional_from_config(model.get_config());
  again.set_weights(model.get_weights());
  const auto expected = layer(layer(numbers()), {.reverse = true}).to_vector<float>();
  expect_values(model(numbers()), {1, 3, 4}, expected);
  expect_values(again(numbers()), {1, 3, 4}, expected);
}

TEST(ReversibleEmbedding, ConfigRoundTrip) {
  const ReversibleEmbedding layer(
      4, 3,
      {.tie_weights = false, .mask_zero = true, .reverse_dtype = "float32", .logit_soft_cap = 3});
  testing::expect_config_round_trip(layer);
  testing::expect_config_keys(
      layer, {"input_dim", "output_dim", "embeddings_initializer", "embeddings_regularizer",
              "activity_regularizer", "embeddings_constraint", "mask_zero", "quantization_config",
              "tie_weights", "reverse_dtype", "logit_soft_cap"});
  expect_error<ValueError>([] { ReversibleEmbedding(0, 3); }, "Received: input_dim=0");
  expect_error<ValueError>([] { ReversibleEmbedding(4, 3, {.reverse_dtype = "float31"}); },
                           "float31");
}

}  // namespace
}  // namespace keras::layers
