#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keras/metrics/reduction_metrics.h"

namespace keras::metrics {

struct IoUOptions {
  std::string name = {};
  std::string dtype = {};  ///< empty for "int32"
  std::optional<int> ignore_class = {};
  bool sparse_y_true = true;  ///< class numbers, else one-hot
  bool sparse_y_pred = true;  ///< class numbers, else scores
  int axis = -1;
};
/// The mean intersection over union of the target classes; labels outside of the classes count for
/// nothing. Throws ValueError for a target class out of range. Keras: keras.metrics.IoU.
class IoU : public Metric {
 public:
  IoU(int num_classes, std::vector<int> target_class_ids, IoUOptions options = {});
};
/// IoU of all classes. Keras: keras.metrics.MeanIoU.
class MeanIoU : public Metric {
 public:
  MeanIoU(int num_classes, IoUOptions options = {});
};

struct BinaryIoUOptions {
  std::vector<int> target_class_ids = {0, 1};
  double threshold = 0.5;
  std::string name = {};
  std::string dtype = {};
};
/// IoU of labels 0 and 1 against probabilities. Keras: keras.metrics.BinaryIoU.
class BinaryIoU : public Metric {
 public:
  BinaryIoU(BinaryIoUOptions options = {});
};

struct OneHotIoUOptions {
  std::string name = {};
  std::string dtype = {};
  std::optional<int> ignore_class = {};
  bool sparse_y_pred = false;
  int axis = -1;
};
/// IoU of one-hot labels. Keras: keras.metrics.OneHotIoU.
class OneHotIoU : public Metric {
 public:
  OneHotIoU(int num_classes, std::vector<int> target_class_ids, OneHotIoUOptions options = {});
};
/// MeanIoU of one-hot labels. Keras: keras.metrics.OneHotMeanIoU.
class OneHotMeanIoU : public Metric {
 public:
  OneHotMeanIoU(int num_classes, OneHotIoUOptions options = {});
};

}  // namespace keras::metrics
