#include "keras/callbacks/callback_list.h"

#include <algorithm>
#include <utility>

#include "keras/callbacks/history_impl.h"
#include "keras/callbacks/progbar_logger.h"
#include "keras/engine/error.h"

namespace keras::callbacks {
namespace {

template <typename Impl>
std::shared_ptr<Impl> find_callback(const std::vector<Callback>& callbacks) {
  for (const auto& callback : callbacks)
    if (auto found = std::dynamic_pointer_cast<Impl>(callback.shared())) return found;
  return nullptr;
}

}  // namespace

CallbackList::CallbackList(std::vector<Callback> callbacks, const CallbackListOptions& options)
    : callbacks_(std::move(callbacks)) {
  for (const auto& callback : callbacks_)
    if (!callback.defined()) throw ValueError("`callbacks` has an entry that is no callback.");
  const auto given = find_callback<History::Impl>(callbacks_);
  if (given) {
    history_ = History(given);
  } else if (options.add_history) {
    callbacks_.push_back(history_);
  }
  if (options.add_progbar && !find_callback<ProgbarLogger::Impl>(callbacks_))
    callbacks_.push_back(ProgbarLogger());
  CallbackList::set_model(options.model);
  CallbackList::set_params(options.params);
}

void CallbackList::set_params(const CallbackParams& params) {
  CallbackImpl::set_params(params);
  for (const auto& callback : callbacks_) callback.impl().set_params(params);
}

void CallbackList::set_model(CallbackModel* model) {
  CallbackImpl::set_model(model);
  for (const auto& callback : callbacks_) callback.impl().set_model(model);
}

void CallbackList::on_train_begin(Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_train_begin(logs);
}

void CallbackList::on_train_end(Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_train_end(logs);
}

void CallbackList::on_epoch_begin(int epoch, Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_epoch_begin(epoch, logs);
}

void CallbackList::on_epoch_end(int epoch, Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_epoch_end(epoch, logs);
}

void CallbackList::on_train_batch_begin(std::int64_t batch, Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_train_batch_begin(batch, logs);
}

void CallbackList::on_train_batch_end(std::int64_t batch, Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_train_batch_end(batch, logs);
}

void CallbackList::on_batch_begin(std::int64_t batch, Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_batch_begin(batch, logs);
}

void CallbackList::on_batch_end(std::int64_t batch, Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_batch_end(batch, logs);
}

void CallbackList::on_test_batch_begin(std::int64_t batch, Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_test_batch_begin(batch, logs);
}

void CallbackList::on_test_batch_end(std::int64_t batch, Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_test_batch_end(batch, logs);
}

void CallbackList::on_test_begin(Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_test_begin(logs);
}

void CallbackList::on_test_end(Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_test_end(logs);
}

void CallbackList::on_predict_begin(Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_predict_begin(logs);
}

void CallbackList::on_predict_end(Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_predict_end(logs);
}

void CallbackList::on_predict_batch_begin(std::int64_t batch, Logs& logs) {
  for (const auto& callback : callbacks_) callback.impl().on_predict_batch_begin(batch, logs);
}

void CallbackList::on_predict_batch_end(std::int64_t batch, const Tensors& outputs) {
  for (const auto& callback : callbacks_) callback.impl().on_predict_batch_end(batch, outputs);
}

}  // namespace keras::callbacks
