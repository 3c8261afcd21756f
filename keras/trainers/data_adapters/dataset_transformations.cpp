#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/tensor/strings.h"
#include "keras/engine/text.h"
#include "keras/random/seed_generator.h"
#include "keras/trainers/data_adapters/dataset.h"
#include "keras/trainers/data_adapters/prefetching.h"

namespace keras {
namespace {

/// A dataset that reads another one.
class Transformation : public DatasetImpl {
 public:
  explicit Transformation(std::shared_ptr<DatasetImpl> source) : source_(std::move(source)) {}

  std::optional<std::int64_t> num_batches() const override { return source_->num_batches(); }
  void reset() override { source_->reset(); }
  void on_epoch_begin() override { source_->on_epoch_begin(); }
  void on_epoch_end() override { source_->on_epoch_end(); }

 protected:
  DatasetImpl& source() const { return *source_; }

 private:
  std::shared_ptr<DatasetImpl> source_;
};

class Mapped final : public Transformation {
 public:
  Mapped(std::shared_ptr<DatasetImpl> source, std::function<Batch(const Batch&)> function)
      : Transformation(std::move(source)), function_(std::move(function)) {}

  bool next(Batch& batch) override {
    Batch given;
    if (!source().next(given)) return false;
    batch = function_(given);
    return true;
  }
  bool has_random_access() const override { return source().has_random_access(); }
  Batch get(std::int64_t index) override { return function_(source().get(index)); }

 private:
  std::function<Batch(const Batch&)> function_;
};

class Shuffled final : public Transformation {
 public:
  Shuffled(std::shared_ptr<DatasetImpl> source, std::int64_t buffer_size,
           const DatasetShuffleOptions& options)
      : Transformation(std::move(source)),
        buffer_size_(static_cast<std::size_t>(buffer_size)),
        reshuffle_(options.reshuffle_each_iteration),
        seed_(
            static_cast<std::uint64_t>(options.seed ? *options.seed : random::make_default_seed())),
        random_(seed_) {}

  void reset() override {
    Transformation::reset();
    kept_.clear();
    if (!reshuffle_) random_.seed(seed_);
  }

  bool next(Batch& batch) override {
    Batch given;
    while (kept_.size() < buffer_size_ && source().next(given)) kept_.push_back(std::move(given));
    if (kept_.empty()) return false;
    // Not a distribution of the library, whose numbers differ from one to another.
    std::swap(kept_[random_() % kept_.size()], kept_.back());
    batch = std::move(kept_.back());
    kept_.pop_back();
    return true;
  }

 private:
  std::size_t buffer_size_;
  bool reshuffle_;
  std::uint64_t seed_;
  std::mt19937_64 random_;
  std::vector<Batch> kept_;
};

/// Tensors of one shape along a new first axis.
Tensor side_by_side(const Tensors& tensors) {
  const TensorSpec& one = tensors[0].spec();
  for (const Tensor& tensor : tensors)
    if (!(tensor.shape() == one.shape) || tensor.dtype() != one.dtype)
      throw ValueError(
          str("Dataset::batch: the elements differ in their shape or dtype: ", one.shape, " of ",
              one.dtype, " and ", tensor.shape(), " of ", tensor.dtype(), "."),
          "bring them to one shape in Dataset::map.");
  std::vector<std::int64_t> dims = {static_cast<std::int64_t>(tensors.size())};
  dims.insert(dims.end(), one.shape.dims().begin(), one.shape.dims().end());
  const Shape shape(dims);
  if (one.dtype == kString) {
    std::vector<std::string> texts;
    for (const Tensor& tensor : tensors)
      for (std::string& text : to_strings(tensor)) texts.push_back(std::move(text));
    return string_tensor(std::move(texts), shape);
  }
  const std::size_t bytes = static_cast<std::size_t>(one.shape.size()) * dtype_size(one.dtype);
  const Storage storage = Storage::allocate(bytes * tensors.size());
  for (std::size_t i = 0; i < tensors.size() && bytes > 0; ++i)
    std::memcpy(storage.data() + i * bytes, tensors[i].eval().raw_data(), bytes);
  return Tensor::from_storage({shape, one.dtype}, storage);
}

Batch put_together(const std::vector<Batch>& elements) {
  Tensors together;
  std::vector<Tensors> columns;
  for (const Batch& element : elements) {
    if (!element.has_structure_of(elements[0]))
      throw ValueError("Dataset::batch: the elements differ in their structure.");
    Tensors parts;
    element.flatten(parts);
    columns.resize(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) columns[i].push_back(parts[i]);
  }
  for (const Tensors& column : columns) together.push_back(side_by_side(column));
  return elements[0].with(together);
}

class Batched final : public Transformation {
 public:
  Batched(std::shared_ptr<DatasetImpl> source, std::int64_t batch_size, bool drop_remainder)
      : Transformation(std::move(source)),
        batch_size_(batch_size),
        drop_remainder_(drop_remainder) {}

  std::optional<std::int64_t> num_batches() const override {
    const auto elements = source().num_batches();
    if (!elements) return std::nullopt;
    const bool partial = !drop_remainder_ && *elements % batch_size_ != 0;
    return *elements / batch_size_ + (partial ? 1 : 0);
  }

  bool next(Batch& batch) override {
    std::vector<Batch> elements;
    Batch element;
    while (static_cast<std::int64_t>(elements.size()) < batch_size_ && source().next(element))
      elements.push_back(std::move(element));
    const bool full = static_cast<std::int64_t>(elements.size()) == batch_size_;
    if (elements.empty() || (drop_remainder_ && !full)) return false;
    batch = put_together(elements);
    return true;
  }

 private:
  std::int64_t batch_size_;
  bool drop_remainder_;
};

/// A row of a tensor, without its first axis.
Tensor row_of(const Tensor& x, std::int64_t row) {
  const Shape shape = x.shape().slice(1);
  const std::size_t bytes = static_cast<std::size_t>(shape.size()) * dtype_size(x.dtype());
  const auto owner = std::make_shared<const Storage>(x.eval().storage());
  const auto offset = static_cast<std::size_t>(row) * bytes;
  return Tensor::from_storage({shape, x.dtype()},
                              Storage::view(owner->data() + offset, bytes, owner));
}

class Unbatched final : public Transformation {
 public:
  using Transformation::Transformation;

  std::optional<std::int64_t> num_batches() const override { return std::nullopt; }
  void reset() override {
    Transformation::reset();
    rows_ = row_ = 0;
  }

  bool next(Batch& batch) override {
    while (row_ == rows_) {
      if (!source().next(whole_)) return false;
      tensors_.clear();
      whole_.flatten(tensors_);
      rows_ = whole_.size();
      row_ = 0;
      for (const Tensor& tensor : tensors_)
        if (tensor.rank() == 0 || tensor.shape()[0] != rows_)
          throw ValueError(str("Dataset::unbatch: a batch has tensors of ", rows_,
                               " examples and of ", tensor.shape(), "."));
    }
    Tensors parts;
    for (const Tensor& tensor : tensors_) parts.push_back(row_of(tensor, row_));
    ++row_;
    batch = whole_.with(parts);
    return true;
  }

 private:
  Batch whole_;
  Tensors tensors_;
  std::int64_t rows_ = 0, row_ = 0;
};

class Prefetched final : public Transformation {
 public:
  Prefetched(std::shared_ptr<DatasetImpl> source, std::int64_t buffer_size)
      : Transformation(std::move(source)), buffer_size_(static_cast<std::size_t>(buffer_size)) {}

  void reset() override {
    reader_.reset();
    Transformation::reset();
  }
  bool next(Batch& batch) override {
    if (!reader_)
      reader_.emplace(buffer_size_, [this](Batch& element) {
        const std::lock_guard lock(mutex_);
        return source().next(element);
      });
    return reader_->take(batch);
  }
  void on_epoch_begin() override {
    const std::lock_guard lock(mutex_);
    Transformation::on_epoch_begin();
  }
  void on_epoch_end() override {
    const std::lock_guard lock(mutex_);
    Transformation::on_epoch_end();
  }

 private:
  std::size_t buffer_size_;
  std::mutex mutex_;  ///< the source is asked one thing at a time
  std::optional<trainers::Prefetcher> reader_;
};

void check(const Dataset& dataset, const char* method) {
  if (!dataset.defined()) throw ValueError(str("Dataset::", method, ": the dataset is undefined."));
}

void check_positive(std::int64_t number, const char* argument) {
  if (number < 1)
    throw ValueError(str("`", argument, "` must be positive. Received: ", argument, "=", number));
}

}  // namespace

Dataset Dataset::map(std::function<Batch(const Batch&)> function) const {
  check(*this, "map");
  if (!function) throw ValueError("Dataset::map: the function is empty.");
  return Dataset(std::make_shared<Mapped>(impl_, std::move(function)));
}

Dataset Dataset::shuffle(std::int64_t buffer_size, DatasetShuffleOptions options) const {
  check(*this, "shuffle");
  check_positive(buffer_size, "buffer_size");
  return Dataset(std::make_shared<Shuffled>(impl_, buffer_size, options));
}

Dataset Dataset::batch(std::int64_t batch_size, DatasetBatchOptions options) const {
  check(*this, "batch");
  check_positive(batch_size, "batch_size");
  return Dataset(std::make_shared<Batched>(impl_, batch_size, options.drop_remainder));
}

Dataset Dataset::unbatch() const {
  check(*this, "unbatch");
  return Dataset(std::make_shared<Unbatched>(impl_));
}

Dataset Dataset::prefetch(std::int64_t buffer_size) const {
  check(*this, "prefetch");
  check_positive(buffer_size, "buffer_size");
  return Dataset(std::make_shared<Prefetched>(impl_, buffer_size));
}

}  // namespace keras
