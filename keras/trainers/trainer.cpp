#include "keras/trainers/trainer.h"

#include <algorithm>
#include <map>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/text.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/loss_scale_optimizer.h"
#include "keras/trainers/compile_config.h"
#include "keras/trainers/label_check.h"
#include "keras/trainers/step_function.h"
#include "keras/utils/io_utils.h"

namespace keras {

using trainers::StepFunction;

Trainer::Trainer(LayerBase base) : LayerImpl(std::move(base)), loss_tracker_({.name = "loss"}) {}
Trainer::~Trainer() = default;

void Trainer::compile(CompileOptions options) {
  if (options.steps_per_execution < 1)
    throw ValueError(str("`steps_per_execution` must be at least 1. Received: steps_per_execution=",
                         options.steps_per_execution));
  if (options.run_eagerly && options.jit_compile.value_or(false)) {
    utils::warn(
        "If `run_eagerly` is True, then `jit_compile` cannot also be True. Disabling "
        "`jit_compile`.");
    options.jit_compile = false;
  }
  const Optimizer& optimizer = options.optimizer;
  if (options.auto_scale_loss && dtype_policy().name() == "mixed_float16" && optimizer.defined() &&
      optimizer.class_name() != "LossScaleOptimizer")
    options.optimizer = optimizers::LossScaleOptimizer(optimizer, {.name = "loss_scale_optimizer"});
  compile_loss_.reset();
  compile_metrics_.reset();
  if (options.loss.defined())
    compile_loss_.emplace(options.loss, options.loss_weights, output_keys(),
                          has_output_dictionary() ? trainers::CompileLoss::Names::kSome
                                                  : trainers::CompileLoss::Names::kAll);
  if (options.metrics.defined() || options.weighted_metrics.defined())
    compile_metrics_.emplace(options.metrics, options.weighted_metrics, output_keys());
  loss_tracker_.reset_state();
  options_ = std::move(options);
  forget_functions();
}

void Trainer::forget_functions() {
  predict_function_.reset();
  if (!options_) return;
  const auto eager = options_->run_eagerly;
  train_function_ = std::make_unique<StepFunction>(
      [this](const Batch& batch) { return train_step(batch); }, eager);
  test_function_ = std::make_unique<StepFunction>(
      [this](const Batch& batch) { return test_step(batch); }, eager);
}

void Trainer::assert_compiled() const {
  if (!compiled()) throw ValueError("You must call `compile()` before using the model.");
}

Optimizer Trainer::optimizer() const { return options_ ? options_->optimizer : Optimizer(nullptr); }

std::vector<Metric> Trainer::compiled_metrics() const {
  return compile_metrics_ ? compile_metrics_->metrics() : std::vector<Metric>{};
}

std::vector<Metric> Trainer::metrics() const {
  std::vector<Metric> out = {loss_tracker_};
  const auto append = [&out](const std::vector<Metric>& more) {
    out.insert(out.end(), more.begin(), more.end());
  };
  append(compiled_metrics());
  if (compile_loss_) append(compile_loss_->metrics());
  return out;
}

void Trainer::reset_metrics() {
  for (const auto& metric : metrics()) metric.reset_state();
}

StepLogs Trainer::get_metrics_result() const {
  const std::vector<Metric> compiled = compiled_metrics();
  const auto log_name = [&](const Metric& metric) {
    for (std::size_t i = 0; i < compiled.size(); ++i)
      if (compiled[i] == metric) return compile_metrics_->log_names()[i];
    return metric.name();
  };
  StepLogs logs;
  for (const auto& metric : metrics()) logs.emplace_back(log_name(metric), metric.result());
  return logs;
}

Tensors Trainer::get_weights() const {
  Tensors values;
  for (const auto& weight : weights()) values.push_back(weight.value());
  return values;
}

void Trainer::set_weights(const Tensors& values) { Layer(shared_from_this()).set_weights(values); }

Variables Trainer::optimizer_variables() const {
  return optimizer().defined() ? optimizer().variables() : Variables{};
}

Tensors Trainer::call_model(const Data& x, bool training, Tensors* added_losses) {
  if (!x.defined()) throw ValueError("There is no data: `x` is empty.");
  const LossScope scope;
  Tensors outputs = invoke(x.tensors(), !x.is_single(), {.training = training});
  if (added_losses) *added_losses = scope.losses();
  return outputs;
}

Tensors Trainer::forward(const Data& x, bool training) {
  return call_model(x, training, &added_losses_);
}

void Trainer::update_loss_tracker(const Tensor& loss, const Batch& batch) {
  loss_tracker_.update_state(loss, Tensor(static_cast<double>(batch.size())));
}

Tensor Trainer::compute_loss(const Batch& batch, const Tensors& y_pred, bool /*training*/) {
  Tensor total;
  const auto add = [&total](const Tensor& loss) { total = total.defined() ? total + loss : loss; };
  if (compile_loss_) {
    const Tensor loss = (*compile_loss_)(batch.y, y_pred, batch.sample_weight);
    if (loss.defined()) add(loss);
  }
  for (const auto& loss : added_losses_) add(ops::sum(ops::cast(loss, DType::kFloat32)));
  for (const auto& loss : regularization_losses(trainable_weights()))
    add(ops::cast(loss, DType::kFloat32));
  if (!total.defined())
    throw ValueError("No loss to compute. Provide a `loss` argument in `compile()`.");
  return total;
}

void Trainer::compute_metrics(const Batch& batch, const Tensors& y_pred) {
  if (compile_metrics_) compile_metrics_->update_state(batch.y, y_pred, batch.sample_weight);
}

StepLogs Trainer::train_step(const Batch& batch) {
  const Variables variables = trainable_weights();
  const Optimizer optimizer = options_->optimizer;
  Tensors y_pred;
  Tensor loss;
  const auto outcome = value_and_grad(
      [&] {
        y_pred = forward(batch.x, true);
        loss = compute_loss(batch, y_pred, true);
        return optimizer.scale_loss(loss);
      },
      variables);
  optimizer.apply(outcome.gradients, variables);
  update_loss_tracker(loss, batch);
  compute_metrics(batch, y_pred);
  added_losses_.clear();
  return {};
}

StepLogs Trainer::test_step(const Batch& batch) {
  const Tensors y_pred = forward(batch.x, false);
  update_loss_tracker(compute_loss(batch, y_pred, false), batch);
  compute_metrics(batch, y_pred);
  added_losses_.clear();
  return {};
}

Tensors Trainer::predict_step(const Batch& batch) { return call_model(batch.x, false, nullptr); }

Batch Trainer::in_model_order(Batch batch) const {
  batch.x = batch.x.in_order_of(input_keys(), "x");
  std::vector<std::string> targets = output_keys();
  if (has_output_dictionary() && batch.y.is_named())
    std::erase_if(targets, [&, given = batch.y.names()](const std::string& key) {
      return std::find(given.begin(), given.end(), key) == given.end();
    });
  batch.y = batch.y.in_order_of(targets.empty() ? output_keys() : targets, "y");
  batch.sample_weight = batch.sample_weight.in_order_of(targets, "sample_weight");
  return batch;
}

void Trainer::build_loss_and_metrics(const Batch& batch, const Tensors& y_pred) {
  class_counts_.clear();
  for (const auto& output : y_pred)
    class_counts_.push_back(output.rank() > 0 ? output.shape()[-1] : 0);
  if (compile_loss_ && !compile_loss_->built()) compile_loss_->build(y_pred.size(), batch.y);
  if (compile_metrics_ && !compile_metrics_->built()) compile_metrics_->build(batch.y, y_pred);
}

/// A run on stand-ins makes the weights and tells the outputs' shapes, and computes nothing.
Tensors Trainer::trace_outputs(const Data& x) {
  const engine::Trace scope(engine::Trace::Mode::kCompile);
  Tensors stand_ins;
  for (const auto& tensor : x.tensors())
    stand_ins.push_back(engine::make_placeholder(tensor.spec()));
  return call_model(x.with(stand_ins), false, nullptr);
}

void Trainer::build_for(const Batch& batch) {
  const bool unbuilt = !built() || (compile_loss_ && !compile_loss_->built()) ||
                       (compile_metrics_ && !compile_metrics_->built());
  if (unbuilt) build_loss_and_metrics(batch, trace_outputs(batch.x));
  if (options_->optimizer.defined() && !options_->optimizer.built())
    options_->optimizer.build(trainable_weights());
}

void Trainer::check_labels(const Batch& batch) const {
  if (compile_loss_ && compile_loss_->built())
    trainers::check_sparse_labels(*compile_loss_, batch.y, class_counts_);
}

/// In Keras's order: by name. Several outputs of one layer share theirs; the last one's value
/// stays.
Logs Trainer::sorted_logs(const StepLogs& results) {
  std::map<std::string, Tensor> sorted;
  for (const auto& [name, value] : results) sorted.insert_or_assign(name, value);
  Logs logs;
  for (const auto& [name, value] : sorted) {
    if (value.size() == 1) {
      logs.set(name, value.item<double>());
    } else {
      logs.set(name, value.to_vector<double>());
    }
  }
  return logs;
}

Logs Trainer::step_logs(const StepFunction& function) const {
  return sorted_logs(function.has_result() ? function.last_result() : get_metrics_result());
}

Logs Trainer::metrics_logs() const { return sorted_logs(get_metrics_result()); }

Tensor Trainer::loss_of(const Batch& batch, const Data& y_pred) {
  assert_compiled();
  const Batch ordered = in_model_order(batch);
  const Tensors outputs = y_pred.in_order_of(output_keys(), "y_pred").tensors();
  if (compile_loss_ && !compile_loss_->built()) compile_loss_->build(outputs.size(), ordered.y);
  return compute_loss(ordered, outputs, true);
}

Config Trainer::get_compile_config() const {
  if (!compiled()) return nullptr;
  try {
    return trainers::compile_options_to_config(*options_);
  } catch (const ValueError& error) {
    utils::warn(str("The compilation of the model is not saved: ", error.message()));
    return nullptr;
  }
}

void Trainer::compile_from_config(const Config& config) {
  compile(trainers::compile_options_from_config(config));
  if (built() && options_->optimizer.defined()) options_->optimizer.build(trainable_weights());
}

}  // namespace keras
