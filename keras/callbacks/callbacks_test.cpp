#include "keras/callbacks/callbacks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "keras/engine/error.h"
#include "keras/metrics/metrics.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/optimizers.h"
#include "tests/support/temp_folder.h"

namespace keras::callbacks {
namespace {

/// A model that only counts what is done to it.
class FakeModel final : public CallbackModel {
 public:
  Tensors get_weights() const override { return {Tensor::of<float>({weight})}; }
  void set_weights(const Tensors& weights) override { weight = weights[0].item<float>(); }
  void save(const std::string& filepath) const override {
    if (full_disk) throw IoError("no space left on device");
    saved.push_back(filepath);
  }
  void save_weights(const std::string& filepath) const override { saved.push_back(filepath); }
  Optimizer optimizer() const override { return optimizer_; }
  std::vector<Metric> compiled_metrics() const override { return metrics; }

  float weight = 0;
  bool full_disk = false;
  mutable std::vector<std::string> saved;
  std::vector<Metric> metrics;

 private:
  Optimizer optimizer_ = optimizers::SGD({.learning_rate = 0.1});
};

/// Runs a callback as `fit` does, with one value an epoch for what it watches.
struct FitRun {
  explicit FitRun(std::vector<Callback> callbacks, std::string name_ = "val_loss")
      : list(std::move(callbacks), {.add_history = true, .model = &model}),
        name(std::move(name_)) {}

  /// How many epochs ran.
  int fit(const std::vector<double>& values) {
    Logs logs;
    model.stop_training = false;
    list.on_train_begin(logs);
    int epoch = 0;
    for (const double value : values) {
      Logs none;
      list.on_epoch_begin(epoch, none);
      logs = {{"loss", 1.0}, {name, value}};
      model.weight = static_cast<float>(epoch);
      list.on_epoch_end(epoch++, logs);
      if (model.stop_training) break;
    }
    list.on_train_end(logs);
    return epoch;
  }

  FakeModel model;
  CallbackList list;
  std::string name;
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
#define EXPECT_ERROR(statement, text) \
  EXPECT_NE(error_of([&] { statement; }).find(text), std::string::npos)

TEST(EarlyStopping, StopsWhenPatienceRunsOut) {
  // What Keras does with the same values.
  EXPECT_EQ(FitRun({EarlyStopping()}).fit({1, 0.9, 0.95, 0.8}), 3);
  EXPECT_EQ(FitRun({EarlyStopping({.patience = 2})}).fit({1, 0.9, 0.95, 0.8, 0.9, 0.9, 0.1}), 6);
  EXPECT_EQ(FitRun({EarlyStopping({.min_delta = 0.2, .patience = 2})}).fit({1, .9, .8, .7, .6}), 3);
  EXPECT_EQ(FitRun({EarlyStopping({.patience = 1, .start_from_epoch = 3})}).fit({1, 2, 3, 4, 5, 6}),
            5);
  EXPECT_EQ(FitRun({EarlyStopping({.patience = 2, .baseline = 0.5})}).fit({1, .9, 1, 1}), 3);
  EXPECT_EQ(FitRun({EarlyStopping({.mode = "max"})}).fit({1, 2, 3, 2, 4}), 4);
}

TEST(EarlyStopping, RestoresTheBestWeightsAndSaysSo) {
  FitRun run({EarlyStopping({.patience = 2, .verbose = 1, .restore_best_weights = true})});
  testing::internal::CaptureStdout();
  EXPECT_EQ(run.fit({3, 1, 2, 2, 0}), 4);
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "Epoch 4: early stopping\n"
            "Restoring model weights from the end of the best epoch: 2.\n");
  EXPECT_EQ(run.model.weight, 1.0f);
  // Used again it begins anew.
  EXPECT_EQ(run.fit({5, 4, 3}), 3);
  EXPECT_EQ(run.model.weight, 2.0f);
}

TEST(EarlyStopping, WarnsOfWhatIsNotThere) {
  testing::internal::CaptureStderr();
  FitRun({EarlyStopping({.monitor = "val_f1"})}).fit({1});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "UserWarning: Early stopping conditioned on metric `val_f1` which is not available. "
            "Available metrics are: loss,val_loss\n");
}

TEST(MonitorCallback, FindsTheDirectionOfAMetric) {
  FitRun up({EarlyStopping({.monitor = "val_accuracy"})}, "val_accuracy");
  up.model.metrics = {Metric("accuracy")};
  EXPECT_EQ(up.fit({0.5, 0.6, 0.7, 0.6}), 4);
  FitRun down({EarlyStopping({.monitor = "val_mse"})}, "val_mse");
  down.model.metrics = {Metric("mse")};
  EXPECT_EQ(down.fit({0.5, 0.6, 0.7}), 2);
  FitRun unknown({EarlyStopping({.monitor = "val_mine"})}, "val_mine");
  EXPECT_ERROR(unknown.fit({1}),
               "EarlyStopping callback received monitor=val_mine, but Keras isn't able to "
               "automatically determine whether that metric should be maximized or minimized.");
  testing::internal::CaptureStderr();
  EarlyStopping wrong({.mode = "down"});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "UserWarning: EarlyStopping mode 'down' is unknown, fallback to auto mode.\n");
}

TEST(ModelCheckpoint, SavesTheBest) {
  FitRun run({ModelCheckpoint("best.keras", {.verbose = 1, .save_best_only = true})});
  testing::internal::CaptureStdout();
  run.fit({3, 1, 2});
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "\nEpoch 1: val_loss improved from None to 3.00000, saving model to best.keras\n"
            "\nEpoch 1: finished saving model to best.keras\n"
            "\nEpoch 2: val_loss improved from 3.00000 to 1.00000, saving model to best.keras\n"
            "\nEpoch 2: finished saving model to best.keras\n"
            "\nEpoch 3: val_loss did not improve from 1.00000\n");
  EXPECT_EQ(run.model.saved.size(), 2u);
  FitRun later(
      {ModelCheckpoint("best.keras", {.save_best_only = true, .initial_value_threshold = 1.0})});
  later.fit({3, 1, 0.5});
  EXPECT_EQ(later.model.saved.size(), 1u);
}

TEST(ModelCheckpoint, NamesFilesByEpochAndLogs) {
  const test_support::TempFolder folder;
  const std::string inside = (folder / "new") / "{epoch:02d}-{val_loss:.2f}.keras";
  FitRun run({ModelCheckpoint(inside)});
  run.fit({3, 1.257});
  ASSERT_EQ(run.model.saved.size(), 2u);
  EXPECT_EQ(run.model.saved[1], (folder / "new") / "02-1.26.keras");
  EXPECT_TRUE(std::filesystem::is_directory(folder / "new"));
}

TEST(ModelCheckpoint, SavesAfterSoManyBatches) {
  FitRun run(
      {ModelCheckpoint("{epoch}-{batch}.weights.h5", {.save_weights_only = true, .save_freq = 3})});
  Logs none;
  for (int epoch = 0; epoch < 2; ++epoch) {
    run.list.on_epoch_begin(epoch, none);
    for (int batch = 0; batch < 4; ++batch) run.list.on_train_batch_end(batch, none);
    Logs logs = {{"val_loss", 1.0}};
    run.list.on_epoch_end(epoch, logs);
  }
  EXPECT_EQ(run.model.saved, (std::vector<std::string>{"1-3.weights.h5", "2-2.weights.h5"}));
}

TEST(ModelCheckpoint, RefusesWhatItCannotDo) {
  EXPECT_ERROR(ModelCheckpoint("m.pb"), "The filepath provided must end in `.keras`");
  EXPECT_ERROR(ModelCheckpoint("m.keras", {.save_weights_only = true}), "`.weights.h5`");
  EXPECT_ERROR(ModelCheckpoint("m.keras", {.save_freq = 0}), "Unrecognized save_freq: 0");
  EXPECT_ERROR(ModelCheckpoint("m.keras", {.save_freq = "batch"}), "Unrecognized save_freq: batch");
  const test_support::TempFolder folder;
  std::filesystem::create_directory(folder / "m.keras");
  EXPECT_ERROR(FitRun({ModelCheckpoint(folder / "m.keras")}).fit({1}),
               "Please specify a non-directory filepath for ModelCheckpoint.");
  FitRun full({ModelCheckpoint("m.keras", {.save_best_only = true})});
  full.model.full_disk = true;
  EXPECT_ERROR(full.fit({1}), "no space left on device");
  full.model.full_disk = false;
  full.fit({1});  // what could not be saved was no best value
  EXPECT_EQ(full.model.saved.size(), 1u);
}

TEST(ReduceLROnPlateau, LowersTheRateAndLogsIt) {
  FitRun run({ReduceLROnPlateau(
      {.factor = 0.5, .patience = 2, .verbose = 1, .cooldown = 1, .min_lr = 0.03})});
  testing::internal::CaptureStdout();
  run.fit({1, 1, 1, 1, 1, 1, 1, 1, 1});
  // The numbers and the text are Keras's.
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "\nEpoch 3: ReduceLROnPlateau reducing learning rate to 0.05000000074505806.\n"
            "\nEpoch 5: ReduceLROnPlateau reducing learning rate to 0.03.\n");
  const auto& rates = run.list.history().history["learning_rate"];
  ASSERT_EQ(rates.size(), 9u);
  EXPECT_FLOAT_EQ(static_cast<float>(rates[2]), 0.1f);
  EXPECT_FLOAT_EQ(static_cast<float>(rates[3]), 0.05f);
  EXPECT_FLOAT_EQ(static_cast<float>(rates[8]), 0.03f);
  EXPECT_ERROR(ReduceLROnPlateau({.factor = 1.0}),
               "ReduceLROnPlateau does not support a factor >= 1.0. Received factor=1.0");
}

TEST(LearningRateScheduler, SetsTheRateOfEachEpoch) {
  FitRun run({LearningRateScheduler(
      [](int epoch, double rate) { return epoch < 1 ? rate : rate / 2; }, {.verbose = 1})});
  testing::internal::CaptureStdout();
  run.fit({1, 1});
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "\nEpoch 1: LearningRateScheduler setting learning rate to 0.10000000149011612.\n"
            "\nEpoch 2: LearningRateScheduler setting learning rate to 0.05000000074505806.\n");
  EXPECT_FLOAT_EQ(run.model.optimizer().learning_rate().item<float>(), 0.05f);
  EXPECT_ERROR(LearningRateScheduler(nullptr), "`schedule` is no function");
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(CSVLogger, WritesRowsAndGoesOn) {
  const test_support::TempFolder folder;
  const std::string path = folder / "log.csv";
  FitRun({CSVLogger(path)}).fit({0.1, 0.25});
  EXPECT_EQ(content_of(path), "epoch,loss,val_loss\r\n0,1.0,0.1\r\n1,1.0,0.25\r\n");
  FitRun({CSVLogger(path, {.append = true})}).fit({3});
  EXPECT_EQ(content_of(path), "epoch,loss,val_loss\r\n0,1.0,0.1\r\n1,1.0,0.25\r\n0,1.0,3.0\r\n");
  // Without validation its columns are there all the same.
  FitRun({CSVLogger(path, {.separator = ";"})}, "mae").fit({3});
  EXPECT_EQ(content_of(path), "epoch;loss;mae;val_loss;val_mae\r\n0;1.0;3.0;NA;NA\r\n");
  EXPECT_ERROR(CSVLogger(path, {.separator = ",,"}), "must be one character");
  EXPECT_ERROR(FitRun({CSVLogger((folder / "none") / "log.csv")}).fit({1}), "cannot write to");
}

TEST(TerminateOnNaN, StopsAtTheFirstBadLoss) {
  FitRun run({TerminateOnNaN()});
  Logs logs = {{"loss", 1.0}};
  run.list.on_train_batch_end(0, logs);
  EXPECT_FALSE(run.model.stop_training);
  logs.set("loss", std::numeric_limits<double>::infinity());
  testing::internal::CaptureStdout();
  run.list.on_train_batch_end(7, logs);
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "Batch 7: Invalid loss, terminating training\n");
  EXPECT_TRUE(run.model.stop_training);
  logs.set("loss", std::nan(""));
  FitRun loud({TerminateOnNaN({.raise_error = true})});
  EXPECT_ERROR(loud.list.on_train_batch_end(2, logs), "NaN or Inf loss encountered at batch 2.");
}

TEST(LambdaCallback, CallsEachFunction) {
  std::string calls;
  const auto note = [&calls](const char* what) { return [&calls, what](Logs&) { calls += what; }; };
  const auto note_batch = [&calls](const char* what) {
    return [&calls, what](std::int64_t batch, Logs&) { calls += what + std::to_string(batch); };
  };
  const auto note_epoch = [&calls](const char* what) {
    return [&calls, what](int epoch, Logs&) { calls += what + std::to_string(epoch); };
  };
  CallbackList list(
      {LambdaCallback({.on_epoch_begin = note_epoch(" e"),
                       .on_epoch_end = note_epoch(" E"),
                       .on_train_begin = note(" t"),
                       .on_train_end = note(" T"),
                       .on_train_batch_begin = note_batch(" b"),
                       .on_train_batch_end = note_batch(" B"),
                       .on_test_begin = note(" v"),
                       .on_test_end = note(" V"),
                       .on_predict_batch_end = [&](std::int64_t batch, const Tensors& outputs) {
                         calls += " P" + std::to_string(batch + outputs[0].item<int>());
                       }})});
  Logs logs;
  list.on_train_begin(logs);
  list.on_epoch_begin(3, logs);
  list.on_train_batch_begin(1, logs);
  list.on_train_batch_end(1, logs);
  list.on_test_begin(logs);
  list.on_test_end(logs);
  list.on_epoch_end(3, logs);
  list.on_train_end(logs);
  list.on_predict_batch_end(2, {Tensor::of<std::int32_t>({40})});
  EXPECT_EQ(calls, " t e3 b1 B1 v V E3 T P42");
}

TEST(History, IsKeptWhenGivenAndReadByName) {
  History history;
  FitRun run({history});
  run.fit({1, 2});
  run.fit({3});
  EXPECT_EQ(history.history["val_loss"], (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(history.history.names(), (std::vector<std::string>{"loss", "val_loss"}));
  EXPECT_EQ(history.epoch(), std::vector<int>{0});
  EXPECT_ERROR(history.history["acc"], "The history has no values named \"acc\".");
}

TEST(ProgbarLogger, PrintsEpochsAndLines) {
  FakeModel model;
  CallbackList list(
      {},
      {.add_progbar = true, .model = &model, .params = {.verbose = 2, .epochs = 2, .steps = 3}});
  testing::internal::CaptureStdout();
  Logs logs;
  list.on_train_begin(logs);
  for (int epoch = 0; epoch < 2; ++epoch) {
    list.on_epoch_begin(epoch, logs);
    for (int batch = 0; batch < 3; ++batch) list.on_train_batch_end(batch, logs);
    Logs ends = {{"loss", 0.5}};
    list.on_epoch_end(epoch, ends);
  }
  list.on_train_end(logs);
  const std::string text = testing::internal::GetCapturedStdout();
  EXPECT_TRUE(text.starts_with("Epoch 1/2\n3/3 - 0s - ")) << text;
  EXPECT_NE(text.find("/step - loss: 0.5000\nEpoch 2/2\n3/3 - 0s - "), std::string::npos) << text;
}

TEST(ProgbarLogger, ReadsNoLogsThatItDoesNotShow) {
  CallbackList list({}, {.add_progbar = true, .params = {.verbose = 2, .epochs = 1, .steps = 3}});
  int reads = 0;
  Logs none;
  list.on_epoch_begin(0, none);
  for (int batch = 0; batch < 3; ++batch) {
    Logs logs = Logs::lazy([&] {
      ++reads;
      return Logs::Items{};
    });
    list.on_train_batch_end(batch, logs);
  }
  EXPECT_EQ(reads, 0);
}

/// Asks for its model outside of a run.
class Nosy final : public CallbackImpl {
 public:
  void on_train_begin(Logs&) override { model().stop_training = true; }
};

TEST(Callback, OfOnesOwn) {
  EXPECT_ERROR(Nosy().model(), "outside of `fit`");
  FitRun run({make_callback<Nosy>()});
  EXPECT_EQ(run.fit({1, 2}), 1);
  EXPECT_ERROR(CallbackList({Callback()}), "an entry that is no callback");
}

TEST(Logs, KeepAllResultsOfAMetric) {
  Logs logs = {{"loss", 2.0}};
  logs.set("f1_score", std::vector<double>{0.5, 0.25, 0.0});
  EXPECT_EQ(logs["f1_score"], 0.25);
  EXPECT_EQ(logs.vector("f1_score"), (std::vector<double>{0.5, 0.25, 0.0}));
  EXPECT_EQ(logs.vector("loss"), std::vector<double>{2.0});
  EXPECT_TRUE(logs.is_vector("f1_score"));
  EXPECT_FALSE(logs.is_vector("loss"));
  EXPECT_THROW(logs.vector("accuracy"), ValueError);
  const Logs lazy = Logs::lazy([&] { return logs; });
  EXPECT_EQ(lazy.vector("f1_score").size(), 3u);
  EpochLogs epochs;
  epochs.append(logs);
  EXPECT_EQ(epochs["f1_score"], std::vector<double>{0.25});
  EXPECT_EQ(epochs.vectors("f1_score"), (std::vector<std::vector<double>>{{0.5, 0.25, 0.0}}));
  EXPECT_EQ(epochs.vectors("loss"), (std::vector<std::vector<double>>{{2.0}}));
  logs.set("f1_score", 1.0);
  EXPECT_FALSE(logs.is_vector("f1_score"));
}

TEST(CSVLogger, WritesListsAsKerasDoes) {
  const test_support::TempFolder folder;
  const CSVLogger logger((folder / "log.csv").string());
  CallbackList list({logger}, {});
  Logs none;
  list.on_train_begin(none);
  Logs logs;
  logs.set("val_f1_score", std::vector<double>{0.5, 0.25});
  list.on_epoch_end(0, logs);
  list.on_train_end(none);
  std::ifstream file(folder / "log.csv");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), "epoch,val_f1_score\r\n0,\"\"\"[0.5, 0.25]\"\"\"\r\n");
}

}  // namespace
}  // namespace keras::callbacks
