#include <mutex>
#include <numeric>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/trainers/data_adapters/data_adapter.h"
#include "keras/trainers/data_adapters/data_adapter_utils.h"
#include "keras/trainers/data_adapters/prefetching.h"

namespace keras::trainers {
namespace {

class DatasetAdapter final : public DataAdapter {
 public:
  DatasetAdapter(Dataset dataset, const DataAdapterOptions& options)
      : dataset_(std::move(dataset)), class_weight_(options.class_weight) {
    if (!options.shuffle || !dataset_.impl().has_random_access()) return;
    shuffler_.emplace();
  }

  std::optional<std::int64_t> num_batches() const override { return dataset_.impl().num_batches(); }

  void start() override {
    prefetcher_.reset();
    dataset_.impl().reset();
    if (shuffler_) {
      order_.resize(static_cast<std::size_t>(num_batches().value_or(0)));
      std::iota(order_.begin(), order_.end(), 0);
      shuffler_->shuffle(order_);
      position_ = 0;
    }
    prefetcher_.emplace(1, [this](Batch& batch) { return fetch(batch); });
  }

  bool next(Batch& batch) override { return prefetcher_->take(batch); }

  void on_epoch_begin() override {
    const std::lock_guard lock(source_mutex_);
    dataset_.impl().on_epoch_begin();
  }
  void on_epoch_end() override {
    const std::lock_guard lock(source_mutex_);
    dataset_.impl().on_epoch_end();
  }

 private:
  /// Runs on the prefetcher's thread.
  bool fetch(Batch& batch) {
    if (!fetch_raw(batch)) return false;
    check_data_cardinality(batch);
    if (!batch.x.defined()) throw ValueError("The dataset gave a batch without `x`.");
    if (!class_weight_.empty()) {
      if (batch.sample_weight.defined())
        throw ValueError("You cannot `class_weight` and `sample_weight` at the same time.");
      batch.sample_weight = class_weight_to_sample_weights(batch.y, class_weight_);
    }
    batch.sample_weight = match_sample_weight(batch.sample_weight, batch.y);
    for (Data* part : {&batch.x, &batch.y, &batch.sample_weight}) {
      *part = to_floatx(*part);
      for (const auto& tensor : part->tensors()) tensor.eval();
    }
    return true;
  }

  bool fetch_raw(Batch& batch) {
    const std::lock_guard lock(source_mutex_);
    if (!shuffler_) return dataset_.impl().next(batch);
    if (position_ == order_.size()) return false;
    batch = dataset_.impl().get(order_[position_++]);
    return true;
  }

  Dataset dataset_;
  ClassWeight class_weight_;
  std::optional<Shuffler> shuffler_;
  std::vector<std::int64_t> order_;
  std::size_t position_ = 0;
  std::mutex source_mutex_;  ///< the source is asked one thing at a time
  std::optional<Prefetcher> prefetcher_;
};

}  // namespace

std::unique_ptr<DataAdapter> adapt_dataset(Dataset dataset, const DataAdapterOptions& options) {
  if (!dataset.defined()) throw ValueError("There is no data: the dataset is undefined.");
  return std::make_unique<DatasetAdapter>(std::move(dataset), options);
}

}  // namespace keras::trainers
