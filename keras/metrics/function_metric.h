#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "keras/metrics/metric.h"

namespace keras::metrics {

/// The running mean of a function of y_true and y_pred. `config` are the arguments that the class
/// has besides name and dtype; without it the metric is a function of the program and cannot be
/// saved. Without a name, one is made from the class name.
Metric function_metric(std::string_view class_name, std::string name, std::string dtype,
                       Metric::Function function, std::optional<Config> config = {});

}  // namespace keras::metrics
