#include "keras/trainers/data_adapters/dataset.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/preprocessing/adapt_data.h"

namespace keras {
namespace {

class FunctionGenerator final : public DatasetImpl {
 public:
  FunctionGenerator(std::function<bool(Batch&)> next, GeneratorOptions options)
      : next_(std::move(next)), options_(std::move(options)) {}

  std::optional<std::int64_t> num_batches() const override { return options_.num_batches; }
  void reset() override {
    if (options_.reset) options_.reset();
  }
  bool next(Batch& batch) override { return next_(batch); }

 private:
  std::function<bool(Batch&)> next_;
  GeneratorOptions options_;
};

class FunctionSequence final : public SequenceImpl {
 public:
  FunctionSequence(std::int64_t size, std::function<Batch(std::int64_t)> get)
      : size_(size), get_(std::move(get)) {}

  std::int64_t size() const override { return size_; }
  Batch get(std::int64_t index) override { return get_(index); }

 private:
  std::int64_t size_;
  std::function<Batch(std::int64_t)> get_;
};

}  // namespace

Batch DatasetImpl::get(std::int64_t index) {
  throw ValueError(str("Batch ", index, " was asked of a dataset without random access."));
}

bool SequenceImpl::next(Batch& batch) {
  if (position_ >= size()) return false;
  batch = get(position_++);
  return true;
}

Dataset Dataset::from_generator(std::function<bool(Batch&)> next, GeneratorOptions options) {
  if (!next) throw ValueError("Dataset::from_generator: `next` is no function.");
  return Dataset(std::make_shared<FunctionGenerator>(std::move(next), std::move(options)));
}

Dataset Dataset::from_function(std::int64_t size, std::function<Batch(std::int64_t)> get) {
  if (!get) throw ValueError("Dataset::from_function: `get` is no function.");
  if (size < 0)
    throw ValueError(
        str("Dataset::from_function: `size` must not be negative. Received: size=", size));
  return Dataset(std::make_shared<FunctionSequence>(size, std::move(get)));
}

layers::AdaptData adapt_data(const Dataset& dataset) {
  if (!dataset.defined()) throw ValueError("adapt() received an empty Dataset.");
  dataset.impl().reset();
  return layers::AdaptData([dataset](Tensor& out) {
    Batch batch;
    if (!dataset.impl().next(batch)) return false;
    out = batch.x.single();
    return true;
  });
}

}  // namespace keras
