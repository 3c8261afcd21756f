#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/callbacks/callback.h"

namespace keras::callbacks {

/// The values of all epochs by name: `history["val_loss"]`. Copies share.
class EpochLogs {
 public:
  using Values = std::vector<double>;
  using Item = std::pair<std::string, Values>;

  EpochLogs()
      : items_(std::make_shared<std::vector<Item>>()),
        vectors_(std::make_shared<std::vector<NamedVectors>>()) {}
  /// One value for each epoch in which there was one. Throws ValueError for an unknown name.
  const Values& operator[](std::string_view name) const { return at(name); }
  const Values& at(std::string_view name) const;
  /// The same for a metric with several results, whose mean `at` has: all of them for each epoch.
  std::vector<Values> vectors(std::string_view name) const;
  bool contains(std::string_view name) const;
  std::vector<std::string> names() const;
  std::size_t size() const { return items_->size(); }
  auto begin() const { return items_->cbegin(); }
  auto end() const { return items_->cend(); }
  void append(const Logs& logs) const;

 private:
  using NamedVectors = std::pair<std::string, std::vector<Values>>;

  std::shared_ptr<std::vector<Item>> items_;
  std::shared_ptr<std::vector<NamedVectors>> vectors_;
};

/// What `fit` returns: the logs of each epoch. Every `fit` has one; given as a callback it goes on
/// where it was. Keras: keras.callbacks.History.
class History : public Callback {
 public:
  History();

  EpochLogs history;
  /// The numbers of the epochs of the last `fit`, from 0.
  const std::vector<int>& epoch() const { return *epochs_; }

 private:
  class Impl;
  friend class CallbackList;
  explicit History(std::shared_ptr<Impl> impl);

  std::shared_ptr<std::vector<int>> epochs_;
};

}  // namespace keras::callbacks
