#include <algorithm>
#include <cstring>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/trainers/epoch_iterator.h"
#include "keras/trainers/step_function.h"
#include "keras/trainers/trainer.h"

namespace keras {
namespace {

/// The rows of one output, batch by batch, in one tensor in the end.
class OutputCollector {
 public:
  /// `rows` is how many there will be, 0 where that is not known.
  explicit OutputCollector(std::int64_t rows) : expected_rows_(rows) {}

  void append(const Tensor& rows) {
    if (rows.rank() == 0)
      throw ShapeError("The model gave a scalar where there must be one row for each example.");
    if (count_ == 0) spec_ = rows.spec();
    if (!std::equal(rows.shape().begin() + 1, rows.shape().end(), spec_.shape.begin() + 1))
      throw ShapeError(str("The outputs of two batches cannot be joined: their shapes are ",
                           spec_.shape, " and ", rows.shape(), "."));
    if (count_ == 0 && rows.shape()[0] >= expected_rows_) {
      only_ = rows;
    } else {
      copy(rows);
    }
    count_ += rows.shape()[0];
  }

  Tensor tensor() {
    if (only_.defined()) return only_;
    spec_.shape[0] = count_;
    return Tensor::from_storage(spec_, storage_);
  }

 private:
  void copy(const Tensor& rows) {
    if (only_.defined()) {
      const Tensor first = std::exchange(only_, Tensor());
      used_ = 0;
      copy(first);
    }
    const std::size_t size = rows.eval().storage().size();
    if (used_ + size > storage_.size()) grow(used_ + size, size / row_count(rows));
    std::memcpy(storage_.data() + used_, rows.raw_data(), size);
    used_ += size;
  }

  static std::size_t row_count(const Tensor& rows) {
    return std::max<std::size_t>(1, static_cast<std::size_t>(rows.shape()[0]));
  }

  void grow(std::size_t needed, std::size_t row_bytes) {
    const std::size_t expected = static_cast<std::size_t>(expected_rows_) * row_bytes;
    Storage larger = Storage::allocate(std::max({expected, needed, 2 * storage_.size()}));
    if (used_ > 0) std::memcpy(larger.data(), storage_.data(), used_);
    storage_ = std::move(larger);
  }

  std::int64_t expected_rows_;
  std::int64_t count_ = 0;
  TensorSpec spec_;
  Tensor only_;  ///< the only batch so far, not copied
  Storage storage_;
  std::size_t used_ = 0;
};

}  // namespace

Tensors Trainer::predict(const Data& x, const PredictOptions& options) {
  return predict_on({.x = x}, {}, options);
}

Tensors Trainer::predict(const Dataset& dataset, const PredictOptions& options) {
  return predict_on({}, dataset, options);
}

Tensors Trainer::predict_batch(const Batch& batch) {
  trainers::StepFunction* function = nullptr;
  {
    const std::lock_guard lock(predict_mutex_);
    if (!built()) trace_outputs(batch.x);
    if (!predict_function_) {
      const auto step = [this](const Batch& given) {
        trainers::StepFunction::Result result;
        for (auto& output : predict_step(given)) result.emplace_back(std::string(), output);
        return result;
      };
      predict_function_ =
          std::make_unique<trainers::StepFunction>(step, options_ && options_->run_eagerly);
    }
    function = predict_function_.get();
  }
  return function->call(batch);
}

Tensors Trainer::predict_on_batch(const Data& x) {
  if (!x.defined()) throw ValueError("There is no data: `x` is empty.");
  return predict_batch(in_model_order({.x = x}));
}

Tensors Trainer::predict_on(Batch arrays, const Dataset& dataset, const PredictOptions& options) {
  FitOptions reading;
  reading.shuffle = false;
  reading.batch_size = options.batch_size;
  reading.steps_per_epoch = options.steps;
  const auto iterator = make_iterator(std::move(arrays), dataset, reading);
  callbacks::CallbackList callbacks(
      options.callbacks,
      {.add_progbar = options.verbose.level() != 0,
       .model = this,
       .params = {
           .verbose = options.verbose.level(), .epochs = 1, .steps = iterator->num_batches()}});
  Logs none;
  if (!options.callbacks.empty()) stop_predicting = false;
  callbacks.on_predict_begin(none);
  const std::int64_t rows = iterator->adapter().num_samples().value_or(0);
  std::vector<OutputCollector> collectors;
  iterator->begin_epoch();
  while (const auto steps = iterator->next_steps()) {
    callbacks.on_predict_batch_begin(steps->begin, none);
    Tensors outputs;
    do {
      outputs = predict_batch(iterator->batch());
      collectors.resize(outputs.size(), OutputCollector(rows));
      for (std::size_t i = 0; i < outputs.size(); ++i) collectors[i].append(outputs[i]);
    } while (iterator->next_in_steps());
    callbacks.on_predict_batch_end(steps->end, outputs);
    if (stop_predicting) break;
  }
  iterator->end_epoch();
  callbacks.on_predict_end(none);
  if (collectors.empty()) throw ValueError("There is no data: the dataset has no batches.");
  Tensors results;
  for (auto& collector : collectors) results.push_back(collector.tensor());
  return results;
}

}  // namespace keras
