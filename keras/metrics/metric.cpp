#include "keras/metrics/metric.h"

#include <algorithm>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/losses/loss_functions.h"
#include "keras/metrics/accuracy_metrics.h"
#include "keras/metrics/function_metric.h"
#include "keras/metrics/metric_table.h"
#include "keras/ops/numpy.h"
#include "keras/utils/naming.h"

namespace keras::metrics {
namespace {

/// Names that are no class: what they mean depends on the shapes.
Metric make_by_name(std::string_view name) {
  const std::string text(name);
  if (name == "accuracy" || name == "acc")
    return function_metric("Accuracy", text, {}, accuracy_by_shape);
  if (name == "crossentropy" || name == "ce")
    return function_metric("MeanMetricWrapper", text, {}, losses::crossentropy_by_shape);
  Metric metric = metric_table().make(name);
  metric.set_name(text);
  return metric;
}

}  // namespace

MetricImpl::MetricImpl(std::string_view class_name, std::string name, const std::string& dtype)
    : class_name_(class_name),
      name_(name.empty() ? auto_name(class_name) : std::move(name)),
      path_(name_),
      dtype_(dtype_from_name(dtype.empty() ? config::floatx() : dtype)) {
  std::replace(path_.begin(), path_.end(), '/', '>');
}

Config MetricImpl::get_config() const { return {{"name", name_}, {"dtype", to_text(dtype_)}}; }

void MetricImpl::update_state(const Tensor&, const Tensor&, const Tensor&) {
  throw TypeError(str("The metric ", name_, " (", class_name(),
                      ") takes one tensor of values, not y_true and y_pred."));
}

void MetricImpl::update_values(const Tensor&, const Tensor&) {
  throw TypeError(
      str("The metric ", name_, " (", class_name(), ") takes y_true and y_pred, not values."));
}

void MetricImpl::reset_state() {
  for (const auto& variable : variables_)
    variable.assign(ops::zeros(variable.shape(), variable.dtype()));
}

Variable MetricImpl::add_variable(const Shape& shape, const std::string& name, DType dtype) {
  Variable variable(ops::zeros(shape, dtype), {.trainable = false, .name = name});
  variable.set_path(path_ + "/" + name);
  variables_.push_back(variable);
  return variable;
}

Metric::Metric(std::string_view name) : Metric(make_by_name(name)) { identifier_ = name; }

Metric Metric::from_function(Function function) {
  return function_metric("MeanMetricWrapper", "", {}, std::move(function));
}

MetricImpl& Metric::impl() const {
  if (!impl_) throw ValueError("A metric that is None was used.");
  return *impl_;
}

void Metric::build(const Shape& y_true, const Shape& y_pred) const { impl().build(y_true, y_pred); }

void Metric::update_state(const Tensor& y_true, const Tensor& y_pred,
                          const Tensor& sample_weight) const {
  impl().build(y_true.shape(), y_pred.shape());
  impl().update_state(y_true, y_pred, sample_weight);
}

void Metric::update_values(const Tensor& values, const Tensor& sample_weight) const {
  impl().update_values(values, sample_weight);
}

Tensor Metric::result() const { return impl().result(); }
void Metric::reset_state() const { impl().reset_state(); }
Variables Metric::variables() const { return impl().variables(); }
const std::string& Metric::name() const { return impl().name(); }
void Metric::set_name(std::string name) const { impl().set_name(std::move(name)); }
std::string Metric::class_name() const { return impl_ ? impl_->class_name() : std::string(); }
Config Metric::get_config() const { return impl().get_config(); }

Config Metric::serialize() const {
  return serialize_object("keras.metrics", impl().class_name(), impl().get_config());
}

Config Metric::identifier() const {
  return identifier_.empty() ? serialize() : Config(identifier_);
}

Metric Metric::deserialize(const Config& config) {
  if (config.is_string()) return Metric(config.as_string());
  return metric_table().deserialize(config);
}

Metric Metric::clone() const {
  std::shared_ptr<MetricImpl> copy = impl().clone();
  Metric metric = copy ? Metric(std::move(copy)) : deserialize(serialize());
  metric.set_name(name());
  metric.identifier_ = identifier_;
  return metric;
}

void register_metric(const std::string& name, std::function<Metric(const Config&)> from_config) {
  metric_table().add(name, std::move(from_config));
}

std::vector<std::string> metric_names() { return metric_table().class_names(); }

}  // namespace keras::metrics
