#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/trainers/data_adapters/data_adapter.h"
#include "keras/trainers/data_adapters/data_adapter_utils.h"
#include "keras/trainers/epoch_iterator.h"
#include "keras/trainers/step_function.h"
#include "keras/trainers/trainer.h"
#include "keras/utils/io_utils.h"

namespace keras {

using callbacks::CallbackList;
using callbacks::History;
using trainers::DataAdapterOptions;
using trainers::EpochIterator;

namespace {

void check_dataset_arguments(const FitOptions& options) {
  const auto refuse = [](const char* argument, const char* what) {
    throw ValueError(str("When providing `x` as a Dataset, `", argument,
                         "` should not be passed. Instead, ", what,
                         " should be included as part of the Dataset."));
  };
  if (options.sample_weight.defined()) refuse("sample_weight", "the sample weights");
  if (options.batch_size) refuse("batch_size", "batches of that size");
  if (options.validation_split != 0)
    throw ValueError(
        "Argument `validation_split` is only supported for tensors or NumPy arrays. Found "
        "incompatible type in the input: Dataset");
}

void check_fit_options(const FitOptions& options) {
  if (options.epochs < 0)
    throw ValueError(str("`epochs` must not be negative. Received: epochs=", options.epochs));
  if (options.initial_epoch < 0)
    throw ValueError(str("`initial_epoch` must not be negative. Received: initial_epoch=",
                         options.initial_epoch));
  if (options.validation_batch_size && *options.validation_batch_size < 1)
    throw ValueError(str("`validation_batch_size` must be a positive integer. Received: ",
                         *options.validation_batch_size));
}

}  // namespace

std::unique_ptr<trainers::DataAdapter> Trainer::adapt(Batch arrays, const Dataset& dataset,
                                                      const FitOptions& options) {
  DataAdapterOptions adapter;
  adapter.batch_size = options.batch_size;
  adapter.steps = options.steps_per_epoch;
  adapter.shuffle = options.shuffle.all();
  adapter.shuffle_batches = options.shuffle.within_batches();
  adapter.class_weight = options.class_weight;
  if (dataset.defined()) return trainers::adapt_dataset(dataset, adapter);
  return trainers::adapt_arrays(in_model_order(std::move(arrays)), adapter);
}

std::unique_ptr<EpochIterator> Trainer::make_iterator(Batch arrays, const Dataset& dataset,
                                                      const FitOptions& options) {
  if (options.steps_per_epoch && *options.steps_per_epoch < 1)
    throw ValueError(
        str("The number of steps must be positive. Received: ", *options.steps_per_epoch));
  const int steps = options_ ? options_->steps_per_execution : 1;
  return std::make_unique<EpochIterator>(adapt(std::move(arrays), dataset, options),
                                         options.steps_per_epoch, steps);
}

void Trainer::build_from(EpochIterator& iterator) {
  iterator.begin_epoch();
  if (!iterator.next_steps()) throw ValueError("There is no data: the dataset has no batches.");
  build_for(in_model_order(iterator.batch()));
  iterator.reset();
}

History Trainer::fit(const Data& x, const Data& y, const FitOptions& options) {
  return fit_on({x, y, options.sample_weight}, {}, options);
}

History Trainer::fit(const Dataset& dataset, const FitOptions& options) {
  check_dataset_arguments(options);
  return fit_on({}, dataset, options);
}

History Trainer::fit_on(Batch arrays, const Dataset& dataset, FitOptions options) {
  assert_compiled();
  if (!options_->optimizer.defined())
    throw ValueError("The model was compiled without an optimizer, which `fit` needs.");
  check_fit_options(options);
  if (options.validation_split != 0 && !options.validation_data.defined()) {
    auto [train, validation] = trainers::train_validation_split(arrays, options.validation_split);
    arrays = std::move(train);
    options.validation_data = trainers::ValidationData(std::move(validation));
  }
  const auto iterator = make_iterator(arrays, dataset, options);
  const auto validation_iterator = make_validation_iterator(options);
  build_from(*iterator);
  // Whole tensors are looked through before the first step, a dataset's batches as they come.
  check_labels(in_model_order(arrays));
  check_labels(in_model_order(options.validation_data.arrays()));
  const bool labels_checked = !dataset.defined();
  const bool validation_checked = !options.validation_data.dataset().defined();

  CallbackList callbacks(options.callbacks, {.add_history = true,
                                             .add_progbar = options.verbose.level() != 0,
                                             .model = this,
                                             .params = {.verbose = options.verbose.level(),
                                                        .epochs = options.epochs,
                                                        .steps = iterator->num_batches()}});
  stop_training = false;
  Logs logs;
  callbacks.on_train_begin(logs);
  for (int epoch = options.initial_epoch; epoch < options.epochs && !stop_training; ++epoch) {
    reset_metrics();
    Logs none;
    callbacks.on_epoch_begin(epoch, none);
    train_epoch(*iterator, callbacks, labels_checked);
    logs = step_logs(*train_function_);
    if (validation_iterator && options.validation_freq.includes(epoch)) {
      validation_iterator->reset();
      const Logs validation = test_epoch(*validation_iterator, callbacks, validation_checked);
      for (const auto& name : validation.names()) logs.set("val_" + name, validation.vector(name));
    }
    callbacks.on_epoch_end(epoch, logs);
  }
  if (options.epochs > 0) options_->optimizer.finalize_variable_values();
  callbacks.on_train_end(logs);
  return callbacks.history();
}

void Trainer::train_epoch(EpochIterator& iterator, CallbackList& callbacks, bool labels_checked) {
  Logs none;
  iterator.begin_epoch();
  while (const auto steps = iterator.next_steps()) {
    callbacks.on_train_batch_begin(steps->begin, none);
    do {
      if (!labels_checked) check_labels(iterator.batch());
      train_function_->run(iterator.batch());
    } while (iterator.next_in_steps());
    Logs logs = Logs::lazy([this] { return step_logs(*train_function_); });
    callbacks.on_train_batch_end(steps->end, logs);
    if (stop_training) break;
  }
  iterator.end_epoch();
}

std::unique_ptr<EpochIterator> Trainer::make_validation_iterator(const FitOptions& options) {
  if (!options.validation_data.defined()) return nullptr;
  FitOptions validation;
  validation.shuffle = false;
  validation.batch_size =
      options.validation_batch_size ? options.validation_batch_size : options.batch_size;
  validation.steps_per_epoch = options.validation_steps;
  return make_iterator(options.validation_data.arrays(), options.validation_data.dataset(),
                       validation);
}

Logs Trainer::test_epoch(EpochIterator& iterator, CallbackList& callbacks, bool labels_checked) {
  Logs none;
  stop_evaluating = false;
  callbacks.on_test_begin(none);
  reset_metrics();
  iterator.begin_epoch();
  while (const auto steps = iterator.next_steps()) {
    callbacks.on_test_batch_begin(steps->begin, none);
    do {
      if (!labels_checked) check_labels(iterator.batch());
      test_function_->run(iterator.batch());
    } while (iterator.next_in_steps());
    Logs logs = Logs::lazy([this] { return step_logs(*test_function_); });
    callbacks.on_test_batch_end(steps->end, logs);
    if (stop_evaluating) break;
  }
  iterator.end_epoch();
  Logs logs = step_logs(*test_function_);
  callbacks.on_test_end(logs);
  return logs;
}

Logs Trainer::evaluate(const Data& x, const Data& y, const EvaluateOptions& options) {
  return evaluate_on({x, y, options.sample_weight}, {}, options);
}

Logs Trainer::evaluate(const Dataset& dataset, const EvaluateOptions& options) {
  return evaluate_on({}, dataset, options);
}

Logs Trainer::evaluate_on(Batch arrays, const Dataset& dataset, const EvaluateOptions& options) {
  assert_compiled();
  FitOptions reading;
  reading.shuffle = false;
  reading.batch_size = options.batch_size;
  reading.steps_per_epoch = options.steps;
  reading.sample_weight = options.sample_weight;
  if (dataset.defined()) check_dataset_arguments(reading);
  const auto iterator = make_iterator(std::move(arrays), dataset, reading);
  build_from(*iterator);
  CallbackList callbacks(options.callbacks, {.add_progbar = options.verbose.level() != 0,
                                             .model = this,
                                             .params = {.verbose = options.verbose.level(),
                                                        .epochs = 1,
                                                        .steps = iterator->num_batches()}});
  return test_epoch(*iterator, callbacks, false);
}

Logs Trainer::train_on_batch(const Data& x, const Data& y, const TrainOnBatchOptions& options) {
  assert_compiled();
  Batch batch = {x, y, options.sample_weight};
  if (!options.class_weight.empty()) {
    if (options.sample_weight.defined())
      throw ValueError(
          "Arguments `sample_weight` and `class_weight` cannot be specified at the same time.");
    batch.sample_weight = trainers::class_weight_to_sample_weights(y, options.class_weight);
  }
  batch = in_model_order(std::move(batch));
  trainers::check_data_cardinality(batch);
  batch.sample_weight = trainers::match_sample_weight(batch.sample_weight, batch.y);
  build_for(batch);
  check_labels(batch);
  reset_metrics();
  train_function_->run(batch);
  return step_logs(*train_function_);
}

Logs Trainer::test_on_batch(const Data& x, const Data& y, const TestOnBatchOptions& options) {
  assert_compiled();
  Batch batch = in_model_order({x, y, options.sample_weight});
  trainers::check_data_cardinality(batch);
  batch.sample_weight = trainers::match_sample_weight(batch.sample_weight, batch.y);
  build_for(batch);
  check_labels(batch);
  reset_metrics();
  test_function_->run(batch);
  return step_logs(*test_function_);
}

}  // namespace keras
