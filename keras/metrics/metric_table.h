#pragma once

#include "keras/metrics/metric.h"
#include "keras/utils/object_registry.h"

namespace keras::metrics {

/// Keras's metrics by name, and those that the program registered.
ObjectRegistry<Metric>& metric_table();

}  // namespace keras::metrics
