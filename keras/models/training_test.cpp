#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include "keras/callbacks/callbacks.h"
#include "keras/dtype_policies/dtype_policy.h"
#include "keras/engine/error.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/rnn/lstm.h"
#include "keras/metrics/metrics.h"
#include "keras/models/model_impl.h"
#include "keras/models/sequential.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/optimizers.h"
#include "keras/random/random.h"
#include "keras/saving/saving_api.h"
#include "keras/utils/random_seed.h"
#include "tests/support/sanitizer.h"
#include "tests/support/temp_folder.h"

namespace keras {
namespace {

/// Points in three clouds, and which cloud each belongs to.
struct Clouds {
  Tensor x;
  Tensor y;
};
Clouds make_clouds() {
  std::vector<float> centers;
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 96; ++i) {
    labels.push_back(i % 3);
    for (int axis = 0; axis < 2; ++axis) centers.push_back(i % 3 == axis ? 3.0f : 0.0f);
  }
  const Tensor noise = random::normal({96, 2}, {.stddev = 0.5, .seed = 1});
  return {Tensor::from(centers, {96, 2}) + noise, Tensor::from(labels, {96})};
}

Sequential make_classifier() {
  Sequential model({
      Input({2}),
      layers::Dense(8, {.activation = "relu"}),
      layers::Dense(3, {.activation = "softmax"}),
  });
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.05}),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  return model;
}

TEST(ModelTraining, ClassifiesClouds) {
  utils::set_random_seed(1);
  const Clouds clouds = make_clouds();
  const Sequential model = make_classifier();
  const auto history = model.fit(
      clouds.x, clouds.y, {.batch_size = 16, .epochs = 10, .verbose = 0, .validation_split = 0.25});
  EXPECT_EQ(history.history.names(),
            (std::vector<std::string>{"accuracy", "loss", "val_accuracy", "val_loss"}));
  EXPECT_GT(history.history["val_accuracy"].back(), 0.9);
  EXPECT_GT(model.evaluate(clouds.x, clouds.y, {.verbose = 0})["accuracy"], 0.9);
  EXPECT_EQ(model.predict(clouds.x, {.verbose = 0}).shape(), (Shape{96, 3}));
}

TEST(ModelTraining, OutputsOfOneLayerShareTheirNameInLogs) {
  const Tensor x = Input({3, 2});
  const Model model(x, layers::LSTM(2, {.return_state = true, .name = "rnn"}).call_list(x));
  model.compile({.optimizer = "sgd", .loss = {"mse", "mse", "mse"}});
  const Tensor data = ops::ones({1, 3, 2}), y = ops::zeros({1, 2});
  const Tensor carry = model.predict_list(data, {.verbose = 0})[2];
  const Logs logs = model.train_on_batch(data, Tensors{y, y, y});
  EXPECT_EQ(logs.items().size(), 2u);
  // As in Keras, the last one's.
  EXPECT_NEAR(logs["rnn_loss"], ops::mean(carry * carry).item<double>(), 1e-6);
}

TEST(ModelTraining, BuildsADeferredModelFromTheData) {
  const Clouds clouds = make_clouds();
  Sequential model({layers::Dense(4), layers::Dense(3, {.activation = "softmax"})});
  model.compile({.optimizer = "sgd", .loss = "sparse_categorical_crossentropy"});
  model.fit(clouds.x, clouds.y, {.verbose = 0});
  EXPECT_EQ(model.count_params(), 2 * 4 + 4 + 4 * 3 + 3);
  Sequential other({layers::Dense(4)});
  EXPECT_EQ(other.predict_on_batch(clouds.x).shape(), (Shape{96, 4}));
}

TEST(ModelTraining, GoesOnWhereASavedModelStopped) {
  utils::set_random_seed(2);
  const Clouds clouds = make_clouds();
  const Sequential model = make_classifier();
  const FitOptions once = {.epochs = 1, .verbose = 0, .shuffle = false};
  model.fit(clouds.x, clouds.y, once);
  const test_support::TempFolder folder;
  const std::string path = folder / "model.keras";
  model.save(path);
  const Model loaded = load_model(path);
  const auto bits = [&](const Model& which) {
    return which.predict(clouds.x, {.verbose = 0}).to_vector<float>();
  };
  EXPECT_EQ(bits(loaded), bits(model));
  EXPECT_EQ(loaded.optimizer().iterations().value().item<int>(), 3);
  model.fit(clouds.x, clouds.y, once);
  loaded.fit(clouds.x, clouds.y, once);
  EXPECT_EQ(bits(loaded), bits(model));
}

TEST(ModelTraining, CheckpointKeepsTheBestModel) {
  utils::set_random_seed(3);
  const Clouds clouds = make_clouds();
  const Sequential model = make_classifier();
  const test_support::TempFolder folder;
  const std::string path = (folder / "new") / "best.keras";
  const auto history =
      model.fit(clouds.x, clouds.y,
                {.epochs = 5,
                 .verbose = 0,
                 .callbacks = {callbacks::ModelCheckpoint(path, {.save_best_only = true})},
                 .validation_data = {clouds.x, clouds.y}});
  const auto& losses = history.history["val_loss"];
  EXPECT_NEAR(load_model(path).evaluate(clouds.x, clouds.y, {.verbose = 0})["loss"],
              *std::min_element(losses.begin(), losses.end()), 1e-5);
}

TEST(ModelTraining, SeveralThreadsPredictWithOneModel) {
  const Clouds clouds = make_clouds();
  const Sequential model = make_classifier();
  const auto expected = model.predict_on_batch(clouds.x).to_vector<float>();
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int round = 0; round < 50; ++round) {
        const std::int64_t batch = 1 + (i * 50 + round) % 96;
        const auto values =
            model.predict(clouds.x, {.batch_size = batch, .verbose = 0}).to_vector<float>();
        for (std::size_t k = 0; k < values.size(); ++k)
          if (std::abs(values[k] - expected[k]) > 1e-5f) ++wrong;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

long resident_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "VmRSS:") {
      long kilobytes = 0;
      status >> kilobytes;
      return kilobytes;
    }
  return 0;
}

TEST(ModelTraining, TenThousandPredictionsOfManySizesDoNotGrowTheProcess) {
  if (test_support::kAddressSanitizer) GTEST_SKIP() << "the sanitizer keeps what was freed";
  const Sequential model = make_classifier();
  const Tensor x = random::normal({64, 2}, {.seed = 1});
  const auto predict_some = [&](int count) {
    for (int i = 0; i < count; ++i)
      model.predict_on_batch(ops::slice_axis(x, 0, 0, 1 + i / 20 % 64).eval());
  };
  // Every size a few times: the cache of executables is full by then.
  predict_some(5000);
  const long before = resident_kilobytes();
  predict_some(10000);
  EXPECT_LT(resident_kilobytes() - before, 4096);
}

TEST(ModelTraining, TenThousandStepsDoNotGrowTheProcess) {
  if (test_support::kAddressSanitizer) GTEST_SKIP() << "the sanitizer keeps what was freed";
  const Sequential model = make_classifier();
  const Tensor x = random::normal({16, 2}, {.seed = 1}).eval();
  const Tensor y = ops::zeros({16}, DType::kInt32).eval();
  const auto train_some = [&](int steps) {
    for (int i = 0; i < steps; ++i) model.train_on_batch(x, y);
  };
  train_some(1000);
  const long before = resident_kilobytes();
  train_some(9000);
  EXPECT_LT(resident_kilobytes() - before, 1024);
}

/// Removes the folder that checkpoints go to after the second epoch, and forbids a new one.
class LosesItsFolder final : public CallbackImpl {
 public:
  explicit LosesItsFolder(std::filesystem::path path) : path_(std::move(path)) {}
  void on_epoch_end(int epoch, Logs&) override {
    if (epoch != 1) return;
    std::filesystem::remove_all(path_);
    std::ofstream(path_) << "in the way";
  }

 private:
  std::filesystem::path path_;
};

TEST(ModelTraining, SaysWhenTheFolderOfCheckpointsIsGone) {
  const Clouds clouds = make_clouds();
  const Sequential model = make_classifier();
  const test_support::TempFolder folder;
  const auto inside = folder / "inside";
  try {
    model.fit(
        clouds.x, clouds.y,
        {.epochs = 4,
         .verbose = 0,
         .callbacks = {make_callback<LosesItsFolder>(inside),
                       callbacks::ModelCheckpoint(inside / "{epoch}.keras", {.monitor = "loss"})}});
    FAIL() << "nothing was thrown";
  } catch (const IoError& error) {
    EXPECT_NE(std::string(error.what()).find(inside.string()), std::string::npos) << error.what();
  }
}

/// A Dense layer whose own train_step halves the gradients.
class HalfSpeed final : public ModelImpl {
 public:
  HalfSpeed() : dense_(track(layers::Dense(1, {.kernel_initializer = "ones"}))) {}
  Tensor call(const Tensor& x, const CallContext&) override { return dense_(x); }
  StepLogs train_step(const Batch& batch) override {
    const Variables variables = trainable_weights();
    auto outcome = value_and_grad([&] { return compute_loss(batch, forward(batch.x, true), true); },
                                  variables);
    for (auto& gradient : outcome.gradients) gradient = gradient * 0.5;
    optimizer().apply(outcome.gradients, variables);
    update_loss_tracker(outcome.value, batch);
    return {};
  }

 private:
  Layer dense_;
};

TEST(ModelTraining, RunsTheStepOfASubclass) {
  const Model model = make_model<HalfSpeed>();
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mse"});
  const Tensor x = Tensor::from(std::vector<float>{1, 1}, {2, 1});
  const Tensor y = Tensor::from(std::vector<float>{0, 0}, {2, 1});
  EXPECT_NEAR(model.train_on_batch(x, y)["loss"], 1.0, 1e-6);
  // The gradient of the mean square at w = 1, b = 0 is 2 for both.
  EXPECT_NEAR(model.get_weights()[0].item<float>(), 0.9f, 1e-6f);
}

/// Learns to give back what it is shown: makes its loss itself, and has a metric of its own.
class Echo final : public ModelImpl {
 public:
  Echo() : dense_(track(layers::Dense(2))) {}
  Tensor call(const Tensor& x, const CallContext&) override { return dense_(x); }
  Tensor compute_loss(const Batch& batch, const Tensors& y_pred, bool) override {
    return ops::mean(ops::square(y_pred[0] - batch.x.single()));
  }
  void compute_metrics(const Batch&, const Tensors& y_pred) override {
    size_.update_state(ops::abs(y_pred[0]));
  }
  std::vector<Metric> metrics() const override {
    auto all = ModelImpl::metrics();
    all.push_back(size_);
    return all;
  }

 private:
  Layer dense_;
  metrics::Mean size_ = metrics::Mean({.name = "size"});
};

TEST(ModelTraining, LearnsWithoutTargetsByALossOfItsOwn) {
  utils::set_random_seed(5);
  const Model model = make_model<Echo>();
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.05})});
  const Tensor x = random::normal({64, 2}, {.seed = 1});
  const auto history = model.fit(x, {.epochs = 60, .verbose = 0});
  EXPECT_EQ(history.history.names(), (std::vector<std::string>{"loss", "size"}));
  EXPECT_LT(history.history["loss"].back(), 0.01);
  EXPECT_NEAR(history.history["size"].back(), ops::mean(ops::abs(x)).item<double>(), 0.1);
}

/// A layer that wants small outputs.
class Shy final : public LayerImpl {
 public:
  Shy() : LayerImpl({"Shy"}) {}
  Tensor call(const Tensor& x, const CallContext&) override {
    add_loss(ops::mean(ops::square(x)) * 3);
    return x;
  }
};

TEST(ModelTraining, AddsWhatLayersAskFor) {
  Sequential model({Input({2}), make_layer<Shy>()});
  const Tensor x = random::normal({8, 2}, {.seed = 1});
  const double own = 3 * ops::mean(ops::square(x)).item<double>();
  model.compile({.loss = "mse", .loss_weights = 0.5});
  const Tensor zeros = ops::zeros({8, 2});
  EXPECT_NEAR(model.test_on_batch(x, zeros)["loss"], own + 0.5 * own / 3, 1e-5 * own);
}

/// Asks the model for a prediction after each epoch.
class Watches final : public CallbackImpl {
 public:
  explicit Watches(Tensor x) : x_(std::move(x)) {}
  void on_epoch_end(int, Logs& logs) override {
    logs.set("first", Model::of(model()).predict(x_, {.verbose = 0}).to_vector<double>()[0]);
  }

 private:
  Tensor x_;
};

TEST(ModelTraining, CallbacksReachTheModel) {
  const Clouds clouds = make_clouds();
  const auto history = make_classifier().fit(
      clouds.x, clouds.y,
      {.epochs = 2, .verbose = 0, .callbacks = {make_callback<Watches>(clouds.x)}});
  EXPECT_EQ(history.history["first"].size(), 2u);
  EXPECT_NE(history.history["first"][0], history.history["first"][1]);
}

TEST(ModelTraining, TakesInputsAndTargetsByName) {
  utils::set_random_seed(4);
  const Tensor a = Input({2}, {.name = "a"});
  const Tensor b = Input({3}, {.name = "b"});
  const Tensor sum = layers::Dense(1, {.name = "sum"})(ops::concatenate({a, b}, {.axis = -1}));
  const Tensor first = layers::Dense(1, {.name = "first"})(a);
  const Model model(Tensors{a, b}, Tensors{sum, first});
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Tensor xa = random::normal({8, 2}, {.seed = 1});
  const Tensor xb = random::normal({8, 3}, {.seed = 2});
  const Tensor ys = ops::sum(xa, {.axis = -1, .keepdims = true});
  const Tensor yf = ys * 2;
  const Logs by_place = model.evaluate({xa, xb}, {ys, yf}, {.verbose = 0});
  const Logs by_name =
      model.evaluate({{"b", xb}, {"a", xa}}, {{"first", yf}, {"sum", ys}}, {.verbose = 0});
  EXPECT_EQ(by_place.items(), by_name.items());
  EXPECT_EQ(by_place.names(), (std::vector<std::string>{"first_loss", "loss", "sum_loss"}));
  EXPECT_EQ(model.predict_list({xa, xb}, {.verbose = 0}).size(), 2u);
  EXPECT_THROW(model.predict({xa, xb}, {.verbose = 0}), ValueError);
}

TEST(ModelTraining, TrainsModelsWithNamedEnds) {
  utils::set_random_seed(4);
  const Tensor a = Input({2}, {.name = "a"}), b = Input({3}, {.name = "b"});
  const Tensor sum = layers::Dense(1, {.name = "d1"})(ops::concatenate({a, b}, {.axis = -1}));
  const Tensor first = layers::Dense(1, {.name = "d2"})(a);
  const Model model({{"a", a}, {"b", b}}, {{"sum", sum}, {"first", first}});
  model.compile({.optimizer = "sgd",
                 .loss = {{"sum", "mse"}, {"first", "mae"}},
                 .loss_weights = {{"sum", 1.0}, {"first", 0.5}},
                 .metrics = {{"sum", {"mae", "mse"}}}});
  const Tensor xa = random::normal({8, 2}, {.seed = 1});
  const Tensor xb = random::normal({8, 3}, {.seed = 2});
  const Tensor ys = ops::sum(xa, {.axis = -1, .keepdims = true});
  // What the model was not made for is left out, as Keras does.
  const Data x = {{"b", xb}, {"a", xa}, {"more", xb}};
  const Data y = {{"sum", ys}, {"first", ys * 2}};
  const Logs logs = model.evaluate(x, y, {.verbose = 0});
  EXPECT_EQ(logs.names(),
            (std::vector<std::string>{"first_loss", "loss", "sum_loss", "sum_mae", "sum_mse"}));
  EXPECT_NEAR(logs["loss"], logs["sum_loss"] + 0.5 * logs["first_loss"], 1e-5);
  EXPECT_NEAR(logs["sum_loss"], logs["sum_mse"], 1e-5);
  const auto history = model.fit(x, y, {.epochs = 3, .verbose = 0, .validation_split = 0.25});
  EXPECT_LT(history.history["loss"].back(), history.history["loss"].front());
  const TensorMap named = model.predict_map(x, {.verbose = 0});
  EXPECT_EQ(named.at("sum").to_vector<float>(),
            model.predict_list({xa, xb}, {.verbose = 0})[1].to_vector<float>());
  EXPECT_THROW(model.predict({{"a", xa}}, {.verbose = 0}), ValueError);
}

TEST(ModelTraining, OutputsOfADictionaryMayGoWithoutLoss) {
  utils::set_random_seed(4);
  const Tensor a = Input({2}, {.name = "a"});
  const Tensor p = layers::Dense(1, {.name = "o1"})(a), q = layers::Dense(1, {.name = "o2"})(a);
  const Tensor x = random::normal({8, 2}, {.seed = 1});
  const Tensor y = ops::sum(x, {.axis = -1, .keepdims = true});
  const Model model(a, {{"p", p}, {"q", q}});
  model.compile({.optimizer = "sgd", .loss = {{"q", "mse"}}, .metrics = {{"q", "mse"}}});
  const Logs both = model.evaluate(x, {{"p", y * 5}, {"q", y}}, {.verbose = 0});
  EXPECT_EQ(both.names(), (std::vector<std::string>{"loss", "q_mse"}));
  EXPECT_NEAR(both["loss"], both["q_mse"], 1e-5);
  const Tensor error = model.call_map(x).at("q") - y;
  EXPECT_NEAR(both["loss"], ops::mean(error * error).item<double>(), 1e-5);
  model.compile({.optimizer = "sgd", .loss = {{"q", "mse"}}, .metrics = {{"q", "mse"}}});
  EXPECT_EQ(model.evaluate(x, {{"q", y}}, {.verbose = 0}).items(), both.items());
  const Model list(a, {p, q});
  list.compile({.optimizer = "sgd", .loss = {{"o2", "mse"}, {"o1", Loss()}}});
  EXPECT_EQ(list.evaluate(x, {y, y}, {.verbose = 0}).names(), std::vector<std::string>{"loss"});
  model.compile({.optimizer = "sgd", .loss = {{"o2", "mse"}, {"o1", "mse"}}});
  EXPECT_THROW(model.evaluate(x, {y, y}, {.verbose = 0}), ValueError);
}

TEST(ModelTraining, GivesLossAndMetricsOnRequest) {
  const Clouds clouds = make_clouds();
  const Sequential model = make_classifier();
  const Logs logs = model.evaluate(clouds.x, clouds.y, {.batch_size = 96, .verbose = 0});
  EXPECT_EQ(model.get_metrics_result().items(), logs.items());
  const Tensor loss = model.compute_loss({clouds.x, clouds.y}, model(clouds.x));
  EXPECT_NEAR(loss.item<double>(), logs["loss"], 1e-5);
  model.reset_metrics();
  EXPECT_EQ(model.get_metrics_result()["loss"], 0.0);
  EXPECT_TRUE(model.compiled());
  EXPECT_THROW(Sequential({layers::Dense(1)}).compute_loss({clouds.x, clouds.y}, clouds.x),
               ValueError);
}

TEST(ModelTraining, ScalesTheLossOfHalfPrecision) {
  const Clouds clouds = make_clouds();
  const DTypePolicy before = config::dtype_policy();
  config::set_dtype_policy("mixed_float16");
  const Sequential model({Input({2}), layers::Dense(3, {.activation = "softmax"})});
  config::set_dtype_policy(before);
  const char* loss = "sparse_categorical_crossentropy";
  model.compile({.optimizer = "adam", .loss = loss, .auto_scale_loss = false});
  EXPECT_EQ(model.optimizer().class_name(), "Adam");
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.05}),
                 .loss = loss,
                 .auto_scale_loss = true});
  EXPECT_EQ(model.optimizer().class_name(), "LossScaleOptimizer");
  const auto history = model.fit(clouds.x, clouds.y, {.epochs = 10, .verbose = 0});
  EXPECT_LT(history.history["loss"].back(), 0.7 * history.history["loss"].front());
  const Sequential single = make_classifier();
  EXPECT_NE(single.optimizer().class_name(), "LossScaleOptimizer");
}

}  // namespace
}  // namespace keras
