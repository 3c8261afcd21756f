#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "keras/trainers/data.h"

namespace keras {
namespace layers {
class AdaptData;
}

/// What a source of batches derives from: batches one after the other. While a model works on one
/// batch, the next is fetched on another thread, a call at a time; an exception reaches the caller
/// of `fit`.
class DatasetImpl {
 public:
  virtual ~DatasetImpl() = default;

  /// How many batches a pass has; nothing where that is not known, or there is no end.
  virtual std::optional<std::int64_t> num_batches() const { return std::nullopt; }
  /// Begins a pass.
  virtual void reset() {}
  /// The next batch of the pass; false at its end.
  virtual bool next(Batch& batch) = 0;

  /// Whether any batch can be asked for with `get`, so that `fit` can shuffle them.
  virtual bool has_random_access() const { return false; }
  virtual Batch get(std::int64_t index);
  virtual void on_epoch_begin() {}
  virtual void on_epoch_end() {}
};

/// A source with random access: says how many batches it has, and gives each. Keras:
/// keras.utils.PyDataset.
class SequenceImpl : public DatasetImpl {
 public:
  /// The number of batches.
  virtual std::int64_t size() const = 0;
  Batch get(std::int64_t index) override = 0;

  std::optional<std::int64_t> num_batches() const final { return size(); }
  void reset() final { position_ = 0; }
  bool next(Batch& batch) final;
  bool has_random_access() const final { return true; }

 private:
  std::int64_t position_ = 0;
};

/// Further arguments of Dataset::from_generator.
struct GeneratorOptions {
  std::optional<std::int64_t> num_batches = {};
  /// Begins anew for the next epoch.
  std::function<void()> reset = {};
};

struct DatasetShuffleOptions {
  std::optional<std::int64_t> seed = {};  ///< none: drawn from the global one
  bool reshuffle_each_iteration = true;   ///< another order in each pass
};

struct DatasetBatchOptions {
  bool drop_remainder = false;  ///< leaves the last ones out where they do not fill a batch
};

/// Batches for `fit`, `evaluate` and `predict`, from a source of one's own. A handle; copies share.
/// What follows below makes further datasets out of one, as tf.data does, which read it while they
/// are read: sets larger than memory pass through. Of several that stand on the same source, one at
/// a time can be read.
class Dataset {
 public:
  Dataset() = default;
  Dataset(std::shared_ptr<DatasetImpl> impl) : impl_(std::move(impl)) {}
  template <std::derived_from<DatasetImpl> T>
  Dataset(std::shared_ptr<T> impl) : impl_(std::move(impl)) {}

  /// Batches from a function that fills in the next one, and gives false at the end.
  static Dataset from_generator(std::function<bool(Batch&)> next, GeneratorOptions options = {});
  /// `size` batches from a function of the batch's number.
  static Dataset from_function(std::int64_t size, std::function<Batch(std::int64_t)> get);

  /// What a function makes of each element, when it is asked for. Throws ValueError for an empty
  /// one.
  Dataset map(std::function<Batch(const Batch&)> function) const;
  /// The elements in random order, of which `buffer_size` are kept at a time: each next one is
  /// drawn from these. As large as the set it is a shuffle of all. Throws ValueError unless
  /// positive.
  Dataset shuffle(std::int64_t buffer_size, DatasetShuffleOptions options = {}) const;
  /// So many elements side by side, along a new first axis; the last ones may be fewer. Throws
  /// ValueError unless positive, and, when it is read, for elements of different shapes.
  Dataset batch(std::int64_t batch_size, DatasetBatchOptions options = {}) const;
  /// The examples of each batch as elements of their own, to be shuffled and put together anew.
  Dataset unbatch() const;
  /// Reads up to `buffer_size` elements ahead, on a thread of its own; an exception comes when its
  /// element is due. Throws ValueError unless positive.
  Dataset prefetch(std::int64_t buffer_size) const;

  bool defined() const { return impl_ != nullptr; }
  DatasetImpl& impl() const { return *impl_; }
  const std::shared_ptr<DatasetImpl>& shared() const { return impl_; }

 private:
  std::shared_ptr<DatasetImpl> impl_;
};

/// A dataset of a class of one's own: `make_dataset<Mine>(arguments…)`.
template <std::derived_from<DatasetImpl> T, typename... Arguments>
Dataset make_dataset(Arguments&&... arguments) {
  return Dataset(std::make_shared<T>(std::forward<Arguments>(arguments)...));
}

/// One pass over a dataset's `x`, for `adapt` of preprocessing layers. Throws ValueError for
/// batches of several inputs.
layers::AdaptData adapt_data(const Dataset& dataset);

}  // namespace keras
