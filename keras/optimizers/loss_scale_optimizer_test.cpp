#include "keras/optimizers/loss_scale_optimizer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/sgd.h"
#include "tests/support/tensors.h"

namespace keras::optimizers {
namespace {

using testing::expect_error;
using testing::expect_values;

struct Model {
  Variable kernel{Tensor::from(std::vector<float>{.1f, -.2f, .3f, -.4f, .5f, -.6f}, Shape{2, 3}),
                  {.name = "kernel"}};
  Variable bias{Tensor::of<float>({.7f, -.8f, .9f}), {.name = "bias"}};
};

std::vector<float> gradient(int count, int step) {
  std::vector<float> values;
  for (int i = 0; i < count; ++i)
    values.push_back(static_cast<float>((i * 7 + step * 5) % 11 - 5) * 0.8f);
  return values;
}

/// Eight times as large as what they stand for; those of the third step are infinite.
Tensors gradients(int step) {
  std::vector<float> bias = gradient(3, step + 1);
  if (step == 2) bias[1] = std::numeric_limits<float>::infinity();
  return {Tensor::from(gradient(6, step), Shape{2, 3}), Tensor::from(bias, Shape{3})};
}

LossScaleOptimizer scaled_sgd() {
  return LossScaleOptimizer(SGD({.learning_rate = 0.1, .momentum = 0.5, .name = "sgd"}),
                            {.initial_scale = 8, .dynamic_growth_steps = 2, .name = "scaled"});
}

// The expected values are Keras's.
void check(const LossScaleOptimizer& optimizer, const Model& model) {
  expect_values(
      model.kernel.value(), {2, 3},
      {0.168750018f, -0.0925000012f, 0.295000017f, -0.476250023f, 0.503750026f, -0.543750048f});
  expect_values(model.bias.value(), {3}, {0.57249999f, -0.792500019f, 0.946250021f});
  const Variables state = optimizer.variables();
  ASSERT_EQ(state.size(), 8u);
  std::vector<std::string> paths;
  for (const auto& variable : state) paths.push_back(variable.path());
  EXPECT_EQ(paths, (std::vector<std::string>{"scaled/iteration", "scaled/learning_rate",
                                             "scaled/step_counter", "scaled/dynamic_scale",
                                             "sgd/iteration", "sgd/learning_rate",
                                             "sgd/kernel_momentum", "sgd/bias_momentum"}));
  EXPECT_EQ(state[2].value().item<int>(), 0);
  EXPECT_EQ(state[3].value().item<float>(), 16.0f);
  expect_values(state[7].value(), {3}, {-0.0125000011f, -0.0474999994f, 0.0137500009f});
  EXPECT_EQ(optimizer.iterations().value().item<int>(), 4);
}

TEST(LossScaleOptimizer, SkipsStepsWithInfiniteGradients) {
  const LossScaleOptimizer optimizer = scaled_sgd();
  const Model model;
  for (int step = 0; step < 5; ++step) optimizer.apply(gradients(step), {model.kernel, model.bias});
  check(optimizer, model);
}

TEST(LossScaleOptimizer, DoesTheSameCompiled) {
  const LossScaleOptimizer optimizer = scaled_sgd();
  const Model model;
  optimizer.build({model.kernel, model.bias});
  const CompiledFunction step = compile([&](const Tensors& arguments) {
    optimizer.apply(arguments, {model.kernel, model.bias});
    return Tensors{arguments[0] * 1};
  });
  for (int i = 0; i < 5; ++i) step(gradients(i));
  check(optimizer, model);
}

TEST(LossScaleOptimizer, ScalesTheLossByItsPresentScale) {
  const LossScaleOptimizer optimizer = scaled_sgd();
  EXPECT_EQ(optimizer.scale_loss(Tensor::of<float>({2})).to_vector<float>()[0], 16.0f);
  const Model model;
  for (int step = 0; step < 2; ++step) optimizer.apply(gradients(step), {model.kernel, model.bias});
  EXPECT_EQ(optimizer.scale_loss(Tensor::of<float>({2})).to_vector<float>()[0], 32.0f);
}

TEST(LossScaleOptimizer, PassesTheLearningRateOn) {
  const SGD inner({.learning_rate = 0.1, .loss_scale_factor = 4});
  const LossScaleOptimizer optimizer(inner);
  optimizer.set_learning_rate(0.5);
  EXPECT_EQ(inner.learning_rate().item<float>(), 0.5f);
  EXPECT_EQ(optimizer.learning_rate().item<float>(), 0.5f);
  EXPECT_TRUE(inner.get_config().at("loss_scale_factor").is_null());
}

TEST(LossScaleOptimizer, ConfigRoundTrip) {
  const LossScaleOptimizer optimizer = scaled_sgd();
  const Config config = optimizer.get_config();
  EXPECT_EQ(config.at("inner_optimizer").at("class_name"), Config("SGD"));
  EXPECT_EQ(Optimizer::deserialize(optimizer.serialize()).get_config(), config);
  Config old = optimizer.serialize();
  old.find("config")->set("use_ema", false);
  EXPECT_EQ(Optimizer::deserialize(old).get_config(), config);
  old.find("config")->set("clipnorm", 1.0);
  expect_error<ValueError>([&] { Optimizer::deserialize(old); },
                           "LossScaleOptimizer does not support `clipnorm`");
  Config fixed = optimizer.serialize();
  fixed.find("config")->set("dynamic", false);
  expect_error<ValueError>([&] { Optimizer::deserialize(fixed); },
                           "no longer supports `dynamic=False`");
  expect_error<ValueError>([] { LossScaleOptimizer{Optimizer()}; }, "`inner_optimizer` is None");
}

}  // namespace
}  // namespace keras::optimizers
