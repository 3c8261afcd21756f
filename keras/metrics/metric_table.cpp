#include "keras/metrics/metric_table.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/losses/loss.h"
#include "keras/metrics/function_metric.h"
#include "keras/metrics/metrics.h"

namespace keras::metrics {
namespace {

std::string name_of(const Config& c) { return c.get("name", ""); }
/// A name, or a serialized dtype policy.
std::string dtype_of(const Config& c) {
  const Config* dtype = c.find("dtype");
  if (dtype && dtype->is_dict() && dtype->find("config"))
    dtype = dtype->find("config")->find("name");
  return dtype && dtype->is_string() ? dtype->as_string() : std::string();
}
std::optional<int> optional_int(const Config& c, std::string_view key) {
  const Config* value = c.find(key);
  if (!value || value->is_null()) return {};
  return static_cast<int>(value->as_int());
}
std::optional<double> optional_double(const Config& c, std::string_view key) {
  const Config* value = c.find(key);
  if (!value || value->is_null()) return {};
  return value->as_double();
}
/// The fallback where the key is missing; nothing where it is null.
std::optional<std::string> optional_text(const Config& c, std::string_view key,
                                         std::optional<std::string> fallback) {
  const Config* value = c.find(key);
  if (!value) return fallback;
  if (value->is_null()) return {};
  return value->as_string();
}
template <typename T>
std::vector<T> list_of(const Config& c, std::string_view key) {
  std::vector<T> values;
  const Config* list = c.find(key);
  if (!list || list->is_null()) return values;
  for (const auto& value : list->as_list()) values.push_back(static_cast<T>(value.as_double()));
  return values;
}
Thresholds thresholds_of(const Config& c) {
  const Config* thresholds = c.find("thresholds");
  return thresholds ? Thresholds::from_config(*thresholds) : Thresholds();
}

template <typename T>
Metric plain(const Config& c) {
  return T(MetricOptions{.name = name_of(c), .dtype = dtype_of(c)});
}

template <typename T, typename Options>
Metric along_axis(const Config& c) {
  return T(Options{.name = name_of(c), .dtype = dtype_of(c), .axis = c.get("axis", -1)});
}

template <typename T>
Metric count(const Config& c) {
  return T(ConfusionCountOptions{
      .thresholds = thresholds_of(c), .name = name_of(c), .dtype = dtype_of(c)});
}

template <typename T, typename Options>
Metric rate(const Config& c) {
  return T(Options{.thresholds = thresholds_of(c),
                   .top_k = optional_int(c, "top_k"),
                   .class_id = optional_int(c, "class_id"),
                   .name = name_of(c),
                   .dtype = dtype_of(c)});
}

template <typename T>
Metric trade(const Config& c, std::string_view argument) {
  return T(c.at(argument).as_double(),
           AtThresholdOptions{.num_thresholds = c.get("num_thresholds", 200),
                              .class_id = optional_int(c, "class_id"),
                              .name = name_of(c),
                              .dtype = dtype_of(c)});
}

Metric binary_accuracy_metric(const Config& c) {
  return BinaryAccuracy(
      {.name = name_of(c), .dtype = dtype_of(c), .threshold = c.get("threshold", 0.5)});
}
Metric top_k(const Config& c) {
  return TopKCategoricalAccuracy({.k = c.get("k", 5), .name = name_of(c), .dtype = dtype_of(c)});
}
Metric sparse_top_k(const Config& c) {
  return SparseTopKCategoricalAccuracy({.k = c.get("k", 5),
                                        .name = name_of(c),
                                        .dtype = dtype_of(c),
                                        .from_sorted_ids = c.get("from_sorted_ids", false)});
}
Metric binary_crossentropy(const Config& c) {
  return BinaryCrossentropy({.name = name_of(c),
                             .dtype = dtype_of(c),
                             .from_logits = c.get("from_logits", false),
                             .label_smoothing = c.get("label_smoothing", 0.0)});
}
Metric categorical_crossentropy(const Config& c) {
  return CategoricalCrossentropy({.name = name_of(c),
                                  .dtype = dtype_of(c),
                                  .from_logits = c.get("from_logits", false),
                                  .label_smoothing = c.get("label_smoothing", 0.0),
                                  .axis = c.get("axis", -1)});
}
Metric sparse_categorical_crossentropy(const Config& c) {
  return SparseCategoricalCrossentropy({.name = name_of(c),
                                        .dtype = dtype_of(c),
                                        .from_logits = c.get("from_logits", false),
                                        .ignore_class = optional_int(c, "ignore_class"),
                                        .axis = c.get("axis", -1)});
}
Metric r2_score(const Config& c) {
  return R2Score({.class_aggregation = optional_text(c, "class_aggregation", "uniform_average"),
                  .num_regressors = c.get("num_regressors", 0),
                  .name = name_of(c),
                  .dtype = dtype_of(c)});
}
Metric auc(const Config& c) {
  AUCOptions options{.num_thresholds = c.get("num_thresholds", 200),
                     .curve = c.get("curve", "ROC"),
                     .summation_method = c.get("summation_method", "interpolation"),
                     .name = name_of(c),
                     .dtype = dtype_of(c),
                     .multi_label = c.get("multi_label", false),
                     .num_labels = optional_int(c, "num_labels"),
                     .label_weights = list_of<double>(c, "label_weights"),
                     .from_logits = c.get("from_logits", false)};
  const Config* thresholds = c.find("thresholds");
  if (thresholds && !thresholds->is_null()) options.thresholds = list_of<double>(c, "thresholds");
  return AUC(std::move(options));
}
Metric fbeta_score(const Config& c) {
  return FBetaScore({.average = optional_text(c, "average", {}),
                     .beta = c.get("beta", 1.0),
                     .threshold = optional_double(c, "threshold"),
                     .name = name_of(c),
                     .dtype = dtype_of(c)});
}
Metric f1_score(const Config& c) {
  return F1Score({.average = optional_text(c, "average", {}),
                  .threshold = optional_double(c, "threshold"),
                  .name = name_of(c),
                  .dtype = dtype_of(c)});
}

IoUOptions iou_options(const Config& c) {
  return {.name = name_of(c),
          .dtype = dtype_of(c),
          .ignore_class = optional_int(c, "ignore_class"),
          .sparse_y_true = c.get("sparse_y_true", true),
          .sparse_y_pred = c.get("sparse_y_pred", true),
          .axis = c.get("axis", -1)};
}
OneHotIoUOptions one_hot_iou_options(const Config& c) {
  return {.name = name_of(c),
          .dtype = dtype_of(c),
          .ignore_class = optional_int(c, "ignore_class"),
          .sparse_y_pred = c.get("sparse_y_pred", false),
          .axis = c.get("axis", -1)};
}
int classes_of(const Config& c) { return static_cast<int>(c.at("num_classes").as_int()); }
Metric iou(const Config& c) {
  return IoU(classes_of(c), list_of<int>(c, "target_class_ids"), iou_options(c));
}
Metric mean_iou(const Config& c) { return MeanIoU(classes_of(c), iou_options(c)); }
Metric binary_iou(const Config& c) {
  BinaryIoUOptions options{
      .threshold = c.get("threshold", 0.5), .name = name_of(c), .dtype = dtype_of(c)};
  if (c.contains("target_class_ids"))
    options.target_class_ids = list_of<int>(c, "target_class_ids");
  return BinaryIoU(std::move(options));
}
Metric one_hot_iou(const Config& c) {
  return OneHotIoU(classes_of(c), list_of<int>(c, "target_class_ids"), one_hot_iou_options(c));
}
Metric one_hot_mean_iou(const Config& c) {
  return OneHotMeanIoU(classes_of(c), one_hot_iou_options(c));
}

/// A function of Keras's by name, with its arguments beside it.
Metric mean_metric_wrapper(const Config& c) {
  const ObjectDescription fn = describe_object("metric function", c.at("fn"));
  Config arguments = c;
  for (const char* key : {"name", "dtype", "fn"}) arguments.erase(key);
  const Loss loss = Loss::deserialize({{"class_name", fn.name}, {"config", arguments}});
  arguments = Config{{"fn", c.at("fn")}};
  for (const auto& [key, value] : c.as_dict())
    if (key != "name" && key != "dtype" && key != "fn") arguments.set(key, value);
  return function_metric(
      "MeanMetricWrapper", name_of(c), dtype_of(c),
      [loss](const Tensor& y_true, const Tensor& y_pred) { return loss.call(y_true, y_pred); },
      std::move(arguments));
}

using Rows = std::vector<ObjectRegistry<Metric>::Row>;

void add_mean_rows(Rows& rows) {
  rows.insert(
      rows.end(),
      {
          {"Mean", plain<Mean>},
          {"Sum", plain<Sum>},
          {"MeanMetricWrapper", mean_metric_wrapper},
          {"MeanSquaredError", plain<MeanSquaredError>, {"mse", "MSE"}},
          {"RootMeanSquaredError", plain<RootMeanSquaredError>},
          {"MeanAbsoluteError", plain<MeanAbsoluteError>, {"mae", "MAE"}},
          {"MeanAbsolutePercentageError", plain<MeanAbsolutePercentageError>, {"mape", "MAPE"}},
          {"MeanSquaredLogarithmicError", plain<MeanSquaredLogarithmicError>, {"msle", "MSLE"}},
          {"CosineSimilarity", along_axis<CosineSimilarity, CosineSimilarityOptions>},
          {"LogCoshError", plain<LogCoshError>},
          {"R2Score", r2_score},
          {"PearsonCorrelation", along_axis<PearsonCorrelation, PearsonCorrelationOptions>},
          {"ConcordanceCorrelation",
           along_axis<ConcordanceCorrelation, ConcordanceCorrelationOptions>},
          {"Hinge", plain<Hinge>},
          {"SquaredHinge", plain<SquaredHinge>},
          {"CategoricalHinge", plain<CategoricalHinge>},
          {"KLDivergence", plain<KLDivergence>},
          {"Poisson", plain<Poisson>},
          {"BinaryCrossentropy", binary_crossentropy, {"bce", "BCE"}},
          {"CategoricalCrossentropy", categorical_crossentropy},
          {"SparseCategoricalCrossentropy", sparse_categorical_crossentropy},
      });
}

void add_classification_rows(Rows& rows) {
  rows.insert(
      rows.end(),
      {
          {"Accuracy", plain<Accuracy>},
          {"BinaryAccuracy", binary_accuracy_metric},
          {"CategoricalAccuracy", plain<CategoricalAccuracy>},
          {"SparseCategoricalAccuracy", plain<SparseCategoricalAccuracy>},
          {"TopKCategoricalAccuracy", top_k},
          {"SparseTopKCategoricalAccuracy", sparse_top_k},
          {"AUC", auc},
          {"TruePositives", count<TruePositives>},
          {"TrueNegatives", count<TrueNegatives>},
          {"FalsePositives", count<FalsePositives>},
          {"FalseNegatives", count<FalseNegatives>},
          {"Precision", rate<Precision, PrecisionOptions>},
          {"Recall", rate<Recall, RecallOptions>},
          {"SensitivityAtSpecificity",
           [](const Config& c) { return trade<SensitivityAtSpecificity>(c, "specificity"); }},
          {"SpecificityAtSensitivity",
           [](const Config& c) { return trade<SpecificityAtSensitivity>(c, "sensitivity"); }},
          {"PrecisionAtRecall",
           [](const Config& c) { return trade<PrecisionAtRecall>(c, "recall"); }},
          {"RecallAtPrecision",
           [](const Config& c) { return trade<RecallAtPrecision>(c, "precision"); }},
          {"F1Score", f1_score},
          {"FBetaScore", fbeta_score},
          {"IoU", iou},
          {"BinaryIoU", binary_iou},
          {"MeanIoU", mean_iou},
          {"OneHotIoU", one_hot_iou},
          {"OneHotMeanIoU", one_hot_mean_iou},
      });
}

Rows all_rows() {
  Rows rows;
  add_mean_rows(rows);
  add_classification_rows(rows);
  return rows;
}

}  // namespace

ObjectRegistry<Metric>& metric_table() {
  static ObjectRegistry<Metric> rows("metric", all_rows());
  return rows;
}

}  // namespace keras::metrics
