#pragma once

#include <optional>
#include <string>

#include "keras/metrics/reduction_metrics.h"

namespace keras::metrics {

struct FBetaScoreOptions {
  std::optional<std::string> average = {};  ///< "micro", "macro", "weighted", or a score a class
  double beta = 1.0;                        ///< how much more recall counts than precision
  std::optional<double> threshold = {};     ///< without one, only the largest score is positive
  std::string name = {};
  std::string dtype = {};
};
/// The weighted harmonic mean of precision and recall of (batch, classes). Throws ValueError unless
/// beta > 0 and 0 < threshold <= 1. Keras: keras.metrics.FBetaScore.
class FBetaScore : public Metric {
 public:
  FBetaScore(FBetaScoreOptions options = {});
};

struct F1ScoreOptions {
  std::optional<std::string> average = {};
  std::optional<double> threshold = {};
  std::string name = {};
  std::string dtype = {};
};
/// FBetaScore with beta 1. Keras: keras.metrics.F1Score.
class F1Score : public Metric {
 public:
  F1Score(F1ScoreOptions options = {});
};

}  // namespace keras::metrics
