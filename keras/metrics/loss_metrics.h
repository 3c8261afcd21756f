#pragma once

#include <optional>
#include <string>

#include "keras/metrics/reduction_metrics.h"

namespace keras::metrics {

/// The mean Kullback-Leibler divergence.
/// Keras: keras.metrics.KLDivergence.
class KLDivergence : public Metric {
 public:
  KLDivergence(MetricOptions options = {});
};

/// The mean Poisson loss.
/// Keras: keras.metrics.Poisson.
class Poisson : public Metric {
 public:
  Poisson(MetricOptions options = {});
};

/// The mean hinge loss.
/// Keras: keras.metrics.Hinge.
class Hinge : public Metric {
 public:
  Hinge(MetricOptions options = {});
};

/// The mean squared hinge loss.
/// Keras: keras.metrics.SquaredHinge.
class SquaredHinge : public Metric {
 public:
  SquaredHinge(MetricOptions options = {});
};

/// The mean hinge loss of one-hot labels.
/// Keras: keras.metrics.CategoricalHinge.
class CategoricalHinge : public Metric {
 public:
  CategoricalHinge(MetricOptions options = {});
};

struct BinaryCrossentropyOptions {
  std::string name = {};
  std::string dtype = {};
  bool from_logits = false;
  double label_smoothing = 0;
};
/// The mean crossentropy of labels 0 and 1.
/// Keras: keras.metrics.BinaryCrossentropy.
class BinaryCrossentropy : public Metric {
 public:
  BinaryCrossentropy(BinaryCrossentropyOptions options = {});
};

struct CategoricalCrossentropyOptions {
  std::string name = {};
  std::string dtype = {};
  bool from_logits = false;
  double label_smoothing = 0;
  int axis = -1;
};
/// The mean crossentropy of one-hot labels.
/// Keras: keras.metrics.CategoricalCrossentropy.
class CategoricalCrossentropy : public Metric {
 public:
  CategoricalCrossentropy(CategoricalCrossentropyOptions options = {});
};

struct SparseCategoricalCrossentropyOptions {
  std::string name = {};
  std::string dtype = {};
  bool from_logits = false;
  std::optional<int> ignore_class = {};
  int axis = -1;
};
/// The mean crossentropy of class numbers.
/// Keras: keras.metrics.SparseCategoricalCrossentropy.
class SparseCategoricalCrossentropy : public Metric {
 public:
  SparseCategoricalCrossentropy(SparseCategoricalCrossentropyOptions options = {});
};

}  // namespace keras::metrics
