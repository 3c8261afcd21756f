#include "keras/callbacks/progbar_logger.h"

#include "keras/engine/text.h"
#include "keras/utils/io_utils.h"

namespace keras::callbacks {

ProgbarLogger::ProgbarLogger() : Callback(std::make_shared<Impl>()) {}

void ProgbarLogger::Impl::set_params(const CallbackParams& params) {
  CallbackImpl::set_params(params);
  target_ = params.steps;
}

void ProgbarLogger::Impl::start_progbar() {
  seen_ = 0;
  progbar_.emplace(target_, utils::ProgbarOptions{.verbose = params().verbose,
                                                  .stateless_metrics = std::vector<std::string>{}});
}

void ProgbarLogger::Impl::on_train_begin(Logs& /*logs*/) { in_fit_ = true; }
void ProgbarLogger::Impl::on_train_end(Logs& /*logs*/) { in_fit_ = false; }

void ProgbarLogger::Impl::on_test_begin(Logs& /*logs*/) {
  if (!in_fit_) start_progbar();
}

void ProgbarLogger::Impl::on_predict_begin(Logs& /*logs*/) { start_progbar(); }

void ProgbarLogger::Impl::on_epoch_begin(int epoch, Logs& /*logs*/) {
  start_progbar();
  if (params().verbose != 0 && params().epochs > 1)
    utils::print_msg(str("Epoch ", epoch + 1, "/", params().epochs));
}

void ProgbarLogger::Impl::on_train_batch_end(std::int64_t batch, Logs& logs) {
  update_progbar(batch, logs);
}

void ProgbarLogger::Impl::on_test_batch_end(std::int64_t batch, Logs& logs) {
  if (!in_fit_) update_progbar(batch, logs);
}

void ProgbarLogger::Impl::on_predict_batch_end(std::int64_t batch, const Tensors& /*outputs*/) {
  update_progbar(batch, {});
}

void ProgbarLogger::Impl::on_epoch_end(int /*epoch*/, Logs& logs) { finalize_progbar(logs); }

void ProgbarLogger::Impl::on_test_end(Logs& logs) {
  if (!in_fit_) finalize_progbar(logs);
}

void ProgbarLogger::Impl::on_predict_end(Logs& /*logs*/) { finalize_progbar({}); }

void ProgbarLogger::Impl::update_progbar(std::int64_t batch, const Logs& logs) {
  seen_ = batch + 1;
  if (params().verbose != 1) return;
  if (progbar_->is_due()) {
    progbar_->update(seen_, logs.items(), false);
  } else if (batch == 0) {
    // Shows nothing, but the bar must know how long the first step took.
    progbar_->update(seen_, {}, false);
  }
}

void ProgbarLogger::Impl::finalize_progbar(const Logs& logs) {
  if (!target_) {
    target_ = seen_;
    progbar_->set_target(seen_);
  }
  progbar_->update(*target_, logs.items(), true);
}

}  // namespace keras::callbacks
