#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"
#include "keras/trainers/data_adapters/data_adapter.h"
#include "keras/trainers/data_adapters/data_adapter_utils.h"

namespace keras::trainers {
namespace {

/// So many bytes take some microseconds to copy, and a part 0.3 to hand over.
constexpr std::size_t kBytesWorthAThread = std::size_t{32} << 10;

/// Whether the tensor's bytes are seen by nobody but its holder, so that they can be overwritten.
bool is_private(const Tensor& tensor) {
  return tensor.node().use_count() == 1 && tensor.node()->has_values() &&
         tensor.storage().unique() && tensor.storage().writable();
}

/// Copies rows of `source` into `target`, in place where the old tensor has the shape and is free.
void gather_rows(const Tensor& source, std::span<const std::int64_t> rows, Tensor& target) {
  const auto count = static_cast<std::int64_t>(rows.size());
  const auto row_bytes = source.storage().size() / static_cast<std::size_t>(source.shape()[0]);
  const bool fits =
      target.defined() && target.dtype() == source.dtype() && target.rank() == source.rank() &&
      target.shape()[0] == count &&
      std::equal(source.shape().begin() + 1, source.shape().end(), target.shape().begin() + 1);
  if (!fits || !is_private(target)) {
    TensorSpec spec = source.spec();
    spec.shape[0] = count;
    target = Tensor::from_storage(spec, Storage::allocate(rows.size() * row_bytes));
  }
  const std::byte* from = source.storage().data();
  std::byte* to = target.storage().data();
  const std::size_t parts =
      std::clamp<std::size_t>(rows.size() * row_bytes / kBytesWorthAThread, 1,
                              static_cast<std::size_t>(engine::num_threads()));
  engine::parallel_for(static_cast<int>(parts), [&](int number) {
    const auto part = static_cast<std::size_t>(number);
    for (std::size_t i = rows.size() * part / parts; i < rows.size() * (part + 1) / parts; ++i)
      std::memcpy(to + i * row_bytes, from + static_cast<std::size_t>(rows[i]) * row_bytes,
                  row_bytes);
  });
}

class ArrayDataAdapter final : public DataAdapter {
 public:
  ArrayDataAdapter(Batch arrays, std::int64_t samples, std::int64_t batch_size,
                   const DataAdapterOptions& options)
      : arrays_(std::move(arrays)),
        samples_(samples),
        batch_size_(batch_size),
        shuffle_(options.shuffle),
        shuffle_batches_(options.shuffle_batches) {
    for (const Data* part : {&arrays_.x, &arrays_.y, &arrays_.sample_weight})
      for (const auto& tensor : part->tensors()) tensor.eval();
    if (!shuffle_ && !shuffle_batches_) return;
    shuffler_.emplace();
    order_.resize(static_cast<std::size_t>(samples_));
  }

  std::optional<std::int64_t> num_batches() const override {
    return (samples_ + batch_size_ - 1) / batch_size_;
  }
  std::optional<std::int64_t> num_samples() const override { return samples_; }

  void start() override {
    position_ = 0;
    if (!shuffler_) return;
    std::iota(order_.begin(), order_.end(), 0);
    if (shuffle_) shuffler_->shuffle(order_);
  }

  bool next(Batch& batch) override {
    if (position_ >= samples_) return false;
    const std::int64_t begin = position_;
    position_ = std::min(begin + batch_size_, samples_);
    if (shuffle_batches_) shuffler_->shuffle(order_.data() + begin, order_.data() + position_);
    if (!batch.has_structure_of(arrays_)) batch = arrays_;
    fill(arrays_.x, begin, batch.x);
    fill(arrays_.y, begin, batch.y);
    fill(arrays_.sample_weight, begin, batch.sample_weight);
    return true;
  }

 private:
  void fill(const Data& source, std::int64_t begin, Data& target) {
    for (std::size_t i = 0; i < source.size(); ++i) {
      Tensor& tensor = target.mutable_tensors()[i];
      if (shuffler_) {
        gather_rows(source[i], {order_.data() + begin, order_.data() + position_}, tensor);
      } else {
        tensor = begin == 0 && position_ == samples_ ? source[i]
                                                     : view_rows(source[i], begin, position_);
      }
    }
  }

  Batch arrays_;
  std::int64_t samples_;
  std::int64_t batch_size_;
  bool shuffle_;
  bool shuffle_batches_;
  std::optional<Shuffler> shuffler_;
  std::vector<std::int64_t> order_;
  std::int64_t position_ = 0;
};

}  // namespace

std::unique_ptr<DataAdapter> adapt_arrays(Batch arrays, const DataAdapterOptions& options) {
  if (!arrays.x.defined()) throw ValueError("There is no data: `x` is empty.");
  if (options.batch_size && *options.batch_size < 1)
    throw ValueError(
        str("`batch_size` must be a positive integer. Received: batch_size=", *options.batch_size));
  if (arrays.sample_weight.defined() && !options.class_weight.empty())
    throw ValueError("You cannot `class_weight` and `sample_weight` at the same time.");
  if (!options.class_weight.empty()) {
    check_data_cardinality({arrays.x, arrays.y});
    arrays.sample_weight = class_weight_to_sample_weights(arrays.y, options.class_weight);
  }
  const std::int64_t samples = check_data_cardinality(arrays);
  if (samples == 0) throw ValueError("There is no data: `x` has 0 samples.");
  arrays.sample_weight = match_sample_weight(arrays.sample_weight, arrays.y);
  arrays = {to_floatx(arrays.x), to_floatx(arrays.y), to_floatx(arrays.sample_weight)};
  const std::int64_t batch_size = options.batch_size.value_or(
      options.steps ? (samples + *options.steps - 1) / *options.steps : 32);
  return std::make_unique<ArrayDataAdapter>(std::move(arrays), samples, batch_size, options);
}

}  // namespace keras::trainers
