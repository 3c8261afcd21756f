#pragma once

#include <string>
#include <utility>
#include <vector>

#include "keras/trainers/compile_options.h"
#include "keras/trainers/data.h"

namespace keras::trainers {

/// The metrics of `compile`, paired with the model's outputs.
class CompileMetrics {
 public:
  /// `output_names` may be empty.
  CompileMetrics(MetricsArgument metrics, MetricsArgument weighted_metrics,
                 std::vector<std::string> output_names);

  /// Pairs metrics and outputs, and makes the metrics' variables. Throws ValueError where they do
  /// not fit together.
  void build(const Data& y, const Tensors& y_pred);
  bool built() const { return built_; }
  void update_state(const Data& y, const Tensors& y_pred, const Data& sample_weight) const;

  /// All metrics; none before `build`.
  std::vector<Metric> metrics() const;
  /// The name of each in the logs, in the order of `metrics`: of several outputs
  /// "<output>_<metric>", and what would be there twice is numbered.
  const std::vector<std::string>& log_names() const { return log_names_; }

 private:
  struct Entry {
    Metric metric;
    std::size_t output;
    bool weighted;
    std::size_t target = 0;  ///< among the tensors of y
  };
  void add_entries(const MetricsArgument& argument, const char* argument_name, bool weighted,
                   std::size_t output_count);
  std::vector<MetricGroup> groups_by_output(const MetricsArgument& argument,
                                            const char* argument_name,
                                            std::size_t output_count) const;
  void name_entries(std::size_t output_count);

  MetricsArgument metrics_;
  MetricsArgument weighted_metrics_;
  std::vector<std::string> output_names_;
  std::vector<Entry> entries_;
  std::vector<std::string> log_names_;
  bool built_ = false;
};

}  // namespace keras::trainers
