#pragma once

#include <string>

#include "keras/metrics/reduction_metrics.h"

// Without a name, a metric has Keras's, such as "binary_accuracy".
namespace keras::metrics {

/// How often y_pred equals y_true.
/// Keras: keras.metrics.Accuracy.
class Accuracy : public Metric {
 public:
  Accuracy(MetricOptions options = {});
};

struct BinaryAccuracyOptions {
  std::string name = {};
  std::string dtype = {};
  double threshold = 0.5;
};
/// How often y_pred > threshold says what y_true says.
/// Keras: keras.metrics.BinaryAccuracy.
class BinaryAccuracy : public Metric {
 public:
  BinaryAccuracy(BinaryAccuracyOptions options = {});
};

/// How often the largest score is that of the one-hot label.
/// Keras: keras.metrics.CategoricalAccuracy.
class CategoricalAccuracy : public Metric {
 public:
  CategoricalAccuracy(MetricOptions options = {});
};

/// How often the largest score is that of the class number.
/// Keras: keras.metrics.SparseCategoricalAccuracy.
class SparseCategoricalAccuracy : public Metric {
 public:
  SparseCategoricalAccuracy(MetricOptions options = {});
};

struct TopKCategoricalAccuracyOptions {
  int k = 5;
  std::string name = {};
  std::string dtype = {};
};
/// How often the one-hot label is among the k largest scores.
/// Keras: keras.metrics.TopKCategoricalAccuracy.
class TopKCategoricalAccuracy : public Metric {
 public:
  TopKCategoricalAccuracy(TopKCategoricalAccuracyOptions options = {});
};

struct SparseTopKCategoricalAccuracyOptions {
  int k = 5;
  std::string name = {};
  std::string dtype = {};
  bool from_sorted_ids = false;  ///< y_pred are class numbers, best first
};
/// How often the class number is among the k largest scores.
/// Keras: keras.metrics.SparseTopKCategoricalAccuracy.
class SparseTopKCategoricalAccuracy : public Metric {
 public:
  SparseTopKCategoricalAccuracy(SparseTopKCategoricalAccuracyOptions options = {});
};

/// The same as functions: 1 for a hit, 0 for a miss.
Tensor accuracy(const Tensor& y_true, const Tensor& y_pred);
Tensor binary_accuracy(const Tensor& y_true, const Tensor& y_pred, double threshold = 0.5);
Tensor categorical_accuracy(const Tensor& y_true, const Tensor& y_pred);
Tensor sparse_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred);
Tensor top_k_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred, int k = 5);
enum class FromSortedIds { kNo, kYes };
Tensor sparse_top_k_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred, int k = 5,
                                         FromSortedIds from_sorted_ids = FromSortedIds::kNo);
/// Binary, categorical or sparse categorical accuracy: what "accuracy" means in `compile`.
Tensor accuracy_by_shape(const Tensor& y_true, const Tensor& y_pred);

}  // namespace keras::metrics
