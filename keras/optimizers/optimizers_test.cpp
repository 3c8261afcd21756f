#include "keras/optimizers/optimizers.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/schedules/schedules.h"
#include "tests/support/tensors.h"

namespace keras::optimizers {
namespace {

using testing::expect_error;
using testing::expect_values;

Variable make_variable(const std::string& path = "dense/kernel") {
  Variable variable(Tensor::of<float>({1, -2}), {.name = "kernel"});
  variable.set_path(path);
  return variable;
}

std::vector<std::string> paths(const Optimizer& optimizer) {
  std::vector<std::string> result;
  for (const auto& variable : optimizer.variables()) result.push_back(variable.path());
  return result;
}

TEST(Optimizers, KnowKerasNamesInAnyCase) {
  for (const char* name : {"adam", "Adam", "ADAM"})
    EXPECT_EQ(Optimizer(name).class_name(), "Adam") << name;
  for (const char* name : {"rmsprop", "RMSprop"})
    EXPECT_EQ(Optimizer(name).class_name(), "RMSprop") << name;
  EXPECT_EQ(Optimizer("sgd").identifier(), Config("sgd"));
  EXPECT_FALSE(Optimizer(nullptr).defined());
  expect_error<ValueError>([] { Optimizer("adamm"); }, "did you mean adam");
}

TEST(Optimizers, HaveKerasConfig) {
  EXPECT_EQ(
      SGD({.learning_rate = 0.5, .momentum = 0.9, .name = "s"}).serialize().to_string(),
      R"({"module": "keras.optimizers", "class_name": "SGD", "config": {"name": "s", )"
      R"("learning_rate": 0.5, "weight_decay": null, "clipnorm": null, "global_clipnorm": null, )"
      R"("clipvalue": null, "use_ema": false, "ema_momentum": 0.99, )"
      R"("ema_overwrite_frequency": null, "loss_scale_factor": null, )"
      R"("gradient_accumulation_steps": null, "momentum": 0.9, "nesterov": false}, )"
      R"("registered_name": null})");
}

TEST(Optimizers, KeepTheirConfigs) {
  for (const auto& name : optimizer_names()) {
    // Not without others inside.
    if (name == "LossScaleOptimizer" || name == "MultiOptimizer") continue;
    const Optimizer optimizer(name);
    EXPECT_EQ(Optimizer::deserialize(optimizer.serialize()).serialize(), optimizer.serialize());
  }
  const Optimizer scheduled = Adam({.learning_rate = schedules::ExponentialDecay(0.1, 10, 0.5),
                                    .clipnorm = 1.0,
                                    .use_ema = true,
                                    .ema_overwrite_frequency = 5,
                                    .gradient_accumulation_steps = 2});
  EXPECT_EQ(Optimizer::deserialize(scheduled.serialize()).serialize(), scheduled.serialize());
}

TEST(Optimizers, NameTheirVariablesAsKeras) {
  const Optimizer adam = Adam({.name = "adam"});
  EXPECT_EQ(paths(adam), (std::vector<std::string>{"adam/iteration", "adam/learning_rate"}));
  adam.build({make_variable(), make_variable("dense/bias")});
  EXPECT_EQ(paths(adam),
            (std::vector<std::string>{"adam/iteration", "adam/learning_rate",
                                      "adam/dense_kernel_momentum", "adam/dense_kernel_velocity",
                                      "adam/dense_bias_momentum", "adam/dense_bias_velocity"}));
  EXPECT_EQ(adam.iterations().dtype(), DType::kInt32);
  const Optimizer scheduled =
      SGD({.learning_rate = schedules::CosineDecay(0.1, 10), .name = "sgd"});
  EXPECT_EQ(paths(scheduled), (std::vector<std::string>{"sgd/iteration"}));
}

TEST(Optimizers, LetTheLearningRateBeSet) {
  const Variable variable = make_variable();
  const Optimizer sgd = SGD({.learning_rate = 1});
  EXPECT_EQ(sgd.learning_rate().item<float>(), 1.0f);
  sgd.set_learning_rate(0.5);
  sgd.apply({Tensor::of<float>({1, 1})}, {variable});
  expect_values(variable.value(), {2}, {0.5f, -2.5f});
  EXPECT_EQ(sgd.get_config().at("learning_rate").as_double(), 0.5);
  const Optimizer scheduled = SGD({.learning_rate = schedules::ExponentialDecay(1, 1, 0.5)});
  scheduled.apply({Tensor::of<float>({0, 0})}, {make_variable()});
  EXPECT_EQ(scheduled.learning_rate().item<float>(), 0.5f);
  expect_error<TypeError>([&] { scheduled.set_learning_rate(0.1); }, "not settable");
}

TEST(Optimizers, ApplyConstraintsAfterTheUpdate) {
  const Variable variable = make_variable();
  variable.set_constraint([](const Tensor& w) { return ops::maximum(w, 0); });
  SGD({.learning_rate = 1}).apply({Tensor::of<float>({0.25f, 0.25f})}, {variable});
  expect_values(variable.value(), {2}, {0.75f, 0});
}

TEST(Optimizers, LeaveVariablesWithoutGradientAlone) {
  const Variable first = make_variable();
  const Variable second = make_variable("dense/bias");
  const Optimizer sgd = SGD({.learning_rate = 1});
  sgd.apply_gradients({{Tensor(), first}, {Tensor::of<float>({1, 1}), second}});
  expect_values(first.value(), {2}, {1, -2});
  expect_values(second.value(), {2}, {0, -3});
  expect_error<ValueError>(
      [&] {
        sgd.apply({Tensor(), Tensor()}, {first, second});
      },
      "No gradients provided");
}

TEST(Optimizers, ExcludeFromWeightDecay) {
  const Variable kernel = make_variable();
  const Variable bias(Tensor::of<float>({1, -2}), {.name = "bias"});
  const Variable listed = make_variable("other/kernel");
  const Optimizer sgd = SGD({.learning_rate = 1, .weight_decay = 0.5});
  sgd.exclude_from_weight_decay({.var_list = {listed}, .var_names = {"bia."}});
  const Tensor zero = Tensor::of<float>({0, 0});
  sgd.apply({zero, zero, zero}, {kernel, bias, listed});
  expect_values(kernel.value(), {2}, {0.5f, -1});
  expect_values(bias.value(), {2}, {1, -2});
  expect_values(listed.value(), {2}, {1, -2});
  expect_error<ValueError>([&] { sgd.exclude_from_weight_decay({}); }, "before the optimizer");
}

TEST(Optimizers, FinalizeWithMovingAverages) {
  const Variable variable = make_variable();
  const Optimizer sgd = SGD({.learning_rate = 1, .use_ema = true, .ema_momentum = 0.5});
  const Tensor one = Tensor::of<float>({1, 1});
  sgd.apply({one}, {variable});
  sgd.apply({one}, {variable});
  expect_values(variable.value(), {2}, {-1, -4});
  sgd.finalize_variable_values();
  expect_values(variable.value(), {2}, {-0.5f, -3.5f});
}

TEST(Optimizers, ScaleTheLoss) {
  EXPECT_EQ(SGD({.loss_scale_factor = 8.0}).scale_loss(2.0).item<float>(), 16.0f);
  EXPECT_EQ(Optimizer(SGD()).scale_loss(2.0).item<float>(), 2.0f);
}

TEST(Optimizers, RejectBadArguments) {
  expect_error<ValueError>([] { SGD({.momentum = 1.5}); }, "momentum=1.5");
  expect_error<ValueError>([] { Adam({.clipnorm = 1.0, .clipvalue = 1.0}); }, "Only one of");
  expect_error<ValueError>([] { Adam({.gradient_accumulation_steps = 1}); }, ">= 2");
  expect_error<ValueError>([] { Adam({.use_ema = true, .ema_momentum = 2}); }, "ema_momentum=2");
  expect_error<ValueError>([] { AdamW({.weight_decay = std::nullopt}); }, "weight_decay");
  expect_error<ValueError>([] { Lion({.beta_1 = 0}); }, "beta_1=0");
  expect_error<ValueError>([] { Ftrl({.initial_accumulator_value = -1}); },
                           "initial_accumulator_value");
  const Optimizer adam = Adam();
  const Tensor gradient = Tensor::of<float>({1, 1});
  expect_error<NotBuiltError>([&] { adam.apply({gradient}); }, "built");
  adam.build({make_variable("dense/kernel")});
  expect_error<ValueError>([&] { adam.apply({gradient}, {make_variable("new/kernel")}); },
                           "Unknown variable: new/kernel");
  expect_error<ValueError>([&] { adam.apply({gradient, gradient}); }, "2 gradients");
}

TEST(Optimizers, TakeClassesOfTheProgram) {
  class Halve final : public OptimizerImpl {
   public:
    Halve() : OptimizerImpl("my_app>Halve", {.name = "halve"}) {}
    void build_slots(const Variables&) override {}
    void update_step(const Tensor&, const Variable& variable, const Tensor&, std::size_t) override {
      variable.assign(variable.value() * 0.5);
    }
  };
  register_optimizer("my_app>Halve",
                     [](const Config&) { return Optimizer(std::make_shared<Halve>()); });
  const Variable variable = make_variable();
  const Optimizer halve = Optimizer::deserialize(Optimizer(std::make_shared<Halve>()).serialize());
  halve.apply({Tensor::of<float>({1, 1})}, {variable});
  expect_values(variable.value(), {2}, {0.5f, -1});
}

}  // namespace
}  // namespace keras::optimizers
