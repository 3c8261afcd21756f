#include "keras/callbacks/reduce_lr_on_plateau.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "keras/callbacks/monitor_callback.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/io_utils.h"

namespace keras::callbacks {
namespace {

class ReduceLROnPlateauImpl final : public MonitorCallbackImpl {
 public:
  explicit ReduceLROnPlateauImpl(ReduceLROnPlateauOptions options)
      : MonitorCallbackImpl(
            {"ReduceLROnPlateau", options.monitor, options.mode, options.min_delta}),
        options_(std::move(options)) {
    if (options_.factor >= 1.0)
      throw ValueError(str("ReduceLROnPlateau does not support a factor >= 1.0. Received factor=",
                           options_.factor));
  }

  void on_train_begin(Logs& /*logs*/) override {
    best_.reset();
    cooldown_counter_ = 0;
    wait_ = 0;
  }

  void on_epoch_end(int epoch, Logs& logs) override {
    logs.set("learning_rate", model().optimizer().learning_rate().item<double>());
    const double* current = logs.find(monitor());
    if (!current) {
      utils::warn(str("Learning rate reduction is conditioned on metric `", monitor(),
                      "` which is not available. Available metrics are: ", join(logs.names(), ","),
                      "."));
      return;
    }
    if (cooldown_counter_ > 0) {
      --cooldown_counter_;
      wait_ = 0;
    }
    if (is_improvement(*current, best_)) {
      best_ = *current;
      wait_ = 0;
    } else if (cooldown_counter_ == 0 && ++wait_ >= options_.patience) {
      reduce(epoch);
    }
  }

 private:
  void reduce(int epoch) {
    const Optimizer optimizer = model().optimizer();
    const double old_rate = optimizer.learning_rate().item<double>();
    if (old_rate <= static_cast<double>(static_cast<float>(options_.min_lr))) return;
    const double new_rate = std::max(old_rate * options_.factor, options_.min_lr);
    optimizer.set_learning_rate(new_rate);
    if (options_.verbose > 0)
      utils::print_msg(str("\nEpoch ", epoch + 1, ": ReduceLROnPlateau reducing learning rate to ",
                           new_rate, "."));
    cooldown_counter_ = options_.cooldown;
    wait_ = 0;
  }

  ReduceLROnPlateauOptions options_;
  std::optional<double> best_;
  int cooldown_counter_ = 0;
  int wait_ = 0;
};

}  // namespace

ReduceLROnPlateau::ReduceLROnPlateau(ReduceLROnPlateauOptions options)
    : Callback(std::make_shared<ReduceLROnPlateauImpl>(std::move(options))) {}

}  // namespace keras::callbacks
