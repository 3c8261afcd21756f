#include "keras/trainers/compile_metrics.h"

#include <algorithm>
#include <map>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::trainers {

CompileMetrics::CompileMetrics(MetricsArgument metrics, MetricsArgument weighted_metrics,
                               std::vector<std::string> output_names)
    : metrics_(std::move(metrics)),
      weighted_metrics_(std::move(weighted_metrics)),
      output_names_(std::move(output_names)) {}

std::vector<MetricGroup> CompileMetrics::groups_by_output(const MetricsArgument& argument,
                                                          const char* argument_name,
                                                          std::size_t output_count) const {
  using Form = MetricsArgument::Form;
  if (output_count == 1) {
    std::vector<Metric> all;
    for (const auto& [name, group] : argument.items())
      all.insert(all.end(), group.metrics().begin(), group.metrics().end());
    return {MetricGroup(std::move(all))};
  }
  std::vector<MetricGroup> groups(output_count);
  if (argument.form() == Form::kMap) {
    for (const auto& [name, group] : argument.items()) {
      const auto found = std::find(output_names_.begin(), output_names_.end(), name);
      if (found == output_names_.end())
        throw ValueError(str("Invalid `", argument_name, "`. `", argument_name,
                             "` should contain metrics objects and either be a dict or a list "
                             "matching the output names of the functional model ['",
                             join(output_names_, "', '"), "']. Received the name '", name, "'."));
      groups[static_cast<std::size_t>(found - output_names_.begin())] = group;
    }
    return groups;
  }
  if (argument.size() != output_count)
    throw ValueError(str("Invalid `", argument_name, "`. `", argument_name,
                         "` should contain metrics objects and match the output structure of the "
                         "model, which has ",
                         output_count, " outputs. Received a list of ", argument.size(), "."));
  for (std::size_t i = 0; i < output_count; ++i) groups[i] = argument[i];
  return groups;
}

void CompileMetrics::add_entries(const MetricsArgument& argument, const char* argument_name,
                                 bool weighted, std::size_t output_count) {
  if (!argument.defined() || argument.size() == 0) return;
  const auto groups = groups_by_output(argument, argument_name, output_count);
  for (std::size_t output = 0; output < groups.size(); ++output)
    for (const auto& metric : groups[output].metrics()) {
      if (!metric.defined())
        throw ValueError(str("Expected metric, received `None` in `", argument_name, "`."));
      entries_.push_back({metric, output, weighted});
    }
}

/// The names that Keras's logs have, with its numbers for what would be there twice.
void CompileMetrics::name_entries(std::size_t output_count) {
  std::map<std::string, int> counters;
  log_names_.clear();
  for (const auto& entry : entries_) {
    const bool prefixed = output_count > 1 && entry.output < output_names_.size();
    const std::string prefix = prefixed ? output_names_[entry.output] + "_" : "";
    std::string name = prefix + entry.metric.name();
    if (counters.contains(name) && entry.weighted)
      name = prefix + "weighted_" + entry.metric.name();
    const int count = counters[name]++;
    log_names_.push_back(count == 0 ? name : str(name, "_", count));
  }
}

void CompileMetrics::build(const Data& y, const Tensors& y_pred) {
  entries_.clear();
  add_entries(metrics_, "metrics", false, y_pred.size());
  add_entries(weighted_metrics_, "weighted_metrics", true, y_pred.size());
  for (auto& entry : entries_) {
    const bool by_name = y.is_named() && entry.output < output_names_.size() && y_pred.size() > 1;
    entry.target = by_name ? y.index_of(output_names_[entry.output]) : entry.output;
    if (entry.target >= y.size())
      throw ValueError(str("The metric ", entry.metric.name(), " needs targets for output ",
                           entry.output, ", `y` has ", y.size(), " tensors."));
    entry.metric.build(y[entry.target].shape(), y_pred[entry.output].shape());
  }
  name_entries(y_pred.size());
  built_ = true;
}

void CompileMetrics::update_state(const Data& y, const Tensors& y_pred,
                                  const Data& sample_weight) const {
  for (const auto& [metric, output, weighted, target] : entries_) {
    Tensor weights;
    if (weighted && sample_weight.defined())
      weights = sample_weight.size() == 1 ? sample_weight[0] : sample_weight[target];
    metric.update_state(y[target], y_pred[output], weights);
  }
}

std::vector<Metric> CompileMetrics::metrics() const {
  std::vector<Metric> out;
  for (const auto& entry : entries_) out.push_back(entry.metric);
  return out;
}

}  // namespace keras::trainers
