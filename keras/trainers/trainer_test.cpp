#include "keras/trainers/trainer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "keras/callbacks/callbacks.h"
#include "keras/engine/error.h"
#include "keras/layers/core/dense.h"
#include "keras/losses/losses.h"
#include "keras/metrics/metrics.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/optimizers.h"
#include "keras/random/random.h"
#include "keras/utils/random_seed.h"

namespace keras {
namespace {

/// One Dense layer, or two of them as two outputs.
class TinyModel : public Trainer {
 public:
  explicit TinyModel(int units = 1, std::string activation = "linear", bool two_outputs = false)
      : Trainer({"TinyModel"}) {
    const auto dense = [&](const char* name) {
      return track(layers::Dense(units, {.activation = activation, .name = name}));
    };
    a_ = dense("a");
    if (two_outputs) b_ = dense("b");
  }

  Tensors call_list(const Tensors& xs, const CallContext&) override {
    if (b_.defined()) return {a_(xs[0]), b_(xs[0])};
    return {a_(xs[0])};
  }
  void save(const std::string& path) const override { saved.push_back(path); }
  void save_weights(const std::string& path) const override { saved.push_back(path); }

  mutable std::vector<std::string> saved;

 protected:
  std::vector<std::string> output_keys() const override {
    if (b_.defined()) return {"a", "b"};
    return {"a"};
  }

 private:
  Layer a_;
  Layer b_;
};

struct Line {
  Tensor x = Tensor::from(std::vector<float>{-1, 0, 1, 2, 3, 4, 5, 6}, {8, 1});
  Tensor y = Tensor::from(std::vector<float>{-3, -1, 1, 3, 5, 7, 9, 11}, {8, 1});
};

template <typename Function>
std::string error_of(const Function& function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}
#define EXPECT_ERROR(statement, text)                                   \
  EXPECT_NE(error_of([&] { statement; }).find(text), std::string::npos) \
      << error_of([&] { statement; })

TEST(Trainer, LearnsALine) {
  utils::set_random_seed(1);
  TinyModel model;
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.05}), .loss = "mse"});
  const Line line;
  const auto history = model.fit(line.x, line.y, {.batch_size = 8, .epochs = 200, .verbose = 0});
  EXPECT_EQ(history.epoch().size(), 200u);
  const auto& loss = history.history["loss"];
  ASSERT_EQ(loss.size(), 200u);
  EXPECT_LT(loss.back(), 1e-2 * loss.front());
  const Tensors weights = model.get_weights();
  EXPECT_NEAR(weights[0].item<double>(), 2.0, 0.1);
  EXPECT_NEAR(weights[1].item<double>(), -1.0, 0.2);
  EXPECT_NEAR(model.evaluate(line.x, line.y, {.verbose = 0})["loss"], loss.back(), 1e-2);
}

TEST(Trainer, CompiledAndEagerStepsAgree) {
  const Line line;
  std::vector<std::vector<double>> losses;
  for (const bool eager : {false, true}) {
    utils::set_random_seed(3);
    TinyModel model;
    model.compile({.optimizer = "adam", .loss = "mse", .metrics = {"mae"}, .run_eagerly = eager});
    losses.push_back(
        model.fit(line.x, line.y, {.batch_size = 3, .epochs = 4, .verbose = 0}).history["loss"]);
  }
  for (std::size_t i = 0; i < losses[0].size(); ++i) EXPECT_NEAR(losses[0][i], losses[1][i], 1e-5);
}

TEST(Trainer, TheSameSeedGivesTheSameBits) {
  const Line line;
  std::vector<std::vector<double>> losses;
  for (const int seed : {5, 5, 6}) {
    utils::set_random_seed(seed);
    TinyModel model;
    model.compile({.optimizer = "adam", .loss = "mse"});
    losses.push_back(
        model.fit(line.x, line.y, {.batch_size = 3, .epochs = 4, .verbose = 0}).history["loss"]);
  }
  EXPECT_EQ(losses[0], losses[1]);
  EXPECT_NE(losses[0], losses[2]);
}

TEST(Trainer, LossIsTheMeanOverExamplesNotOverBatches) {
  TinyModel model;
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Line line;
  const double at_once = model.evaluate(line.x, line.y, {.batch_size = 8, .verbose = 0})["loss"];
  const double in_parts = model.evaluate(line.x, line.y, {.batch_size = 3, .verbose = 0})["loss"];
  EXPECT_NEAR(at_once, in_parts, 1e-4 * at_once);
}

TEST(Trainer, NamesLogsAsKerasDoes) {
  TinyModel model(1, "linear", true);
  model.compile(
      {.optimizer = "sgd",
       .loss = {{"a", "mse"}, {"b", losses::MeanAbsoluteError()}},
       .loss_weights = {{"a", 1.0}, {"b", 0.5}},
       .metrics = {{"a", "mse"}, {"b", {"mae", metrics::MeanSquaredError({.name = "q"})}}},
       .weighted_metrics = {"mse", "mse"}});
  const Line line;
  const Logs logs = model.evaluate(line.x, {line.y, line.y}, {.verbose = 0});
  EXPECT_EQ(logs.names(), (std::vector<std::string>{"a_loss", "a_mse", "a_weighted_mse", "b_loss",
                                                    "b_mae", "b_mse", "b_q", "loss"}));
  EXPECT_NEAR(logs["loss"], logs["a_loss"] + 0.5 * logs["b_loss"], 1e-4 * logs["loss"]);
  EXPECT_NEAR(logs["a_loss"], logs["a_mse"], 1e-4 * logs["a_mse"]);
  const Logs named = model.evaluate(line.x, {{"b", line.y}, {"a", line.y}}, {.verbose = 0});
  EXPECT_EQ(named.items(), logs.items());
}

TEST(Trainer, ValidatesOnWhatWasHeldBack) {
  TinyModel model;
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.0}), .loss = "mse"});
  const Line line;
  const auto history = model.fit(
      line.x, line.y, {.epochs = 3, .verbose = 0, .validation_split = 0.25, .validation_freq = 2});
  EXPECT_EQ(history.history["loss"].size(), 3u);
  ASSERT_EQ(history.history["val_loss"].size(), 1u);
  const Tensor x = Tensor::from(std::vector<float>{5, 6}, {2, 1});
  const Tensor y = Tensor::from(std::vector<float>{9, 11}, {2, 1});
  EXPECT_NEAR(history.history["val_loss"][0], model.evaluate(x, y, {.verbose = 0})["loss"], 1e-4);
  const auto given = model.fit(line.x, line.y, {.verbose = 0, .validation_data = {x, y}}).history;
  EXPECT_NEAR(given["val_loss"][0], history.history["val_loss"][0], 1e-4);
}

TEST(Trainer, WeighsExamplesAndClasses) {
  TinyModel model(3, "softmax");
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.0}),
                 .loss = "sparse_categorical_crossentropy",
                 .weighted_metrics = {"accuracy"}});
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 3, 4}, {4, 1});
  const Tensor y = Tensor::of<std::int32_t>({0, 1, 2, 0});
  const Tensor weights = Tensor::of<float>({2, 1, 1, 2});
  const Logs by_example = model.train_on_batch(x, y, {.sample_weight = weights});
  const Logs by_class = model.train_on_batch(x, y, {.class_weight = {{0, 2.0}}});
  EXPECT_EQ(by_example.items(), by_class.items());
  EXPECT_NE(by_example["loss"], model.train_on_batch(x, y, {})["loss"]);
  const auto fitted = model.fit(x, y, {.verbose = 0, .class_weight = {{0, 2.0}}}).history;
  EXPECT_NEAR(fitted["loss"][0], by_class["loss"], 1e-5);
}

TEST(Trainer, PredictsAllRowsInOrder) {
  TinyModel model(2, "linear", true);
  const Tensor x = random::normal({70, 3}, {.seed = 1});
  const Tensors all = model.predict(x, {.verbose = 0});
  const Tensors in_parts = model.predict(x, {.batch_size = 7, .verbose = 0});
  ASSERT_EQ(all.size(), 2u);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(all[i].shape(), (Shape{70, 2}));
    const auto a = all[i].to_vector<float>();
    const auto b = in_parts[i].to_vector<float>();
    for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-5);
  }
  EXPECT_EQ(model.predict_on_batch(x)[1].shape(), (Shape{70, 2}));
}

TEST(Trainer, TakesDatasets) {
  TinyModel model;
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.05}), .loss = "mse"});
  const Line line;
  const auto dataset = Dataset::from_function(5, [&](std::int64_t) {
    return Batch{line.x, line.y};
  });
  const auto history = model.fit(dataset, {.epochs = 40, .verbose = 0, .validation_data = dataset});
  EXPECT_LT(history.history["loss"].back(), 1e-2 * history.history["loss"].front());
  EXPECT_EQ(history.history["val_loss"].size(), 40u);
  EXPECT_EQ(model.predict(dataset, {.verbose = 0})[0].shape(), (Shape{40, 1}));
}

TEST(Trainer, StopsAfterStepsPerEpoch) {
  TinyModel model;
  model.compile({.optimizer = "sgd", .loss = "mse", .steps_per_execution = 2});
  const Line line;
  int position = 0;
  const auto endless = Dataset::from_generator([&](Batch& batch) {
    ++position;
    batch = {line.x, line.y};
    return true;
  });
  std::vector<std::int64_t> ends;
  const auto watch = callbacks::LambdaCallback(
      {.on_train_batch_end = [&](std::int64_t batch, Logs&) { ends.push_back(batch); }});
  model.fit(endless, {.epochs = 2, .verbose = 0, .callbacks = {watch}, .steps_per_epoch = 5});
  EXPECT_EQ(ends, (std::vector<std::int64_t>{1, 3, 5, 1, 3, 5}));
  EXPECT_EQ(model.optimizer().iterations().value().item<int>(), 10);
}

TEST(Trainer, CarriesExceptionsOutOfTheDatasetsThread) {
  TinyModel model;
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Line line;
  int calls = 0;
  const auto failing = Dataset::from_generator([&](Batch& batch) {
    if (++calls > 3) throw IoError("disk on fire");
    batch = {line.x, line.y};
    return true;
  });
  EXPECT_ERROR(model.fit(failing, {.verbose = 0}), "disk on fire");
}

/// Trains with half of the loss and logs something of its own.
class OwnStep final : public TinyModel {
 public:
  StepLogs train_step(const Batch& batch) override {
    const Variables variables = trainable_weights();
    const auto outcome = value_and_grad(
        [&] {
          const Tensors y_pred = forward(batch.x, true);
          return compute_loss(batch, y_pred, true) * 0.5;
        },
        variables);
    optimizer().apply(outcome.gradients, variables);
    return {{"half_loss", outcome.value}};
  }
};

TEST(Trainer, RunsAStepOfOnesOwn) {
  OwnStep model;
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.0}), .loss = "mse"});
  const Line line;
  const double loss = model.test_on_batch(line.x, line.y, {})["loss"];
  const Logs logs = model.train_on_batch(line.x, line.y, {});
  EXPECT_EQ(logs.names(), std::vector<std::string>{"half_loss"});
  EXPECT_NEAR(logs["half_loss"], 0.5 * loss, 1e-4 * loss);
  const auto history = model.fit(line.x, line.y, {.epochs = 2, .verbose = 0});
  EXPECT_NEAR(history.history["half_loss"][1], 0.5 * loss, 1e-4 * loss);
}

TEST(Trainer, RestoresItsCompilationFromAConfig) {
  TinyModel model(1, "linear", true);
  model.compile(
      {.optimizer = optimizers::SGD({.learning_rate = 0.1}),
       .loss = {{"a", "mse"}, {"b", losses::MeanAbsoluteError()}},
       .loss_weights = {{"a", 1.0}, {"b", 0.5}},
       .metrics = {{"a", "mse"}, {"b", {"mae", metrics::MeanSquaredError({.name = "q"})}}},
       .weighted_metrics = {"mse", "mse"}});
  const Config config = model.get_compile_config();
  EXPECT_EQ(config.at("loss").to_string(),
            R"({"a": "mse", "b": {"module": "keras.losses", "class_name": "MeanAbsoluteError", )"
            R"("config": {"name": "mean_absolute_error", "reduction": "sum_over_batch_size"}, )"
            R"("registered_name": null}})");
  EXPECT_EQ(config.at("metrics").to_string(),
            R"({"a": "mse", "b": ["mae", {"module": "keras.metrics", "class_name": )"
            R"("MeanSquaredError", "config": {"name": "q", "dtype": "float32"}, )"
            R"("registered_name": null}]})");
  TinyModel other(1, "linear", true);
  other.compile_from_config(config);
  EXPECT_EQ(other.get_compile_config(), config);
  const Line line;
  EXPECT_EQ(other.evaluate(line.x, {line.y, line.y}, {.verbose = 0}).names().size(), 8u);
}

TEST(Trainer, WarnsWhenItsCompilationCannotBeSaved) {
  TinyModel model;
  model.compile({.optimizer = "sgd", .loss = [](const Tensor& y_true, const Tensor& y_pred) {
                   return ops::mean(ops::square(y_true - y_pred), {.axis = -1});
                 }});
  testing::internal::CaptureStderr();
  EXPECT_TRUE(model.get_compile_config().is_null());
  EXPECT_NE(testing::internal::GetCapturedStderr().find("is not saved"), std::string::npos);
  const Line line;
  EXPECT_GT(model.evaluate(line.x, line.y, {.verbose = 0})["loss"], 0);
}

TEST(Trainer, RefusesBadArguments) {
  TinyModel model;
  const Line line;
  EXPECT_ERROR(model.fit(line.x, line.y, {}), "You must call `compile()` before using the model.");
  EXPECT_ERROR(model.evaluate(line.x, line.y, {}), "You must call `compile()`");
  EXPECT_ERROR(model.compile({.loss = "mse", .steps_per_execution = 0}), "`steps_per_execution`");
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Tensor seven = Tensor::from(std::vector<float>(7), {7, 1});
  EXPECT_ERROR(model.fit(line.x, seven, {.verbose = 0}),
               "Data cardinality is ambiguous. Make sure all arrays contain the same number of "
               "samples.\n'x' sizes: 8\n'y' sizes: 7");
  EXPECT_ERROR(model.fit(line.x, line.y, {.batch_size = 0, .verbose = 0}), "batch_size=0");
  EXPECT_ERROR(model.fit(line.x, line.y, {.verbose = 0, .validation_split = 1}),
               "`validation_split` must be in [0, 1)");
  EXPECT_ERROR(model.fit(line.x, line.y, {.verbose = 0, .validation_split = 0.9}), "8 samples");
  EXPECT_ERROR(model.fit(Data(), Data(), {.verbose = 0}), "There is no data");
  EXPECT_ERROR(model.fit(line.x, Data(), {.verbose = 0}), "`y` is missing");
  EXPECT_ERROR(model.fit(line.x, {line.y, line.y}, {.verbose = 0}),
               "y_true and y_pred have different structures.");
  EXPECT_ERROR(model.fit(line.x, line.y, {.verbose = 0, .steps_per_epoch = 0}), "Received: 0");
  EXPECT_ERROR(model.fit(line.x, line.y, {.verbose = 3}), "verbose=3");
  EXPECT_ERROR(model.predict(Data(), {.verbose = 0}), "There is no data");
  const auto empty = Dataset::from_function(0, [](std::int64_t) { return Batch(); });
  EXPECT_ERROR(model.fit(empty, {.verbose = 0}), "the dataset has no batches");
  EXPECT_ERROR(model.fit(empty, {.batch_size = 2, .verbose = 0}),
               "When providing `x` as a Dataset, `batch_size` should not be passed.");
}

TEST(Trainer, RefusesLabelsOutsideTheClasses) {
  TinyModel model(3, "softmax");
  model.compile({.optimizer = "sgd", .loss = "sparse_categorical_crossentropy"});
  const Tensor x = Tensor::from(std::vector<float>{1, 2}, {2, 1});
  const Tensor bad = Tensor::of<std::int32_t>({0, 3});
  const std::string text =
      "Received a label value of 3.0 which is outside the valid range of [0, 3)";
  model.predict_on_batch(x);
  const auto before = model.get_weights()[0].to_vector<float>();
  EXPECT_ERROR(model.fit(x, bad, {.verbose = 0}), text);
  EXPECT_ERROR(model.train_on_batch(x, bad, {}), text);
  EXPECT_ERROR(model.evaluate(x, bad, {.verbose = 0}), text);
  const Tensor good = Tensor::of<std::int32_t>({0, 2});
  EXPECT_ERROR(model.fit(x, good, {.verbose = 0, .validation_data = {x, bad}}), text);
  const auto dataset = Dataset::from_function(1, [&](std::int64_t) { return Batch{x, bad}; });
  EXPECT_ERROR(model.fit(dataset, {.verbose = 0}), text);
  EXPECT_EQ(model.get_weights()[0].to_vector<float>(), before);
  model.compile(
      {.optimizer = "sgd", .loss = losses::SparseCategoricalCrossentropy({.ignore_class = 3})});
  EXPECT_TRUE(std::isfinite(model.train_on_batch(x, bad, {})["loss"]));
}

TEST(Trainer, NamesWhatDoesNotFitTheOutputs) {
  TinyModel model(1, "linear", true);
  const Line line;
  const auto fit = [&] { model.fit(line.x, {line.y, line.y}, {.verbose = 0}); };
  model.compile({.optimizer = "sgd", .loss = {{"a", "mse"}, {"c", "mse"}}});
  EXPECT_ERROR(fit(), "Expected keys ['a', 'b'] in loss dict, but found loss.keys()=['a', 'c']");
  model.compile({.optimizer = "sgd", .loss = "mse", .loss_weights = {1.0, 2.0, 3.0}});
  EXPECT_ERROR(fit(),
               "`loss_weights` must match the number of losses, got 2 losses and 3 weights.");
  model.compile({.optimizer = "sgd", .loss = "mse", .metrics = {"mse"}});
  EXPECT_ERROR(fit(), "which has 2 outputs. Received a list of 1.");
  model.compile({.optimizer = "sgd", .loss = "mse", .metrics = {{"c", "mse"}}});
  EXPECT_ERROR(fit(), "Received the name 'c'.");
  model.compile({.optimizer = "sgd", .loss = "mse"});
  EXPECT_ERROR(model.fit(line.x, {{"a", line.y}, {"c", line.y}}, {.verbose = 0}),
               "expected ['a', 'b'], received ['a', 'c']");
}

}  // namespace
}  // namespace keras
