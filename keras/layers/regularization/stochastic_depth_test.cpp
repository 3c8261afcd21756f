#include "keras/layers/regularization/stochastic_depth.h"

#include "keras/engine/error.h"
#include "keras/layers/core/input_layer.h"
#include "keras/ops/numpy.h"
#include "keras/saving/serialization.h"
#include "keras/utils/random_seed.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;

const CallOptions kTraining{.training = true};

TEST(StochasticDepth, DropsWholeSamplesInTraining) {
  utils::set_random_seed(1);
  const StochasticDepth layer(0.25);
  const Tensor out = layer(ops::ones({4000, 2, 3}), kTraining);
  ASSERT_EQ(out.shape(), (Shape{4000, 2, 3}));
  const auto values = out.to_vector<float>();
  int kept = 0;
  for (std::size_t sample = 0; sample < 4000; ++sample) {
    const float first = values[sample * 6];
    ASSERT_TRUE(first == 0 || first == 1 / 0.75f) << first;
    for (std::size_t i = 1; i < 6; ++i) ASSERT_EQ(values[sample * 6 + i], first);
    kept += first != 0;
  }
  EXPECT_NEAR(kept, 3000, 150);
}

TEST(StochasticDepth, DoesNothingOtherwise) {
  const Tensor x = testing::ramp({3, 4});
  EXPECT_EQ(StochasticDepth(0.9)(x).to_vector<float>(), x.to_vector<float>());
  EXPECT_EQ(StochasticDepth(0)(x, kTraining).to_vector<float>(), x.to_vector<float>());
  EXPECT_EQ(StochasticDepth(0.5)(Input({4})).shape(), (Shape{kUnknown, 4}));
}

TEST(StochasticDepth, ConfigIsKeras) {
  const StochasticDepth layer(0.25, {.name = "d"});
  expect_config_keys(layer, {"drop_path_rate"});
  expect_config_round_trip(layer);
  const Config saved = saving::serialize_layer(layer);
  EXPECT_EQ(saved.at("module").as_string(), "keras.src.applications.convnext");
  EXPECT_EQ(saved.at("registered_name").as_string(), "StochasticDepth");
}

TEST(StochasticDepth, RefusesBadArguments) {
  expect_error<ValueError>([] { StochasticDepth(1); }, "drop_path_rate=1");
  expect_error<ValueError>([] { StochasticDepth(-0.5); }, "drop_path_rate=-0.5");
}

}  // namespace
}  // namespace keras::layers
