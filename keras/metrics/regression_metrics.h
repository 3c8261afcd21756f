#pragma once

#include <optional>
#include <string>

#include "keras/metrics/reduction_metrics.h"

namespace keras::metrics {

/// The mean squared error.
/// Keras: keras.metrics.MeanSquaredError.
class MeanSquaredError : public Metric {
 public:
  MeanSquaredError(MetricOptions options = {});
};

/// The mean absolute error.
/// Keras: keras.metrics.MeanAbsoluteError.
class MeanAbsoluteError : public Metric {
 public:
  MeanAbsoluteError(MetricOptions options = {});
};

/// The mean absolute error in per cent of y_true.
/// Keras: keras.metrics.MeanAbsolutePercentageError.
class MeanAbsolutePercentageError : public Metric {
 public:
  MeanAbsolutePercentageError(MetricOptions options = {});
};

/// The mean squared error of log(y + 1).
/// Keras: keras.metrics.MeanSquaredLogarithmicError.
class MeanSquaredLogarithmicError : public Metric {
 public:
  MeanSquaredLogarithmicError(MetricOptions options = {});
};

/// The mean log(cosh(y_pred - y_true)).
/// Keras: keras.metrics.LogCoshError.
class LogCoshError : public Metric {
 public:
  LogCoshError(MetricOptions options = {});
};

/// The square root of the mean squared error.
/// Keras: keras.metrics.RootMeanSquaredError.
class RootMeanSquaredError : public Metric {
 public:
  RootMeanSquaredError(MetricOptions options = {});
};

struct CosineSimilarityOptions {
  std::string name = {};
  std::string dtype = {};
  int axis = -1;
};
/// The mean cosine of the angle between y_true and y_pred: 1 for the same direction.
/// Keras: keras.metrics.CosineSimilarity.
class CosineSimilarity : public Metric {
 public:
  CosineSimilarity(CosineSimilarityOptions options = {});
};

struct PearsonCorrelationOptions {
  std::string name = {};
  std::string dtype = {};
  int axis = -1;
};
/// The mean Pearson correlation along an axis.
/// Keras: keras.metrics.PearsonCorrelation.
class PearsonCorrelation : public Metric {
 public:
  PearsonCorrelation(PearsonCorrelationOptions options = {});
};

struct ConcordanceCorrelationOptions {
  std::string name = {};
  std::string dtype = {};
  int axis = -1;
};
/// The mean concordance correlation along an axis: Lin (1989).
/// Keras: keras.metrics.ConcordanceCorrelation.
class ConcordanceCorrelation : public Metric {
 public:
  ConcordanceCorrelation(ConcordanceCorrelationOptions options = {});
};

struct R2ScoreOptions {
  /// "uniform_average", "variance_weighted_average", or nothing for one score an output.
  std::optional<std::string> class_aggregation = "uniform_average";
  int num_regressors = 0;  ///< above 0 for the adjusted score
  std::string name = {};
  std::string dtype = {};
};
/// The coefficient of determination of (batch, outputs).
/// Keras: keras.metrics.R2Score.
class R2Score : public Metric {
 public:
  R2Score(R2ScoreOptions options = {});
};

}  // namespace keras::metrics
