#include "keras/losses/losses.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "keras/saving/json/json.h"
#include "tests/support/gradient_check.h"
#include "tests/support/loss_data.h"
#include "tests/support/tensors.h"

namespace keras::losses {
namespace {

using testing::Data;
using testing::expect_error;
using testing::expect_values;

/// What Python's Keras 3.15 computes.
struct Case {
  const char* class_name;
  const char* config;
  Data data;
  std::vector<float> values;  ///< without reduction
  float weighted;             ///< with the weights 0.5, 2 and 1 and the default reduction
};

// clang-format off
const std::vector<Case>& cases() {
  static const std::vector<Case> rows = {
    {"MeanSquaredError", R"({})", Data::kReal,
     {0.3125f, 1.90625f, 2.046875f}, 2.0052083f},
    {"MeanAbsoluteError", R"({})", Data::kReal,
     {0.5f, 1.125f, 1.3125f}, 1.2708334f},
    {"MeanAbsolutePercentageError", R"({})", Data::kReal,
     {55.0f, 214.58334f, 229.58336f}, 228.75002f},
    {"MeanSquaredLogarithmicError", R"({})", Data::kBinary,
     {0.26470104f, 0.16849875f, 0.12741746f}, 0.19892181f},
    {"CosineSimilarity", R"({})", Data::kReal,
     {-0.82404184f, 0.81705713f, 0.35098207f}, 0.52435845f},
    {"Huber", R"({"delta": 0.5})", Data::kReal,
     {0.140625f, 0.46875f, 0.53125f}, 0.51302081f},
    {"LogCosh", R"({})", Data::kReal,
     {0.14459795f, 0.659356f, 0.72392249f}, 0.70497781f},
    {"Hinge", R"({})", Data::kLogits,
     {1.0f, 1.125f, 1.5f}, 1.4166666f},
    {"SquaredHinge", R"({})", Data::kLogits,
     {1.40625f, 1.90625f, 2.71875f}, 2.4114583f},
    {"CategoricalHinge", R"({})", Data::kOneHotLogits,
     {0.75f, 1.25f, 0.75f}, 1.2083334f},
    {"KLDivergence", R"({})", Data::kOneHot,
     {1.2595383f, 0.88119525f, 2.5802126f}, 1.6574574f},
    {"Poisson", R"({})", Data::kBinary,
     {1.2209882f, 0.68270719f, 0.59861004f}, 0.85817289f},
    {"BinaryCrossentropy", R"({})", Data::kBinary,
     {1.4644588f, 0.81949013f, 0.71895838f}, 1.030056f},
    {"BinaryCrossentropy", R"({"from_logits": true, "label_smoothing": 0.1})", Data::kLogits,
     {0.74297404f, 0.82731932f, 1.0038017f}, 1.0099758f},
    {"BinaryFocalCrossentropy", R"({"apply_class_balancing": true, "gamma": 3.0})", Data::kBinary,
     {0.37331429f, 0.15210874f, 0.19083306f}, 0.22723591f},
    {"CategoricalCrossentropy", R"({"label_smoothing": 0.2})", Data::kOneHot,
     {1.3212636f, 1.0899475f, 2.389724f}, 1.7434168f},
    {"CategoricalCrossentropy", R"({"from_logits": true})", Data::kOneHotLogits,
     {0.82786846f, 1.0778685f, 0.77735275f}, 1.1156746f},
    {"CategoricalFocalCrossentropy", R"({"from_logits": true})", Data::kOneHotLogits,
     {0.065606892f, 0.11726604f, 0.056748543f}, 0.10802802f},
    {"SparseCategoricalCrossentropy", R"({})", Data::kSparse,
     {1.2595427f, 0.88119936f, 2.5802169f}, 1.6574622f},
    {"SparseCategoricalCrossentropy", R"({"from_logits": true, "ignore_class": 3})", Data::kSparseLogits,
     {0.82786846f, 0.0f, 0.77735275f}, 0.59564346f},
    {"CategoricalGeneralizedCrossEntropy", R"({"q": 0.7})", Data::kSparse,
     {0.83701903f, 0.65764678f, 1.1938784f}, 0.9758938f},
    {"Dice", R"({"axis": -1})", Data::kBinary,
     {0.7662338f, 0.72727275f, 0.64150941f}, 0.82639056f},
    {"Tversky", R"({"alpha": 0.3, "beta": 0.7, "axis": [1]})", Data::kBinary,
     {0.76253301f, 0.75409836f, 0.67353952f}, 0.85433418f},
  };
  return rows;
}
// clang-format on

Config arguments(const Case& c, const char* reduction) {
  Config config = saving::parse_json(c.config, "test");
  config.set("reduction", reduction);
  return {{"class_name", c.class_name}, {"config", config}};
}

TEST(Losses, MatchKeras) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(std::string(c.class_name) + " " + c.config);
    const auto [y_true, y_pred] = testing::make_data(c.data);
    const Tensor values = Loss::deserialize(arguments(c, "none"))(y_true, y_pred);
    expect_values(values, {3}, c.values, 2e-6f);
    const Loss loss = Loss::deserialize(arguments(c, "sum_over_batch_size"));
    expect_values(loss(y_true, y_pred, Tensor::of<float>({0.5f, 2, 1})), {}, {c.weighted}, 2e-6f);
  }
}

TEST(Losses, HaveTheGradientsOfTheirValues) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(std::string(c.class_name) + " " + c.config);
    const auto [y_true, y_pred] = testing::make_data(c.data);
    Config described = arguments(c, "none");
    described.find("config")->set("dtype", "float64");
    const Loss loss = Loss::deserialize(described);
    testing::expect_gradients([&, truth = y_true](const Tensors& in) { return loss(truth, in[0]); },
                              {ops::cast(y_pred, DType::kFloat64) + 1e-3}, 1e-5);
  }
}

TEST(Losses, CircleMatchesKeras) {
  const Tensor y_pred = testing::normalized_probabilities();
  const Tensor classes = Tensor::of<int>({1, 0, 1});
  expect_values(Circle({.reduction = "none"})(classes, y_pred), {3}, {11.881989f, 0.0f, 11.693159f},
                1e-5f);
  testing::expect_gradients(
      [&](const Tensors& in) {
        return Circle({.reduction = "none", .dtype = "float64"})(classes, in[0]);
      },
      {ops::cast(y_pred, DType::kFloat64)}, 1e-5);
}

TEST(Losses, CTCMatchesKeras) {
  const Tensor labels = Tensor::from(std::vector<int>{1, 2, 2, 2, 1, 0}, Shape{3, 2});
  const Tensor logits = testing::ramp({3, 4, 3});
  const CTC loss({.reduction = "none", .dtype = "float64"});
  expect_values(CTC({.reduction = "none"})(labels, logits), {3},
                {2.1664116f, 1.5149413f, 1.3535817f}, 2e-6f);
  testing::expect_gradients([&](const Tensors& in) { return loss(labels, in[0]); },
                            {ops::cast(logits, DType::kFloat64)});
  expect_error<ValueError>([&] { loss(labels, labels); }, "y_pred.shape=(3, 2)");
}

TEST(Losses, KeepTheirConfigs) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(c.class_name);
    const Loss loss = Loss::deserialize(arguments(c, "sum"));
    const Config serialized = loss.serialize();
    EXPECT_EQ(serialized.at("module").as_string(), "keras.losses");
    EXPECT_EQ(Loss::deserialize(serialized).serialize(), serialized);
    const auto [y_true, y_pred] = testing::make_data(c.data);
    EXPECT_EQ(Loss::deserialize(serialized)(y_true, y_pred).item<float>(),
              loss(y_true, y_pred).item<float>());
  }
}

TEST(Losses, HaveKerasConfig) {
  EXPECT_EQ(SparseCategoricalCrossentropy({.from_logits = true}).serialize().to_string(),
            R"({"module": "keras.losses", "class_name": "SparseCategoricalCrossentropy", )"
            R"("config": {"name": "sparse_categorical_crossentropy", )"
            R"("reduction": "sum_over_batch_size", "from_logits": true, "ignore_class": null}, )"
            R"("registered_name": null})");
}

TEST(Losses, KnowKerasNames) {
  for (const char* name : {"mse", "MSE", "mean_squared_error", "MeanSquaredError"})
    EXPECT_EQ(Loss(name).class_name(), "MeanSquaredError") << name;
  for (const char* name : {"kld", "KLD", "kl_divergence"})
    EXPECT_EQ(Loss(name).class_name(), "KLDivergence") << name;
  EXPECT_EQ(Loss("bce").class_name(), "BinaryCrossentropy");
  EXPECT_EQ(Loss("mae").name(), "mae");
  EXPECT_EQ(Loss("mae").identifier(), Config("mae"));
  EXPECT_EQ(Huber().name(), "huber_loss");
  EXPECT_FALSE(Loss(nullptr).defined());
  expect_error<ValueError>([] { Loss("mean_square_error"); }, "did you mean mean_squared_error");
}

TEST(Losses, ReduceAsAsked) {
  const Tensor y_true = Tensor::from(std::vector<float>{1, 2, 3, 4}, Shape{2, 2});
  const Tensor y_pred = Tensor::from(std::vector<float>{1, 0, 3, 0}, Shape{2, 2});
  const Tensor weights = Tensor::of<float>({3, 1});
  const auto loss = [&](const char* reduction) {
    return MeanSquaredError({.reduction = reduction})(y_true, y_pred, weights);
  };
  expect_values(loss("none"), {2}, {6, 8});
  expect_values(loss("sum"), {}, {14});
  expect_values(loss("mean"), {}, {7});
  expect_values(loss("mean_with_sample_weight"), {}, {3.5f});
  expect_error<ValueError>([] { MeanSquaredError({.reduction = "average"}); }, "average");
}

TEST(Losses, LeaveMaskedEntriesOut) {
  const Tensor y_true = Tensor::from(std::vector<float>{1, 2, 3, 4}, Shape{2, 2, 1});
  const Tensor mask = Tensor::from(std::vector<bool>{true, false, true, false}, Shape{2, 2});
  const Tensor y_pred = (ops::zeros({2, 2, 1}) * 1).with_mask(mask);
  expect_values(MeanSquaredError()(y_true, y_pred), {}, {5});
  expect_values(MeanSquaredError({.reduction = "sum"})(y_true, y_pred), {}, {10});
}

TEST(Losses, TakeFunctions) {
  const Loss loss = [](const Tensor& y_true, const Tensor& y_pred) {
    return ops::mean(ops::abs(y_true - y_pred), {.axis = -1});
  };
  const auto [y_true, y_pred] = testing::make_data(Data::kReal);
  EXPECT_EQ(loss(y_true, y_pred).item<float>(), Loss("mae")(y_true, y_pred).item<float>());
  expect_error<ValueError>([&] { loss.serialize(); }, "register_loss");
}

TEST(Losses, ReadCrossentropyByShape) {
  const Loss loss = "crossentropy";
  const auto value = [&](const Loss& l, Data data) {
    const auto [y_true, y_pred] = testing::make_data(data);
    return l(y_true, y_pred).item<float>();
  };
  EXPECT_EQ(value(loss, Data::kOneHot), value("categorical_crossentropy", Data::kOneHot));
  EXPECT_EQ(value(loss, Data::kSparse), value("sparse_categorical_crossentropy", Data::kSparse));
}

TEST(Losses, RejectBadArguments) {
  expect_error<ValueError>([] { CategoricalGeneralizedCrossEntropy({.q = 1.5}); }, "q=1.5");
  expect_error<ValueError>([] { Loss()(1.0, 1.0); }, "None");
  expect_error<ShapeError>(
      [] {
        MeanSquaredError()(ops::zeros({2, 3}), ops::zeros({2, 4}));
      },
      "(2, 3)");
}

TEST(Losses, RegisterClassesOfTheProgram) {
  class Mine final : public LossImpl {
   public:
    Mine() : LossImpl("my_app>Mine", {.name = "mine"}) {}
    Tensor call(const Tensor& y_true, const Tensor& y_pred) const override {
      return ops::mean(y_true + y_pred, {.axis = -1});
    }
  };
  register_loss("my_app>Mine", [](const Config&) { return Loss(std::make_shared<Mine>()); });
  const Loss loss(std::make_shared<Mine>());
  const Config serialized = loss.serialize();
  EXPECT_EQ(serialized.at("registered_name").as_string(), "my_app>Mine");
  EXPECT_EQ(serialized.at("class_name").as_string(), "Mine");
  EXPECT_EQ(Loss::deserialize(serialized).class_name(), "my_app>Mine");
}

}  // namespace
}  // namespace keras::losses
