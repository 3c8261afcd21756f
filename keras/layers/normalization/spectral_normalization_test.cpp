#include "keras/layers/normalization/spectral_normalization.h"

#include <gtest/gtest.h>

#include <string>

#include "keras/layers/core/dense.h"
#include "keras/layers/core/embedding.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/reshaping/flatten.h"
#include "keras/models/model.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"
#include "keras/utils/random_seed.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;
using testing::ramp;

TEST(SpectralNormalization, IsKerass) {
  const Dense dense(2, {.use_bias = false});
  const SpectralNormalization layer(dense);
  layer.build(Shape{kUnknown, 3});
  ASSERT_EQ(layer.weights().size(), 2u);
  layer.set_weights({ramp({3, 2}), Tensor::from(std::vector<float>{0.6f, 0.8f}, {1, 2})});
  expect_values(layer(ramp({2, 3}), {.training = false}), {2, 2},
                ops::matmul(ramp({2, 3}), ramp({3, 2})).to_vector<float>());
  expect_values(layer(ramp({2, 3}), {.training = true}), {2, 2},
                {1.032995f, 0.326209f, -1.631045f, 1.304836f});
  expect_values(dense.weights()[0].value(), {3, 2},
                {-1.087363f, 0.4349453f, -0.4349453f, 1.087363f, 0.2174727f, -0.652418f});
  expect_values(layer.weights()[1].value(), {1, 2}, {-0.02408939f, 0.9997098f});
}

TEST(SpectralNormalization, FindsTheSingularValueInSeveralSteps) {
  const SpectralNormalization layer(Dense(2, {.use_bias = false}), {.power_iterations = 3});
  layer.build(Shape{kUnknown, 3});
  layer.set_weights({ramp({3, 2}), Tensor::from(std::vector<float>{0.6f, 0.8f}, {1, 2})});
  expect_values(layer(ramp({2, 3}), {.training = true}), {2, 2},
                {0.6283047f, 0.198412f, -0.9920601f, 0.7936481f});
}

TEST(SpectralNormalization, HasItsWeightsInKerassOrder) {
  const SpectralNormalization layer(Dense(2));
  layer.build(Shape{kUnknown, 3});
  const auto names = [](const Variables& weights) {
    std::string out;
    for (const Variable& weight : weights) out += weight.name() + " ";
    return out;
  };
  EXPECT_EQ(names(layer.weights()), "kernel vector_u bias ");
  EXPECT_EQ(names(layer.trainable_weights()), "kernel bias ");
  EXPECT_EQ(names(layer.non_trainable_weights()), "vector_u ");
}

TEST(SpectralNormalization, LeavesAKernelOfZerosAlone) {
  const SpectralNormalization layer(Dense(2, {.kernel_initializer = "zeros"}));
  expect_values(layer(ramp({1, 3}), {.training = true}), {1, 2}, {0, 0});
}

TEST(SpectralNormalization, TakesEmbeddings) {
  utils::set_random_seed(1);
  const Embedding embedding(4, 3);
  const SpectralNormalization layer(embedding, {.power_iterations = 20});
  const Tensor tokens = ops::reshape(ops::arange(4), {1, 4});
  EXPECT_EQ(layer(tokens, {.training = true}).shape(), (Shape{1, 4, 3}));
  const Tensor values = ops::singular_values(embedding.weights()[0].value());
  EXPECT_NEAR(ops::max(values).item<float>(), 1, 1e-2f);
}

TEST(SpectralNormalization, TrainsInsideAModel) {
  utils::set_random_seed(1);
  Tensor inputs = Input({4});
  const Dense dense(3);
  Model model(inputs, Dense(1)(SpectralNormalization(dense, {.power_iterations = 4})(inputs)));
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const auto history = model.fit(ramp({16, 4}), ramp({16, 1}), {.epochs = 4, .verbose = 0});
  EXPECT_LT(history.history["loss"].back(), history.history["loss"].front());
  const Tensor values = ops::singular_values(dense.weights()[0].value());
  EXPECT_NEAR(ops::max(values).item<float>(), 1, 0.2f);
}

TEST(SpectralNormalization, ConfigIsKeras) {
  expect_config_keys(SpectralNormalization(Dense(2)), {"layer", "power_iterations"});
  expect_config_round_trip(SpectralNormalization(Dense(2), {.power_iterations = 3}));
}

TEST(SpectralNormalization, RefusesBadArguments) {
  expect_error<ValueError>([] { SpectralNormalization(Dense(2), {.power_iterations = 0}); },
                           "Received: `power_iterations=0`");
  expect_error<ValueError>(
      [] {
        SpectralNormalization{Flatten{}}(ramp({1, 3}));
      },
      "Flatten object has no attribute 'kernel' nor 'embeddings'");
}

}  // namespace
}  // namespace keras::layers
