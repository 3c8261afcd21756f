#include "keras/metrics/metrics.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/ops/numpy.h"
#include "keras/saving/json/json.h"
#include "tests/support/loss_data.h"
#include "tests/support/tensors.h"

namespace keras::metrics {
namespace {

using testing::Data;
using testing::expect_error;
using testing::expect_values;

/// What Python's Keras 3.15 computes.
struct Case {
  const char* class_name;
  const char* config;
  Data data;
  std::vector<float> first;   ///< the result after one update
  std::vector<float> second;  ///< after one more with the labels in reverse order, weighted
};

// clang-format off
const std::vector<Case> kCases = {
    {"Accuracy", R"({})", Data::kBinary,
     {0.0f}, {0.0f}},
    {"BinaryAccuracy", R"({"threshold": 0.3})", Data::kBinary,
     {0.41666666f}, {0.40384614f}},
    {"CategoricalAccuracy", R"({})", Data::kOneHot,
     {0.33333334f}, {0.46153846f}},
    {"SparseCategoricalAccuracy", R"({})", Data::kSparse,
     {0.33333334f}, {0.46153846f}},
    {"TopKCategoricalAccuracy", R"({"k": 2})", Data::kOneHot,
     {0.66666669f}, {0.76923078f}},
    {"SparseTopKCategoricalAccuracy", R"({"k": 2})", Data::kSparse,
     {0.66666669f}, {0.76923078f}},
    {"MeanSquaredError", R"({})", Data::kReal,
     {1.421875f}, {1.7776443f}},
    {"RootMeanSquaredError", R"({})", Data::kReal,
     {1.1924241f}, {1.3332833f}},
    {"MeanAbsoluteError", R"({})", Data::kReal,
     {0.97916669f}, {1.1009616f}},
    {"CosineSimilarity", R"({})", Data::kReal,
     {-0.11466578f}, {-0.41723177f}},
    {"LogCoshError", R"({})", Data::kReal,
     {0.50929213f}, {0.61783254f}},
    {"R2Score", R"({})", Data::kReal,
     {-2.1746774f}, {-2.459805f}},
    {"PearsonCorrelation", R"({})", Data::kReal,
     {-0.083251782f}, {-0.44121516f}},
    {"ConcordanceCorrelation", R"({})", Data::kReal,
     {0.015490711f}, {-0.29224131f}},
    {"BinaryCrossentropy", R"({})", Data::kBinary,
     {1.0009691f}, {1.0055711f}},
    {"CategoricalCrossentropy", R"({"from_logits": true})", Data::kOneHotLogits,
     {0.89436322f}, {1.2546328f}},
    {"SparseCategoricalCrossentropy", R"({})", Data::kSparse,
     {1.5736529f}, {1.3704078f}},
    {"KLDivergence", R"({})", Data::kOneHot,
     {1.5736488f}, {1.3704035f}},
    {"Poisson", R"({})", Data::kBinary,
     {0.83410186f}, {0.8438136f}},
    {"Hinge", R"({})", Data::kLogits,
     {1.2083334f}, {1.1153846f}},
    {"AUC", R"({})", Data::kBinary,
     {0.34375f}, {0.3142857f}},
    {"AUC", R"({"curve": "PR"})", Data::kBinary,
     {0.25445455f}, {0.23975514f}},
    {"AUC", R"({"curve": "PRGAIN", "num_thresholds": 20})", Data::kBinary,
     {-0.43055555f}, {-0.85320985f}},
    {"AUC", R"({"multi_label": true, "label_weights": [0.1, 0.2, 0.3, 0.4]})", Data::kBinary,
     {0.35000002f}, {0.25055557f}},
    {"AUC", R"({"from_logits": true, "summation_method": "majoring"})", Data::kLogits,
     {0.34375f}, {0.38487393f}},
    {"AUC", R"({"thresholds": [0.2, 0.3, 0.8], "summation_method": "minoring"})", Data::kBinary,
     {0.25f}, {0.24201679f}},
    {"TruePositives", R"({})", Data::kBinary,
     {0.0f}, {0.5f}},
    {"TrueNegatives", R"({"thresholds": 0.4})", Data::kBinary,
     {3.0f}, {6.0f}},
    {"FalsePositives", R"({"thresholds": [0.2, 0.7]})", Data::kBinary,
     {6.0f, 3.0f}, {13.0f, 6.5f}},
    {"FalseNegatives", R"({})", Data::kBinary,
     {4.0f}, {8.0f}},
    {"Precision", R"({})", Data::kBinary,
     {0.0f}, {0.045454547f}},
    {"Precision", R"({"top_k": 2})", Data::kBinary,
     {0.16666667f}, {0.11538462f}},
    {"Recall", R"({"class_id": 1})", Data::kBinary,
     {0.0f}, {0.33333334f}},
    {"Recall", R"({"thresholds": [0.1, 0.5, 0.9]})", Data::kBinary,
     {1.0f, 0.0f, 0.0f}, {1.0f, 0.05882353f, 0.0f}},
    {"SensitivityAtSpecificity", R"({"specificity": 0.5})", Data::kBinary,
     {0.0f}, {0.0f}},
    {"SpecificityAtSensitivity", R"({"sensitivity": 0.5})", Data::kBinary,
     {0.375f}, {0.34285715f}},
    {"PrecisionAtRecall", R"({"recall": 0.4})", Data::kBinary,
     {0.40000001f}, {0.36956522f}},
    {"RecallAtPrecision", R"({"precision": 0.4})", Data::kBinary,
     {1.0f}, {0.0f}},
    {"F1Score", R"({"threshold": 0.5})", Data::kBinary,
     {0.0f, 0.0f, 0.0f, 0.0f}, {0.0f, 0.33333325f, 0.0f, 0.0f}},
    {"F1Score", R"({"average": "micro"})", Data::kOneHot,
     {0.33333328f}, {0.4615384f}},
    {"FBetaScore", R"({"average": "weighted", "beta": 2.0})", Data::kOneHot,
     {0.33333331f}, {0.46153849f}},
    {"BinaryIoU", R"({"threshold": 0.4})", Data::kBinary,
     {0.19191919f}, {0.10019661f}},
    {"OneHotMeanIoU", R"({"num_classes": 4})", Data::kOneHot,
     {0.24999997f}, {0.25f}},
    {"MeanIoU", R"({"num_classes": 4, "sparse_y_pred": false})", Data::kSparse,
     {0.24999997f}, {0.25f}},
};
// clang-format on

Metric make(const Case& c) {
  return Metric::deserialize(
      {{"class_name", c.class_name}, {"config", saving::parse_json(c.config, "test")}});
}

bool counts_pixels(const Case& c) {
  return std::string(c.class_name).find("IoU") != std::string::npos;
}

Tensor weights_for(const Case& c) {
  if (std::string(c.class_name) == "BinaryIoU") return ops::arange(1, 13);
  if (counts_pixels(c)) return Tensor::of<int>({1, 2, 3});
  return Tensor::of<float>({0.5f, 2, 1});
}

Shape shape_of(const std::vector<float>& values) {
  return values.size() == 1 ? Shape{} : Shape{static_cast<std::int64_t>(values.size())};
}

void expect_result(const Tensor& result, const std::vector<float>& expected) {
  expect_values(result, shape_of(expected), expected, 3e-6f);
}

TEST(Metrics, MatchKeras) {
  for (const auto& c : kCases) {
    SCOPED_TRACE(std::string(c.class_name) + " " + c.config);
    const auto [y_true, y_pred] = testing::make_data(c.data);
    const Metric metric = make(c);
    metric.update_state(y_true, y_pred);
    expect_result(metric.result(), c.first);
    metric.update_state(ops::flip(y_true, {.axis = 0}), y_pred, weights_for(c));
    expect_result(metric.result(), c.second);
    metric.reset_state();
    metric.update_state(y_true, y_pred);
    expect_result(metric.result(), c.first);
  }
}

TEST(Metrics, MatchKerasCompiled) {
  for (const auto& c : kCases) {
    SCOPED_TRACE(std::string(c.class_name) + " " + c.config);
    const auto [y_true, y_pred] = testing::make_data(c.data);
    const Metric metric = make(c);
    metric.build(y_true.shape(), y_pred.shape());
    const CompiledFunction step = compile([&](const Tensors& in) {
      metric.update_state(in[0], in[1], in[2]);
      return Tensors{metric.result()};
    });
    const Tensor weight = weights_for(c);
    step({y_true, y_pred, ops::ones_like(weight)});
    expect_result(step({ops::flip(y_true, {.axis = 0}), y_pred, weight})[0], c.second);
  }
}

TEST(Metrics, KeepTheirConfigs) {
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.class_name);
    const Config serialized = make(c).serialize();
    EXPECT_EQ(serialized.at("module").as_string(), "keras.metrics");
    EXPECT_EQ(Metric::deserialize(serialized).serialize(), serialized);
  }
}

TEST(Metrics, HaveKerasConfig) {
  EXPECT_EQ(Precision({.thresholds = 0.4, .top_k = 2, .name = "p"}).serialize().to_string(),
            R"({"module": "keras.metrics", "class_name": "Precision", "config": {"name": "p", )"
            R"("dtype": "float32", "thresholds": 0.4, "top_k": 2, "class_id": null}, )"
            R"("registered_name": null})");
}

TEST(Metrics, KnowKerasNames) {
  EXPECT_EQ(Metric("mse").class_name(), "MeanSquaredError");
  EXPECT_EQ(Metric("mse").name(), "mse");
  EXPECT_EQ(Metric("MeanSquaredError").name(), "MeanSquaredError");
  EXPECT_EQ(MeanSquaredError().name(), "mean_squared_error");
  EXPECT_EQ(Metric("auc").class_name(), "AUC");
  EXPECT_EQ(Metric("mae").identifier(), Config("mae"));
  expect_error<ValueError>([] { Metric("binary_acuracy"); }, "did you mean binary_accuracy");
}

TEST(Metrics, ReadAccuracyByShape) {
  const auto value = [](const Metric& metric, Data data) {
    const auto [y_true, y_pred] = testing::make_data(data);
    metric.update_state(y_true, y_pred);
    return metric.result().item<float>();
  };
  EXPECT_EQ(value("accuracy", Data::kOneHot), value(CategoricalAccuracy(), Data::kOneHot));
  EXPECT_EQ(value("acc", Data::kSparse), value(SparseCategoricalAccuracy(), Data::kSparse));
  const Metric binary = "accuracy";
  binary.update_state(Tensor::from(std::vector<float>{1, 0}, Shape{2, 1}),
                      Tensor::from(std::vector<float>{0.8f, 0.6f}, Shape{2, 1}));
  EXPECT_EQ(binary.result().item<float>(), 0.5f);
  EXPECT_EQ(binary.name(), "accuracy");
}

TEST(Metrics, MeanAndSumTakeValues) {
  const Mean mean;
  mean.update_state(Tensor::of<float>({1, 3, 5, 7}));
  expect_values(mean.result(), {}, {4});
  mean.reset_state();
  mean.update_state(Tensor::of<float>({1, 3, 5, 7}), Tensor::of<float>({1, 1, 0, 0}));
  expect_values(mean.result(), {}, {2});
  const Sum sum;
  sum.update_state(Tensor::of<float>({1, 3, 5, 7}), Tensor::of<float>({1, 1, 0, 0}));
  expect_values(sum.result(), {}, {4});
  expect_error<TypeError>([&] { Metric(sum).update_state(1.0, 1.0); }, "takes one tensor");
  expect_error<TypeError>([] { AUC().update_values(1.0); }, "takes y_true and y_pred");
}

TEST(Metrics, NameTheirVariables) {
  const Metric metric = Precision({.name = "p"});
  ASSERT_EQ(metric.variables().size(), 2u);
  EXPECT_EQ(metric.variables()[0].path(), "p/true_positives");
  EXPECT_EQ(metric.variables()[1].path(), "p/false_positives");
  EXPECT_FALSE(metric.variables()[0].trainable());
}

TEST(Metrics, LeaveMaskedEntriesOut) {
  const Tensor mask = Tensor::of<float>({1, 0, 1});
  const Metric metric = MeanAbsoluteError();
  metric.update_state(Tensor::from(std::vector<float>{1, 2, 5}, Shape{3, 1}),
                      ops::zeros({3, 1}).with_mask(mask));
  expect_values(metric.result(), {}, {3});
}

TEST(Metrics, CopiesShareAndClonesDoNot) {
  const Metric metric =
      Metric([](const Tensor& y_true, const Tensor& y_pred) { return ops::abs(y_true - y_pred); });
  const Metric copy = metric;
  const Metric clone = metric.clone();
  metric.update_state(Tensor::of<float>({3, 5}), Tensor::of<float>({1, 1}));
  EXPECT_EQ(copy.result().item<float>(), 3.0f);
  EXPECT_EQ(clone.result().item<float>(), 0.0f);
  EXPECT_EQ(clone.name(), metric.name());
  expect_error<ValueError>([&] { metric.serialize(); }, "register_metric");
  EXPECT_EQ(Metric("accuracy").clone().name(), "accuracy");
}

TEST(Metrics, WrapKerasFunctionsByName) {
  const Metric metric = Metric::deserialize(saving::parse_json(
      R"({"class_name": "MeanMetricWrapper", "config": {"name": "h", "dtype": "float32", "fn":
          {"module": "builtins", "class_name": "function", "config": "huber",
           "registered_name": "function"}, "delta": 0.5}})",
      "test"));
  metric.update_state(Tensor::of<float>({0, 0}), Tensor::of<float>({0.25f, 2}));
  EXPECT_FLOAT_EQ(metric.result().item<float>(), (0.5f * 0.0625f + 0.5f * 2 - 0.125f) / 2);
}

TEST(Metrics, RejectBadArguments) {
  expect_error<ValueError>([] { AUC({.curve = "DET"}); }, "DET");
  expect_error<ValueError>([] { AUC({.summation_method = "trapezoid"}); }, "trapezoid");
  expect_error<ValueError>([] { AUC({.num_thresholds = 1}); }, "num_thresholds=1");
  expect_error<ValueError>([] { AUC({.num_labels = 3}); }, "multi_label");
  expect_error<ValueError>([] { Precision({.thresholds = 1.5}); }, "1.5");
  expect_error<ValueError>([] { SensitivityAtSpecificity(2); }, "specificity=2");
  expect_error<ValueError>([] { FBetaScore({.beta = 0}); }, "beta=0");
  expect_error<ValueError>([] { F1Score({.average = "mean"}); }, "average=mean");
  expect_error<ValueError>([] { IoU(2, {2}); }, "[0, 2)");
  expect_error<ValueError>([] { R2Score({.num_regressors = -1}); }, "num_regressors=-1");
  expect_error<ShapeError>(
      [] {
        AUC().update_state(ops::zeros({2, 3}), ops::zeros({2, 4}));
      },
      "(2, 4)");
}

}  // namespace
}  // namespace keras::metrics
