#pragma once

#include <memory>
#include <vector>

#include "keras/callbacks/history.h"

namespace keras::callbacks {

/// What the handles of one History share.
class History::Impl final : public CallbackImpl {
 public:
  void on_train_begin(Logs& /*logs*/) override { epochs->clear(); }
  void on_epoch_end(int epoch, Logs& logs) override {
    epochs->push_back(epoch);
    history.append(logs);
  }

  EpochLogs history;
  std::shared_ptr<std::vector<int>> epochs = std::make_shared<std::vector<int>>();
};

}  // namespace keras::callbacks
