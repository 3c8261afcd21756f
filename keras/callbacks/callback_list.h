#pragma once

#include <cstdint>
#include <vector>

#include "keras/callbacks/callback.h"
#include "keras/callbacks/history.h"

namespace keras::callbacks {

/// Further arguments of a CallbackList.
struct CallbackListOptions {
  bool add_history = false;
  bool add_progbar = false;
  CallbackModel* model = nullptr;
  CallbackParams params = {};
};

/// Calls several callbacks as one, in order. Keras: keras.callbacks.CallbackList.
class CallbackList final : public CallbackImpl {
 public:
  /// Throws ValueError for an undefined callback.
  explicit CallbackList(std::vector<Callback> callbacks, const CallbackListOptions& options = {});

  void on_train_begin(Logs& logs) override;
  void on_train_end(Logs& logs) override;
  void on_epoch_begin(int epoch, Logs& logs) override;
  void on_epoch_end(int epoch, Logs& logs) override;
  void on_train_batch_begin(std::int64_t batch, Logs& logs) override;
  void on_train_batch_end(std::int64_t batch, Logs& logs) override;
  void on_batch_begin(std::int64_t batch, Logs& logs) override;
  void on_batch_end(std::int64_t batch, Logs& logs) override;
  void on_test_begin(Logs& logs) override;
  void on_test_end(Logs& logs) override;
  void on_test_batch_begin(std::int64_t batch, Logs& logs) override;
  void on_test_batch_end(std::int64_t batch, Logs& logs) override;
  void on_predict_begin(Logs& logs) override;
  void on_predict_end(Logs& logs) override;
  void on_predict_batch_begin(std::int64_t batch, Logs& logs) override;
  void on_predict_batch_end(std::int64_t batch, const Tensors& outputs) override;
  void set_params(const CallbackParams& params) override;
  void set_model(CallbackModel* model) override;

  /// The one that was given or added.
  const History& history() const { return history_; }

 private:
  std::vector<Callback> callbacks_;
  History history_;
};

}  // namespace keras::callbacks
