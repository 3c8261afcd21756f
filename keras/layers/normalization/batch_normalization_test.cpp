#include "keras/layers/normalization/batch_normalization.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "keras/layers/core/input_layer.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_input_gradients;
using testing::expect_values;
using testing::ramp;

const CallOptions kTraining{.training = true};

/// Two channels with weights of their own, momentum 0.9.
BatchNormalization two_channels() {
  const BatchNormalization layer({.momentum = 0.9});
  layer.build(Shape{kUnknown, 2});
  layer.set_weights({ramp({2}), ramp({2}) * 2, ramp({2}), Tensor::of<float>({0.5f, 2})});
  return layer;
}

TEST(BatchNormalization, InfersWithTheMovingStatistics) {
  const std::vector<float> expected = {-2.5f,      1.0f,       -3.8245015f, 1.2650988f,
                                       -5.149003f, 0.5581687f, -6.4735041f, 0.8232675f};
  const BatchNormalization layer = two_channels();
  expect_values(layer(ramp({4, 2})), {4, 2}, expected);
  expect_values(layer(ramp({4, 2}), {.training = false}), {4, 2}, expected);
  expect_values(layer.weights()[2].value(), {2}, {-1.25f, 0.5f});
}

TEST(BatchNormalization, TrainsWithTheBatchAndMovesTheStatistics) {
  const BatchNormalization layer = two_channels();
  expect_values(layer(ramp({4, 2}), kTraining), {4, 2},
                {-0.8241403f, 1.1713374f, -1.94138f, 1.6853496f, -3.0586197f, 0.3146504f,
                 -4.1758595f, 0.8286626f});
  expect_values(layer.weights()[2].value(), {2}, {-1.1375f, 0.475f});
  expect_values(layer.weights()[3].value(), {2}, {0.5203125f, 1.853125f});
  expect_values(layer(ramp({4, 2})), {4, 2},
                {-2.305234f, 1.0091799f, -3.6036749f, 1.2845786f, -4.9021158f, 0.5501822f,
                 -6.2005568f, 0.8255808f});
}

TEST(BatchNormalization, NormalizesAnAxisInTheMiddle) {
  const BatchNormalization layer({.axis = 1, .momentum = 0.9, .center = false});
  expect_values(layer(ramp({2, 2, 3}), kTraining), {2, 2, 3},
                {-1.3075284f, 0.8891194f, -0.366108f, 1.4628472f, 0.2925695f, -0.8777084f,
                 1.5167331f, 0.2615057f, -0.9937216f, 0.8777084f, -0.2925695f, -1.4628472f});
  ASSERT_EQ(layer.weights().size(), 3u);
  EXPECT_EQ(layer.trainable_weights().size(), 1u);
  EXPECT_EQ(layer.weights()[1].name(), "moving_mean");
  expect_values(layer.weights()[1].value(), {2}, {-0.0208333f, 0});
  expect_values(layer.weights()[2].value(), {2}, {0.9633681f, 0.9729167f});
}

TEST(BatchNormalization, FrozenItInfersAndKeepsItsStatistics) {
  const BatchNormalization layer = two_channels();
  const Tensor inferred = layer(ramp({4, 2}));
  layer.set_trainable(false);
  expect_values(layer(ramp({4, 2}), kTraining), {4, 2}, inferred.to_vector<float>());
  expect_values(layer.weights()[2].value(), {2}, {-1.25f, 0.5f});
  EXPECT_TRUE(layer.trainable_weights().empty());
}

TEST(BatchNormalization, CountsWhatTheMaskLetsCount) {
  const BatchNormalization layer({.momentum = 0.9});
  const Tensor mask =
      ops::cast(Tensor::from(std::vector<float>{1, 1, 0, 1, 0, 0}, {2, 3}), DType::kBool);
  const Tensor y = layer(ramp({2, 3, 2}).with_mask(mask), kTraining);
  expect_values(y, {2, 3, 2},
                {-1.0684346f, -0.1619149f, -0.2671086f, 1.2953193f, 0.5342173f, -2.5906389f,
                 1.3355433f, -1.1334045f, -0.8013259f, 0.3238299f, 0, -3.5621283f});
  EXPECT_NE(y.mask(), nullptr);
  expect_values(layer.weights()[2].value(), {2}, {-0.025f, 0.0583333f});
  expect_values(layer.weights()[3].value(), {2}, {0.9875f, 0.9263889f});
  expect_error<ValueError>(
      [&] {
        layer(ramp({2, 3, 2}).with_mask(ops::ones({2}, DType::kBool)), kTraining);
      },
      "The mask provided should be one dimension less than the inputs. Received: "
      "mask.shape=(2,), inputs.shape=(2, 3, 2)");
}

TEST(BatchNormalization, HalvesKeepFloat32Statistics) {
  const BatchNormalization layer({.dtype = "mixed_float16"});
  // The squares of these overflow in float16.
  const Tensor x = Tensor::from(std::vector<float>{-400, 400}, {2, 1});
  const Tensor y = layer(x, kTraining);
  EXPECT_EQ(y.dtype(), DType::kFloat16);
  expect_values(ops::cast(y, DType::kFloat32), {2, 1}, {-1, 1}, 1e-3f);
  EXPECT_EQ(layer.weights()[3].dtype(), DType::kFloat32);
  expect_values(layer.weights()[3].value(), {1}, {1600.99f});
  EXPECT_EQ(layer(x).dtype(), DType::kFloat16);
}

/// Outputs in training, outputs afterwards, the moving mean and the moving variance; within a unit
/// of the dtype's last place.
void expect_narrow(const BatchNormalization& layer, double unit,
                   const std::vector<std::vector<double>>& expected) {
  const Tensor x = Tensor::from(std::vector<float>{1, -400, 3, 400, 5, 100}, {3, 2});
  const Tensor y = layer(x, kTraining);
  const Tensors got = {y, layer(x), layer.weights()[2].value(), layer.weights()[3].value()};
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].dtype(), layer.weights()[0].dtype());
    const auto numbers = ops::cast(got[i], DType::kFloat64).to_vector<double>();
    ASSERT_EQ(numbers.size(), expected[i].size());
    for (std::size_t j = 0; j < numbers.size(); ++j)
      EXPECT_NEAR(numbers[j], expected[i][j], unit * std::abs(expected[i][j]) + 1e-7)
          << i << ", " << j;
  }
}

TEST(BatchNormalization, NarrowWeightsAreKerass) {
  expect_narrow(BatchNormalization({.momentum = 0.5, .dtype = "float16"}), 0x1p-10,
                {{-1.224609375, -1.3134765625, 0, 1.111328125, 1.224609375, 0.2020263671875},
                 {-0.369140625, -1.7861328125, 1.107421875, 1.642578125, 2.583984375, 0.357177734},
                 {1.5, 16.671875},
                 {1.8330078125, 54432}});
  expect_narrow(BatchNormalization({.momentum = 0.5, .dtype = "bfloat16"}), 0x1p-7,
                {{-1.2265625, -1.3125, 0, 1.109375, 1.2265625, 0.2021484375},
                 {-0.369140625, -1.78125, 1.109375, 1.640625, 2.578125, 0.357421875},
                 {1.5, 16.625},
                 {1.8359375, 54528}});
  expect_narrow(
      BatchNormalization(
          {.momentum = 0.5, .renorm = true, .renorm_momentum = 0.5, .dtype = "float16"}),
      0x1p-10,
      {{1, -400, 3, 400, 5, 100},
       {-0.3798828125, -2.517578125, 1.1396484375, 2.31640625, 2.658203125, 0.50341796875},
       {1.5, 16.671875},
       {1.732421875, 27392}});
}

TEST(BatchNormalization, Gradients) {
  expect_input_gradients(BatchNormalization({.dtype = "float64"}), {3, 2}, kTraining);
  expect_input_gradients(BatchNormalization({.axis = 1, .dtype = "float64"}), {2, 2, 3}, kTraining);
  expect_input_gradients(BatchNormalization({.dtype = "float64"}), {3, 2});
}

TEST(BatchNormalization, GradientsOfTheWeights) {
  const BatchNormalization layer;
  const Tensor x = Tensor::from(std::vector<float>{1, -1, 2, 3}, {4, 1});
  layer.build(x.shape());
  const auto [value, gradients] =
      value_and_grad([&] { return ops::sum(layer(x) * x); }, layer.trainable_weights());
  ASSERT_EQ(gradients.size(), 2u);
  // At first the moving mean is 0 and the moving variance 1.
  expect_values(gradients[0], {1}, {14.9925056f});
  expect_values(gradients[1], {1}, {5});
}

TEST(BatchNormalization, ConfigIsKeras) {
  expect_config_round_trip(BatchNormalization({.axis = 1,
                                               .momentum = 0.5,
                                               .epsilon = 0.25,
                                               .center = false,
                                               .scale = false,
                                               .moving_mean_initializer = "ones",
                                               .beta_regularizer = "l2",
                                               .gamma_constraint = "non_neg",
                                               .name = "norm"}));
  Config config = BatchNormalization().get_config();
  config.set("renorm", false);
  config.set("renorm_momentum", 0.99);
  config.set("axis", Config::list_of(std::vector<int>{1}));
  EXPECT_EQ(BatchNormalization::from_config(config).get_config().at("axis"), Config(1));
  Config unsupported = BatchNormalization().get_config();
  unsupported.set("synchronized", true);
  expect_error<ValueError>([&] { BatchNormalization::from_config(unsupported); }, "synchronized");
}

BatchNormalization renormalizing(BatchNormalizationOptions options = {}) {
  options.renorm = true;
  options.renorm_clipping = RenormClipping{.rmax = 1.5, .rmin = 0.5, .dmax = 0.4};
  options.momentum = 0.9;
  options.renorm_momentum = 0.8;
  return BatchNormalization(options);
}

TEST(BatchNormalization, RenormalizesTowardsSlowAverages) {
  const BatchNormalization layer = renormalizing();
  layer.build(Shape{4, 3});
  layer.weights()[0].assign(ops::full({3}, 2));
  layer.weights()[1].assign(ops::full({3}, 0.5));
  std::vector<float> values;
  for (int i = 0; i < 12; ++i) values.push_back(std::pow(static_cast<float>(i), 1.5f) / 10);
  const Tensor x = Tensor::from(values, {4, 3});
  // Two calls of keras.layers.BatchNormalization in training.
  expect_values(layer(x, {.training = true}), {4, 3},
                {-1.0446548f, -1.4571519f, -1.7902676f, -0.0054241f, -0.0571519f, -0.1198850f,
                 1.8947332f, 2.0468996f, 2.1695302f, 4.3553457f, 4.6674032f, 4.9406214f},
                1e-4f);
  expect_values(layer(x, {.training = true}), {4, 3},
                {-1.0316281f, -1.3740733f, -1.6348864f, 0.0018287f, -0.0162581f, -0.0484920f,
                 1.8914289f, 2.0243938f, 2.1258097f, 4.3383709f, 4.5659361f, 4.7575684f},
                1e-4f);
  const Variables weights = layer.weights();
  ASSERT_EQ(weights.size(), 7u);
  expect_values(weights[2].value(), {3}, {0.2227422f, 0.2809294f, 0.3473155f});
  expect_values(weights[3].value(), {3}, {1.0096430f, 1.0589007f, 1.1021208f});
  expect_values(weights[4].value(), {3}, {1.0053074f, 1.0295148f, 1.0502956f});
  expect_values(weights[5].value(), {3}, {0.4220378f, 0.5322874f, 0.6580716f});
  expect_values(weights[6].value(), {3}, {1.0100564f, 1.0559230f, 1.0952972f});
  expect_values(layer(x), {4, 3},
                {0.0568675f, 0.1485152f, 0.3772291f, 1.0906116f, 1.5083791f, 1.9676222f, 2.9807372f,
                 3.5521102f, 4.1474037f, 5.4283590f, 6.0974879f, 6.7856957f},
                1e-4f);
}

TEST(BatchNormalization, RenormConfigIsKeras) {
  const Config config = renormalizing().get_config();
  EXPECT_EQ(config.at("renorm_clipping").to_string(), R"({"rmax": 1.5, "rmin": 0.5, "dmax": 0.4})");
  testing::expect_config_round_trip(renormalizing());
  EXPECT_EQ(BatchNormalization({.renorm = true}).get_config().at("renorm_clipping").to_string(),
            "{}");
  Config wrong = config;
  wrong.set("renorm_clipping", Config{{"max", 1.0}});
  expect_error<ValueError>([&] { BatchNormalization::from_config(wrong); },
                           "Received invalid keys for `renorm_clipping` argument");
  expect_error<ValueError>(
      [] {
        BatchNormalization(
            {.renorm = true, .renorm_clipping = RenormClipping{.rmax = 1.0, .rmin = 2.0}});
      },
      "rmax should be greater than rmin");
  expect_error<ValueError>(
      [] { BatchNormalization({.renorm = true, .renorm_clipping = RenormClipping{.dmax = -1.0}}); },
      "dmax should be non-negative");
}

TEST(BatchNormalization, RefusesBadArguments) {
  expect_error<ValueError>([] { BatchNormalization({.momentum = 1.5}); }, "momentum");
  expect_error<ValueError>([] { BatchNormalization({.axis = 3})(ops::zeros({2, 2})); }, "3");
  expect_error<ValueError>(
      [] {
        BatchNormalization()(Input({2, kUnknown}));
      },
      "should have a defined dimension");
  const BatchNormalization layer = two_channels();
  expect_error<ShapeError>([&] { layer(ops::zeros({2, 3})); }, "expected axis -1");
}

}  // namespace
}  // namespace keras::layers
