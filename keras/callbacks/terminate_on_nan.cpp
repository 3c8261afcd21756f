#include "keras/callbacks/terminate_on_nan.h"

#include <cmath>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/io_utils.h"

namespace keras::callbacks {
namespace {

class TerminateOnNaNImpl final : public CallbackImpl {
 public:
  explicit TerminateOnNaNImpl(TerminateOnNaNOptions options) : options_(options) {}

  void on_batch_end(std::int64_t batch, Logs& logs) override {
    const double* loss = logs.find("loss");
    if (!loss || std::isfinite(*loss)) return;
    if (options_.raise_error)
      throw Error(str("NaN or Inf loss encountered at batch ", batch, ". Loss value: ", *loss,
                      ". Terminating training immediately."));
    utils::print_msg(str("Batch ", batch, ": Invalid loss, terminating training"));
    model().stop_training = true;
  }

 private:
  TerminateOnNaNOptions options_;
};

}  // namespace

TerminateOnNaN::TerminateOnNaN(TerminateOnNaNOptions options)
    : Callback(std::make_shared<TerminateOnNaNImpl>(options)) {}

}  // namespace keras::callbacks
