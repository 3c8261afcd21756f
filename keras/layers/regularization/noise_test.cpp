#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "keras/layers/core/input_layer.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/regularization/activity_regularization.h"
#include "keras/layers/regularization/alpha_dropout.h"
#include "keras/layers/regularization/gaussian.h"
#include "keras/layers/regularization/spatial_dropout.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;

const CallOptions kTraining{.training = true};

struct Moments {
  double mean;
  double stddev;
};

Moments moments(const Tensor& x) { return {ops::mean(x).item<float>(), ops::std(x).item<float>()}; }

TEST(ActivityRegularization, PenalizesItsInput) {
  const ActivityRegularization layer({.l1 = 0.1, .l2 = 0.01});
  const Tensor x = Tensor::from<float>({1, -2, 3, -4, 5, 6}, {2, 3});
  const LossScope scope;
  expect_values(layer(x), {2, 3}, x.to_vector<float>());
  ASSERT_EQ(scope.losses().size(), 1u);
  // layer.losses in Keras.
  EXPECT_NEAR(scope.losses()[0].item<float>(), 1.505f, 1e-6);
}

TEST(ActivityRegularization, ConfigIsKeras) {
  const ActivityRegularization layer({.l1 = 0.5, .name = "a"});
  expect_config_keys(layer, {"l1", "l2"});
  expect_config_round_trip(layer);
  expect_error<ValueError>([] { ActivityRegularization({.l1 = -1}); }, "l1");
}

TEST(NoiseLayers, DoNothingOutsideOfTraining) {
  const Tensor x = testing::ramp({3, 4, 2});
  for (const Layer& layer : {Layer(GaussianNoise(0.5)), Layer(GaussianDropout(0.5)),
                             Layer(AlphaDropout(0.5)), Layer(SpatialDropout1D(0.5))}) {
    expect_values(layer(x), {3, 4, 2}, x.to_vector<float>());
    EXPECT_EQ(layer(Input({4, 2})).shape(), (Shape{kUnknown, 4, 2}));
    EXPECT_NE(layer(x, kTraining).to_vector<float>(), x.to_vector<float>());
    const Tensor mask = ops::ones({3, 4}, DType::kBool);
    EXPECT_NE(layer(x.with_mask(mask), kTraining).mask(), nullptr) << layer.class_name();
  }
  for (const Layer& layer : {Layer(GaussianNoise(0)), Layer(GaussianDropout(0)),
                             Layer(AlphaDropout(0)), Layer(SpatialDropout1D(0))})
    expect_values(layer(x, kTraining), {3, 4, 2}, x.to_vector<float>());
}

TEST(NoiseLayers, HaveKerasMoments) {
  const Tensor ones = ops::ones({200, 200});
  const Moments added = moments(GaussianNoise(0.25, {.seed = 1})(ones, kTraining));
  EXPECT_NEAR(added.mean, 1, 0.01);
  EXPECT_NEAR(added.stddev, 0.25, 0.01);
  const Moments multiplied = moments(GaussianDropout(0.2, {.seed = 1})(ones * 2, kTraining));
  EXPECT_NEAR(multiplied.mean, 2, 0.02);
  EXPECT_NEAR(multiplied.stddev, 1, 0.02);
}

TEST(NoiseLayers, RepeatWithTheSeed) {
  const Tensor x = ops::ones({64});
  const auto first = GaussianNoise(0.5, {.seed = 7})(x, kTraining).to_vector<float>();
  EXPECT_EQ(GaussianNoise(0.5, {.seed = 7})(x, kTraining).to_vector<float>(), first);
  EXPECT_NE(GaussianNoise(0.5, {.seed = 8})(x, kTraining).to_vector<float>(), first);
}

TEST(NoiseLayers, TheGradientsAreThoseOfTheDraw) {
  const Tensor x = testing::ramp({16});
  const auto added = grad([&](const Tensor& in) {
    return ops::sum(GaussianNoise(0.5, {.seed = 5})(in, kTraining));
  })(x);
  expect_values(added, {16}, std::vector<float>(16, 1.0f));
  const auto multiplied = grad([&](const Tensor& in) {
    return ops::sum(GaussianDropout(0.5, {.seed = 5})(in, kTraining));
  })(x);
  expect_values(multiplied, {16},
                GaussianDropout(0.5, {.seed = 5})(ops::ones({16}), kTraining).to_vector<float>());
}

TEST(AlphaDropout, KeepsMeanAndVariance) {
  const Tensor x = ops::reshape(ops::linspace(-1.732, 1.732, {.num = 40000}), {200, 200});
  const Moments out = moments(AlphaDropout(0.3, {.seed = 2})(x, kTraining));
  EXPECT_NEAR(out.mean, 0, 0.02);
  EXPECT_NEAR(out.stddev, 1, 0.02);
}

TEST(AlphaDropout, TakesTwoValuesOnOnes) {
  // keras.layers.AlphaDropout(0.25)(ones, training=True): the dropped and the kept ones.
  const auto values = AlphaDropout(0.25, {.noise_shape = Shape{kUnknown, 1}, .seed = 2})(
                          ops::ones({40, 3}), kTraining)
                          .to_vector<float>();
  int dropped = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(values[i], values[i - i % 3]);
    dropped += values[i] < 0;
    EXPECT_NEAR(values[i], values[i] < 0 ? -1.1435442 : 1.2484393, 1e-5);
  }
  EXPECT_GT(dropped, 0);
  EXPECT_LT(dropped, 90);
}

TEST(SpatialDropout, DropsWholeChannels) {
  const auto check = [](const Layer& layer, const Shape& shape, const std::vector<int>& spatial) {
    const Tensor out = layer(ops::ones(shape), kTraining);
    const Tensor least = ops::min(out, {.axis = spatial});
    expect_values(ops::max(out, {.axis = spatial}), least.shape(), least.to_vector<float>());
    const auto values = least.to_vector<float>();
    EXPECT_GT(std::count(values.begin(), values.end(), 0.0f), 10);
    EXPECT_GT(std::count(values.begin(), values.end(), 2.0f), 10);
  };
  check(SpatialDropout1D(0.5, {.seed = 1}), {8, 5, 16}, {1});
  check(SpatialDropout2D(0.5, {.seed = 1}), {8, 3, 2, 16}, {1, 2});
  check(SpatialDropout2D(0.5, {.data_format = "channels_first", .seed = 1}), {8, 16, 3, 2}, {2, 3});
  check(SpatialDropout3D(0.5, {.seed = 1}), {8, 3, 2, 2, 16}, {1, 2, 3});
}

TEST(SpatialDropout, ConfigIsKeras) {
  EXPECT_EQ(SpatialDropout1D(0.5, {.name = "s"}).get_config().to_string(),
            R"({"rate": 0.5, "seed": null, "name": "s", "dtype": "float32"})");
  EXPECT_EQ(SpatialDropout3D(0.5, {.seed = 3, .name = "s"}).get_config().to_string(),
            R"({"rate": 0.5, "seed": 3, "name": "s", "dtype": "float32", )"
            R"("data_format": "channels_last"})");
  expect_config_round_trip(SpatialDropout1D(0.25));
  expect_config_round_trip(SpatialDropout2D(0.25, {.data_format = "channels_first"}));
  expect_config_round_trip(SpatialDropout3D(0.25, {.dtype = "mixed_bfloat16"}));
}

TEST(NoiseLayers, ConfigsAreKeras) {
  expect_config_keys(GaussianNoise(0.5), {"stddev", "seed"});
  expect_config_keys(GaussianDropout(0.5), {"rate", "seed"});
  expect_config_keys(AlphaDropout(0.5), {"rate", "seed", "noise_shape"});
  expect_config_round_trip(GaussianNoise(0.5, {.seed = 4}));
  expect_config_round_trip(GaussianDropout(0.5, {.name = "d"}));
  expect_config_round_trip(AlphaDropout(0.5, {.noise_shape = Shape{kUnknown, 1}}));
}

TEST(NoiseLayers, RefuseBadArguments) {
  expect_error<ValueError>([] { GaussianNoise(1.5); },
                           "Invalid value received for argument `stddev`. Expected a float value "
                           "between 0 and 1. Received: stddev=1.5");
  expect_error<ValueError>([] { GaussianDropout(-1); }, "`rate`");
  expect_error<ValueError>([] { AlphaDropout(2); }, "`rate`");
  expect_error<ValueError>([] { SpatialDropout2D(2); }, "`rate`");
  expect_error<ValueError>([] { SpatialDropout2D(0.5, {.data_format = "last"}); }, "data_format");
  expect_error<ValueError>([] { SpatialDropout1D(0.5)(ops::ones({2, 2})); }, "ndim=3");
  expect_error<ValueError>([] { GaussianDropout(1)(ops::ones({2}), kTraining); }, "rate=1");
  expect_error<ValueError>([] { AlphaDropout(1)(ops::ones({2}), kTraining); }, "rate=1");
}

}  // namespace
}  // namespace keras::layers
