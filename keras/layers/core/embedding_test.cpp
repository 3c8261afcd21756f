#include "keras/layers/core/embedding.h"

#include <gtest/gtest.h>

#include "keras/layers/core/input_layer.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;
using testing::ramp;

Tensor words(const std::vector<std::int32_t>& indices, const Shape& shape) {
  return Tensor::from(indices, shape);
}

/// Row i is ramp's.
Embedding embedding(EmbeddingOptions options = {}) {
  const Embedding layer(4, 2, std::move(options));
  layer.build(Shape{1});
  layer.set_weights({ramp({4, 2})});
  return layer;
}

TEST(Embedding, GivesAVectorForEachWord) {
  const Embedding layer = embedding();
  expect_values(layer(words({3, 0, 0}, {1, 3})), {1, 3, 2}, {1, 0, -1.25f, 0.5f, -1.25f, 0.5f});
  expect_values(layer(Tensor::from(std::vector<float>{1.9f}, {1})), {1, 2}, {-0.5f, 1.25f});
  EXPECT_EQ(Embedding(10, 3)(Input({5})).shape(), (Shape{kUnknown, 5, 3}));
  EXPECT_EQ(layer.weights()[0].path(), layer.name() + "/embeddings");
}

TEST(Embedding, HidesZeroWhereAsked) {
  const Tensor y = embedding({.mask_zero = true})(words({0, 2, 1}, {1, 3}));
  ASSERT_TRUE(y.mask());
  EXPECT_EQ(y.mask()->to_vector<float>(), (std::vector<float>{0, 1, 1}));
  EXPECT_FALSE(embedding()(words({0, 2, 1}, {1, 3})).mask());
}

TEST(Embedding, AddsUpTheGradientsOfAWord) {
  const Embedding layer = embedding();
  const Tensor weight = Tensor::from(std::vector<float>{1, 2, 3, 4, 5, 6}, {3, 2});
  const auto [value, gradients] = value_and_grad(
      [&] {
        return ops::sum(layer(words({1, 3, 1}, {3})) * weight);
      },
      layer.trainable_weights());
  expect_values(gradients[0], {4, 2}, {0, 0, 6, 8, 0, 0, 3, 4});
}

TEST(Embedding, ConfigIsKeras) {
  expect_config_keys(Embedding(4, 2),
                     {"input_dim", "output_dim", "embeddings_initializer", "embeddings_regularizer",
                      "activity_regularizer", "embeddings_constraint", "mask_zero"});
  expect_config_round_trip(Embedding(4, 2));
  expect_config_round_trip(Embedding(4, 2,
                                     {.embeddings_initializer = "zeros",
                                      .embeddings_regularizer = "l2",
                                      .embeddings_constraint = "non_neg",
                                      .mask_zero = true,
                                      .name = "words"}));
  Config older = Embedding(4, 2).get_config();
  older.set("input_length", 7);
  EXPECT_NO_THROW(Embedding::from_config(older));
  older.set("lora_rank", 2);
  expect_error<ValueError>([&] { Embedding::from_config(older); }, "lora_rank");
}

TEST(Embedding, RefusesSizesThatAreNotPositive) {
  expect_error<ValueError>([] { Embedding(0, 2); },
                           "`input_dim` must be a positive integer. Received: input_dim=0.");
  expect_error<ValueError>([] { Embedding(4, -1); },
                           "`output_dim` must be a positive integer. Received: output_dim=-1.");
}

}  // namespace
}  // namespace keras::layers
