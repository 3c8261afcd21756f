#include "keras/optimizers/multi_optimizer.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/adam.h"
#include "keras/optimizers/loss_scale_optimizer.h"
#include "keras/optimizers/sgd.h"
#include "tests/support/tensors.h"

namespace keras::optimizers {
namespace {

using testing::expect_error;
using testing::expect_values;

Variable variable(const std::string& path) {
  const Variable made(Tensor::of<float>({1, 2}), {.name = "kernel"});
  made.set_path(path);
  return made;
}

TEST(MultiOptimizer, LetsEachOptimizerTrainItsVariables) {
  const SGD sgd({.learning_rate = 0.5, .name = "sgd"});
  const Adam adam({.learning_rate = 0.25, .name = "adam"});
  const MultiOptimizer optimizer({sgd, {{"encoder/.*", adam}, {"encoder/last", sgd}}},
                                 {.name = "multi"});
  const Variable a = variable("encoder/a"), b = variable("b"), c = variable("encoder/last");
  optimizer.apply(
      {Tensor::of<float>({1, -1}), Tensor::of<float>({1, 2}), Tensor::of<float>({0, 1})},
      {a, b, c});
  // Adam's first step is as large as its learning rate.
  expect_values(a.value(), {2}, {0.75f, 2.25f});
  expect_values(b.value(), {2}, {0.5f, 1});
  expect_values(c.value(), {2}, {1, 1.5f});
  EXPECT_EQ(optimizer.iterations().value().item<int>(), 1);
  std::vector<std::string> paths;
  for (const auto& state : optimizer.variables()) paths.push_back(state.path());
  EXPECT_EQ(paths, (std::vector<std::string>{"multi/iteration", "multi/learning_rate",
                                             "adam/iteration", "adam/learning_rate",
                                             "adam/encoder_a_momentum", "adam/encoder_a_velocity",
                                             "sgd/iteration", "sgd/learning_rate"}));
}

TEST(MultiOptimizer, ConfigRoundTrip) {
  const MultiOptimizer optimizer({SGD({.learning_rate = 0.5}), {{"a/.*", Adam()}}},
                                 {.loss_scale_factor = 4, .name = "multi"});
  EXPECT_EQ(Optimizer::deserialize(optimizer.serialize()).get_config(), optimizer.get_config());
  EXPECT_EQ(optimizer.get_config()
                .at("optimizer_map")
                .at("config")
                .at("optimizer_map")
                .at("a/.*")
                .at("config")
                .at("loss_scale_factor"),
            Config(4.0));
}

TEST(MultiOptimizer, RefusesWhatDoesNotFit) {
  expect_error<ValueError>([] { MultiOptimizer{OptimizerMap{}}; }, "not None");
  expect_error<ValueError>(
      [] {
        MultiOptimizer({LossScaleOptimizer(SGD()), {}});
      },
      "LossScaleOptimizer cannot be used inside an MultiOptimizer.");
  const MultiOptimizer optimizer({SGD(), {{"a/.*", Adam()}, {".*/b", Adam()}}});
  expect_error<ValueError>([&] { optimizer.build({variable("a/b")}); },
                           "Multiple optimizers assigned to variable a/b.");
  expect_error<TypeError>([&] { optimizer.learning_rate(); }, "Learning rate cannot be accessed");
  expect_error<TypeError>([&] { optimizer.set_learning_rate(1); }, "Learning rate cannot be set");
}

}  // namespace
}  // namespace keras::optimizers
