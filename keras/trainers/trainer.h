#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keras/callbacks/callback_list.h"
#include "keras/callbacks/callback_model.h"
#include "keras/layers/layer_impl.h"
#include "keras/metrics/reduction_metrics.h"
#include "keras/trainers/compile_loss.h"
#include "keras/trainers/compile_metrics.h"
#include "keras/trainers/compile_options.h"
#include "keras/trainers/data.h"
#include "keras/trainers/data_adapters/dataset.h"
#include "keras/trainers/fit_options.h"

namespace keras {

namespace trainers {
class DataAdapter;
class EpochIterator;
class StepFunction;
}  // namespace trainers

/// What a step of one's own says about its batch: values by name.
using StepLogs = std::vector<std::pair<std::string, Tensor>>;

/// What a model is besides a layer: it can be trained, evaluated and asked for predictions. A model
/// of one's own may override the steps, the loss and the metrics. Keras:
/// keras.src.trainers.trainer.Trainer.
class Trainer : public LayerImpl, public callbacks::CallbackModel {
 public:
  explicit Trainer(LayerBase base);
  ~Trainer() override;

  void compile(CompileOptions options);
  bool compiled() const { return options_.has_value(); }
  /// Steps are traced anew: for a model whose layers compute in another way from now on.
  void forget_functions();
  callbacks::History fit(const Data& x, const Data& y, const FitOptions& options);
  callbacks::History fit(const Dataset& dataset, const FitOptions& options);
  Logs evaluate(const Data& x, const Data& y, const EvaluateOptions& options);
  Logs evaluate(const Dataset& dataset, const EvaluateOptions& options);
  /// The model's outputs for all of x, each along the first axis.
  Tensors predict(const Data& x, const PredictOptions& options);
  Tensors predict(const Dataset& dataset, const PredictOptions& options);
  Logs train_on_batch(const Data& x, const Data& y, const TrainOnBatchOptions& options);
  Logs test_on_batch(const Data& x, const Data& y, const TestOnBatchOptions& options);
  Tensors predict_on_batch(const Data& x);

  /// The arguments of `compile` as they stand in a model's file. Null before `compile`, and, with a
  /// warning, where a function among them has no name.
  Config get_compile_config() const;
  /// Compiles as the config says, and makes the optimizer's variables.
  void compile_from_config(const Config& config);
  /// The optimizer's state, as it lies in a file.
  Variables optimizer_variables() const;

  /// One step on a batch: traced once for each kind of batch, so that it must be made of
  /// operations. Returns values for the logs, or nothing: then the logs are the metrics' results.
  virtual StepLogs train_step(const Batch& batch);
  virtual StepLogs test_step(const Batch& batch);
  virtual Tensors predict_step(const Batch& batch);
  /// What training minimizes, a scalar: the losses of `compile`, what layers added in `forward`,
  /// and the penalties of regularized weights.
  virtual Tensor compute_loss(const Batch& batch, const Tensors& y_pred, bool training);
  /// The same for a user's tensors, given in any form. Throws ValueError before `compile`.
  Tensor loss_of(const Batch& batch, const Data& y_pred);
  /// The results of `metrics()` by their names in the logs.
  Logs metrics_logs() const;
  /// Updates the metrics of `compile`.
  virtual void compute_metrics(const Batch& batch, const Tensors& y_pred);
  /// The loss, the metrics of `compile`, the loss of each output; an override adds its own.
  virtual std::vector<Metric> metrics() const;
  virtual void reset_metrics();

  // What a callback sees.
  Tensors get_weights() const override;
  void set_weights(const Tensors& weights) override;
  Optimizer optimizer() const override;
  std::vector<Metric> compiled_metrics() const override;

 protected:
  /// By which data, losses and metrics may be given, in the order of the inputs and outputs; none
  /// where the model has no names for them.
  virtual std::vector<std::string> input_keys() const { return {}; }
  virtual std::vector<std::string> output_keys() const { return {}; }
  /// Whether the outputs are a dictionary: some of them may then go without loss and targets.
  virtual bool has_output_dictionary() const { return false; }

  /// Calls the model on a batch's x and keeps what its layers add to the loss.
  Tensors forward(const Data& x, bool training);
  /// The mean of what `compute_loss` gave, shown as "loss": for steps of one's own.
  void update_loss_tracker(const Tensor& loss, const Batch& batch);
  /// The results of `metrics()` by name.
  StepLogs get_metrics_result() const;

 private:
  using Iterator = trainers::EpochIterator;

  void assert_compiled() const;
  Batch in_model_order(Batch batch) const;
  Tensors call_model(const Data& x, bool training, Tensors* added_losses);
  std::unique_ptr<trainers::DataAdapter> adapt(Batch arrays, const Dataset& dataset,
                                               const FitOptions& options);
  std::unique_ptr<Iterator> make_iterator(Batch arrays, const Dataset& dataset,
                                          const FitOptions& options);
  Tensors trace_outputs(const Data& x);
  void build_for(const Batch& batch);
  void build_loss_and_metrics(const Batch& batch, const Tensors& y_pred);
  void build_from(Iterator& iterator);
  void check_labels(const Batch& batch) const;

  callbacks::History fit_on(Batch arrays, const Dataset& dataset, FitOptions options);
  void train_epoch(Iterator& iterator, callbacks::CallbackList& callbacks, bool labels_checked);
  std::unique_ptr<Iterator> make_validation_iterator(const FitOptions& options);
  Logs evaluate_on(Batch arrays, const Dataset& dataset, const EvaluateOptions& options);
  Logs test_epoch(Iterator& iterator, callbacks::CallbackList& callbacks, bool labels_checked);
  Tensors predict_on(Batch arrays, const Dataset& dataset, const PredictOptions& options);
  Tensors predict_batch(const Batch& batch);
  static Logs sorted_logs(const StepLogs& results);
  Logs step_logs(const trainers::StepFunction& function) const;

  std::optional<CompileOptions> options_;
  std::optional<trainers::CompileLoss> compile_loss_;
  std::optional<trainers::CompileMetrics> compile_metrics_;
  metrics::Mean loss_tracker_;
  std::unique_ptr<trainers::StepFunction> train_function_;
  std::unique_ptr<trainers::StepFunction> test_function_;
  std::unique_ptr<trainers::StepFunction> predict_function_;
  std::mutex predict_mutex_;                ///< several threads may predict
  Tensors added_losses_;                    ///< in the last `forward`
  std::vector<std::int64_t> class_counts_;  ///< the last dimension of each output
};

}  // namespace keras
