#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "keras/callbacks/callback_model.h"
#include "keras/callbacks/logs.h"

namespace keras::callbacks {

/// What a run is like: given to each callback before it begins.
struct CallbackParams {
  int verbose = 1;
  int epochs = 1;
  std::optional<std::int64_t> steps = {};  ///< nothing where the data does not say how many
};

/// What a callback of one's own derives from: overrides the hooks that it needs. What an earlier
/// callback of the list writes into `logs`, the later ones see. Logs of a batch are worked out only
/// if some callback reads them.
class CallbackImpl {
 public:
  virtual ~CallbackImpl() = default;

  virtual void on_train_begin(Logs& /*logs*/) {}
  virtual void on_train_end(Logs& /*logs*/) {}
  virtual void on_epoch_begin(int /*epoch*/, Logs& /*logs*/) {}
  /// Epochs and batches are counted from 0.
  virtual void on_epoch_end(int /*epoch*/, Logs& /*logs*/) {}
  virtual void on_train_batch_begin(std::int64_t batch, Logs& logs) { on_batch_begin(batch, logs); }
  virtual void on_train_batch_end(std::int64_t batch, Logs& logs) { on_batch_end(batch, logs); }
  /// Other names of the two above.
  virtual void on_batch_begin(std::int64_t /*batch*/, Logs& /*logs*/) {}
  virtual void on_batch_end(std::int64_t /*batch*/, Logs& /*logs*/) {}
  virtual void on_test_begin(Logs& /*logs*/) {}
  virtual void on_test_end(Logs& /*logs*/) {}
  virtual void on_test_batch_begin(std::int64_t /*batch*/, Logs& /*logs*/) {}
  virtual void on_test_batch_end(std::int64_t /*batch*/, Logs& /*logs*/) {}
  virtual void on_predict_begin(Logs& /*logs*/) {}
  virtual void on_predict_end(Logs& /*logs*/) {}
  virtual void on_predict_batch_begin(std::int64_t /*batch*/, Logs& /*logs*/) {}
  virtual void on_predict_batch_end(std::int64_t /*batch*/, const Tensors& /*outputs*/) {}

  virtual void set_params(const CallbackParams& params) { params_ = params; }
  virtual void set_model(CallbackModel* model) { model_ = model; }
  const CallbackParams& params() const { return params_; }
  /// The model at work. Throws ValueError outside of `fit`, `evaluate` and `predict`.
  CallbackModel& model() const;

 private:
  CallbackParams params_;
  CallbackModel* model_ = nullptr;
};

/// An entry of `callbacks`. A handle; copies share the state.
class Callback {
 public:
  Callback() = default;
  Callback(std::shared_ptr<CallbackImpl> impl) : impl_(std::move(impl)) {}
  template <std::derived_from<CallbackImpl> T>
  Callback(std::shared_ptr<T> impl) : impl_(std::move(impl)) {}

  bool defined() const { return impl_ != nullptr; }
  CallbackImpl& impl() const { return *impl_; }
  const std::shared_ptr<CallbackImpl>& shared() const { return impl_; }

 private:
  std::shared_ptr<CallbackImpl> impl_;
};

/// A callback of a class of one's own: `make_callback<Mine>(arguments…)`.
template <std::derived_from<CallbackImpl> T, typename... Arguments>
Callback make_callback(Arguments&&... arguments) {
  return Callback(std::make_shared<T>(std::forward<Arguments>(arguments)...));
}

}  // namespace keras::callbacks

namespace keras {
using callbacks::Callback;
using callbacks::CallbackImpl;
using callbacks::make_callback;
}  // namespace keras
