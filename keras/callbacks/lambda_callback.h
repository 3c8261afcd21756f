#pragma once

#include <cstdint>
#include <functional>

#include "keras/callbacks/callback.h"

namespace keras::callbacks {

/// The functions of a LambdaCallback; those left out do nothing.
struct LambdaCallbackOptions {
  using Hook = std::function<void(Logs&)>;
  using EpochHook = std::function<void(int, Logs&)>;
  using BatchHook = std::function<void(std::int64_t, Logs&)>;

  EpochHook on_epoch_begin = {};
  EpochHook on_epoch_end = {};
  Hook on_train_begin = {};
  Hook on_train_end = {};
  BatchHook on_train_batch_begin = {};
  BatchHook on_train_batch_end = {};
  Hook on_test_begin = {};
  Hook on_test_end = {};
  BatchHook on_test_batch_begin = {};
  BatchHook on_test_batch_end = {};
  Hook on_predict_begin = {};
  Hook on_predict_end = {};
  BatchHook on_predict_batch_begin = {};
  std::function<void(std::int64_t, const Tensors&)> on_predict_batch_end = {};
};

/// A callback made of functions: `LambdaCallback({.on_epoch_end = [](int epoch, Logs& logs) {…}})`.
/// Keras: keras.callbacks.LambdaCallback.
class LambdaCallback : public Callback {
 public:
  explicit LambdaCallback(LambdaCallbackOptions options);
};

}  // namespace keras::callbacks
