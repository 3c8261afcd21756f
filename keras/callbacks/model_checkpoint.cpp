#include "keras/callbacks/model_checkpoint.h"

#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "keras/callbacks/monitor_callback.h"
#include "keras/callbacks/path_template.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/io_utils.h"

namespace keras::callbacks {
namespace {

std::string five_decimals(std::optional<double> value) {
  if (!value) return "None";
  char buffer[400];
  std::snprintf(buffer, sizeof buffer, "%.5f", *value);
  return buffer;
}

void check_filepath(const std::string& filepath, bool weights_only) {
  if (weights_only && !filepath.ends_with(".weights.h5"))
    throw ValueError(
        str("When using `save_weights_only=True` in `ModelCheckpoint`, the filepath provided must "
            "end in `.weights.h5` (Keras weights format). Received: filepath=",
            filepath));
  if (!weights_only && !filepath.ends_with(".keras") && !filepath.ends_with(".h5"))
    throw ValueError(
        str("The filepath provided must end in `.keras` (Keras model format). "
            "Received: filepath=",
            filepath));
}

class ModelCheckpointImpl final : public MonitorCallbackImpl {
 public:
  ModelCheckpointImpl(std::string filepath, ModelCheckpointOptions options)
      : MonitorCallbackImpl({"ModelCheckpoint", options.monitor, options.mode}),
        filepath_(std::move(filepath)),
        options_(std::move(options)),
        best_(options_.initial_value_threshold) {
    check_filepath(filepath_, options_.save_weights_only);
  }

  void on_epoch_begin(int epoch, Logs& /*logs*/) override { epoch_ = epoch; }

  void on_train_batch_end(std::int64_t batch, Logs& logs) override {
    if (is_due_at(batch)) save(batch, logs);
  }

  void on_epoch_end(int epoch, Logs& logs) override {
    epoch_ = epoch;
    if (!options_.save_freq.batches()) save({}, logs);
  }

 private:
  bool is_due_at(std::int64_t batch) {
    if (!options_.save_freq.batches()) return false;
    const bool new_epoch = !last_batch_ || batch <= *last_batch_;
    batches_since_save_ += new_epoch ? batch + 1 : batch - *last_batch_;
    last_batch_ = batch;
    if (batches_since_save_ < *options_.save_freq.batches()) return false;
    batches_since_save_ = 0;
    return true;
  }

  void say(const std::string& what) const {
    if (options_.verbose > 0) utils::print_msg(str("\nEpoch ", epoch_ + 1, ": ", what));
  }

  bool is_worth_saving(const Logs& logs, const std::string& filepath) {
    if (!options_.save_best_only) {
      say("saving model to " + filepath);
      return true;
    }
    const double* current = logs.find(monitor());
    if (!current) {
      utils::warn(str("Can save best model only with ", monitor(), " available."));
      return true;
    }
    const std::string best = five_decimals(best_);
    if (!is_improvement(*current, best_)) {
      say(monitor() + " did not improve from " + best);
      return false;
    }
    say(str(monitor(), " improved from ", best, " to ", five_decimals(*current),
            ", saving model to ", filepath));
    best_ = *current;
    return true;
  }

  void save(std::optional<std::int64_t> batch, const Logs& logs) {
    if (batch) batch = *batch + 1;
    const std::string filepath = fill_path(filepath_, epoch_ + 1, batch, logs);
    const std::optional<double> best_before = best_;
    if (!is_worth_saving(logs, filepath)) return;
    try {
      write(filepath);
    } catch (...) {
      best_ = best_before;  // what was not saved is not the best that is kept
      throw;
    }
    say("finished saving model to " + filepath);
  }

  void write(const std::string& filepath) {
    const std::filesystem::path path(filepath);
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
      throw IoError(
          str("Please specify a non-directory filepath for ModelCheckpoint. Filepath "
              "used is an existing directory: ",
              filepath));
    error.clear();
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
    if (error)
      throw IoError(str("ModelCheckpoint cannot make the directory ", path.parent_path().string(),
                        ": ", error.message(), "."));
    if (options_.save_weights_only) {
      model().save_weights(filepath);
    } else {
      model().save(filepath);
    }
  }

  std::string filepath_;
  ModelCheckpointOptions options_;
  std::optional<double> best_;
  int epoch_ = 0;
  std::int64_t batches_since_save_ = 0;
  std::optional<std::int64_t> last_batch_;
};

}  // namespace

SaveFreq::SaveFreq(const char* name) {
  if (std::string_view(name) != "epoch")
    throw ValueError(str("Unrecognized save_freq: ", name,
                         ". Expected save_freq are 'epoch' or integer values"));
}

SaveFreq::SaveFreq(std::int64_t batches) : batches_(batches) {
  if (batches <= 0)
    throw ValueError(str("Unrecognized save_freq: ", batches,
                         ". Expected save_freq are 'epoch' or positive integer values"));
}

ModelCheckpoint::ModelCheckpoint(std::string filepath, ModelCheckpointOptions options)
    : Callback(std::make_shared<ModelCheckpointImpl>(std::move(filepath), std::move(options))) {}

}  // namespace keras::callbacks
