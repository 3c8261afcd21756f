#include "keras/callbacks/lambda_callback.h"

#include <utility>

namespace keras::callbacks {
namespace {

class LambdaCallbackImpl final : public CallbackImpl {
 public:
  explicit LambdaCallbackImpl(LambdaCallbackOptions options) : options_(std::move(options)) {}

  void on_epoch_begin(int epoch, Logs& logs) override {
    if (options_.on_epoch_begin) options_.on_epoch_begin(epoch, logs);
  }
  void on_epoch_end(int epoch, Logs& logs) override {
    if (options_.on_epoch_end) options_.on_epoch_end(epoch, logs);
  }
  void on_train_begin(Logs& logs) override {
    if (options_.on_train_begin) options_.on_train_begin(logs);
  }
  void on_train_end(Logs& logs) override {
    if (options_.on_train_end) options_.on_train_end(logs);
  }
  void on_test_begin(Logs& logs) override {
    if (options_.on_test_begin) options_.on_test_begin(logs);
  }
  void on_test_end(Logs& logs) override {
    if (options_.on_test_end) options_.on_test_end(logs);
  }
  void on_predict_begin(Logs& logs) override {
    if (options_.on_predict_begin) options_.on_predict_begin(logs);
  }
  void on_predict_end(Logs& logs) override {
    if (options_.on_predict_end) options_.on_predict_end(logs);
  }
  void on_train_batch_begin(std::int64_t batch, Logs& logs) override {
    if (options_.on_train_batch_begin) options_.on_train_batch_begin(batch, logs);
  }
  void on_train_batch_end(std::int64_t batch, Logs& logs) override {
    if (options_.on_train_batch_end) options_.on_train_batch_end(batch, logs);
  }
  void on_test_batch_begin(std::int64_t batch, Logs& logs) override {
    if (options_.on_test_batch_begin) options_.on_test_batch_begin(batch, logs);
  }
  void on_test_batch_end(std::int64_t batch, Logs& logs) override {
    if (options_.on_test_batch_end) options_.on_test_batch_end(batch, logs);
  }
  void on_predict_batch_begin(std::int64_t batch, Logs& logs) override {
    if (options_.on_predict_batch_begin) options_.on_predict_batch_begin(batch, logs);
  }
  void on_predict_batch_end(std::int64_t batch, const Tensors& outputs) override {
    if (options_.on_predict_batch_end) options_.on_predict_batch_end(batch, outputs);
  }

 private:
  LambdaCallbackOptions options_;
};

}  // namespace

LambdaCallback::LambdaCallback(LambdaCallbackOptions options)
    : Callback(std::make_shared<LambdaCallbackImpl>(std::move(options))) {}

}  // namespace keras::callbacks
