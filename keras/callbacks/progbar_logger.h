#pragma once

#include "keras/callbacks/callback.h"
#include "keras/utils/progbar.h"

namespace keras::callbacks {

/// Prints a progress bar with the metrics for each epoch, or for a run of `evaluate` or `predict`.
/// Added to every run unless `verbose` is 0. Keras: keras.callbacks.ProgbarLogger.
class ProgbarLogger : public Callback {
 public:
  class Impl;
  ProgbarLogger();
};

class ProgbarLogger::Impl : public CallbackImpl {
 public:
  void set_params(const CallbackParams& params) override;
  void on_train_begin(Logs& logs) override;
  void on_test_begin(Logs& logs) override;
  void on_predict_begin(Logs& logs) override;
  void on_epoch_begin(int epoch, Logs& logs) override;
  void on_train_batch_end(std::int64_t batch, Logs& logs) override;
  void on_test_batch_end(std::int64_t batch, Logs& logs) override;
  void on_predict_batch_end(std::int64_t batch, const Tensors& outputs) override;
  void on_epoch_end(int epoch, Logs& logs) override;
  void on_train_end(Logs& logs) override;
  void on_test_end(Logs& logs) override;
  void on_predict_end(Logs& logs) override;

 private:
  void start_progbar();
  void update_progbar(std::int64_t batch, const Logs& logs);
  void finalize_progbar(const Logs& logs);

  std::int64_t seen_ = 0;
  std::optional<std::int64_t> target_;
  std::optional<utils::Progbar> progbar_;
  /// The run that this logger belongs to is a `fit`, in which validation is silent.
  bool in_fit_ = false;
};

}  // namespace keras::callbacks
