#include "keras/callbacks/early_stopping.h"

#include <utility>

#include "keras/callbacks/monitor_callback.h"
#include "keras/engine/text.h"
#include "keras/utils/io_utils.h"

namespace keras::callbacks {
namespace {

class EarlyStoppingImpl final : public MonitorCallbackImpl {
 public:
  explicit EarlyStoppingImpl(EarlyStoppingOptions options)
      : MonitorCallbackImpl({"EarlyStopping", options.monitor, options.mode, options.min_delta}),
        options_(std::move(options)) {}

  void on_train_begin(Logs& /*logs*/) override {
    wait_ = 0;
    stopped_epoch_ = 0;
    best_epoch_ = 0;
    best_.reset();
    best_weights_.reset();
  }

  void on_epoch_end(int epoch, Logs& logs) override {
    const double* current = logs.find(monitor());
    if (!current) {
      utils::warn(
          str("Early stopping conditioned on metric `", monitor(),
              "` which is not available. Available metrics are: ", join(logs.names(), ",")));
      return;
    }
    if (epoch < options_.start_from_epoch) return;
    if (options_.restore_best_weights && !best_weights_) keep_weights(epoch);
    ++wait_;
    if (is_improvement(*current, best_)) {
      best_ = *current;
      best_epoch_ = epoch;
      if (options_.restore_best_weights) keep_weights(epoch);
      if (!options_.baseline || is_improvement(*current, options_.baseline)) wait_ = 0;
      return;
    }
    if (wait_ < options_.patience || epoch == 0) return;
    stopped_epoch_ = epoch;
    model().stop_training = true;
  }

  void on_train_end(Logs& /*logs*/) override {
    if (stopped_epoch_ > 0 && options_.verbose > 0)
      utils::print_msg(str("Epoch ", stopped_epoch_ + 1, ": early stopping"));
    if (!best_weights_) return;
    if (options_.verbose > 0)
      utils::print_msg(
          str("Restoring model weights from the end of the best epoch: ", best_epoch_ + 1, "."));
    model().set_weights(*best_weights_);
    best_weights_.reset();
  }

 private:
  void keep_weights(int epoch) {
    best_weights_ = model().get_weights();
    best_epoch_ = epoch;
  }

  EarlyStoppingOptions options_;
  int wait_ = 0;
  int stopped_epoch_ = 0;
  int best_epoch_ = 0;
  std::optional<double> best_;
  std::optional<Tensors> best_weights_;
};

}  // namespace

EarlyStopping::EarlyStopping(EarlyStoppingOptions options)
    : Callback(std::make_shared<EarlyStoppingImpl>(std::move(options))) {}

}  // namespace keras::callbacks
