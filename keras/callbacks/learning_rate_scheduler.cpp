#include "keras/callbacks/learning_rate_scheduler.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/io_utils.h"

namespace keras::callbacks {
namespace {

class LearningRateSchedulerImpl final : public CallbackImpl {
 public:
  LearningRateSchedulerImpl(LearningRateScheduler::Schedule schedule, int verbose)
      : schedule_(std::move(schedule)), verbose_(verbose) {
    if (!schedule_) throw ValueError("LearningRateScheduler: `schedule` is no function.");
  }

  void on_epoch_begin(int epoch, Logs& /*logs*/) override {
    const Optimizer optimizer = model().optimizer();
    const double rate = schedule_(epoch, optimizer.learning_rate().item<double>());
    optimizer.set_learning_rate(rate);
    if (verbose_ > 0)
      utils::print_msg(str("\nEpoch ", epoch + 1,
                           ": LearningRateScheduler setting learning rate to ", rate, "."));
  }

  void on_epoch_end(int /*epoch*/, Logs& logs) override {
    logs.set("learning_rate", model().optimizer().learning_rate().item<double>());
  }

 private:
  LearningRateScheduler::Schedule schedule_;
  int verbose_;
};

}  // namespace

LearningRateScheduler::LearningRateScheduler(Schedule schedule,
                                             LearningRateSchedulerOptions options)
    : Callback(std::make_shared<LearningRateSchedulerImpl>(std::move(schedule), options.verbose)) {}

}  // namespace keras::callbacks
