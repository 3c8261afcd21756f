#include "keras/layers/core/layer_scale.h"

#include "keras/engine/error.h"
#include "keras/layers/core/input_layer.h"
#include "keras/saving/serialization.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;

TEST(LayerScale, HasKerasValues) {
  const LayerScale layer(0.5, 3);
  expect_values(layer(Tensor::from<float>({0, 1, 2, 3, 4, 5}, {2, 3})), {2, 3},
                {0, 0.5f, 1, 1.5f, 2, 2.5f});
  ASSERT_EQ(layer.trainable_weights().size(), 1u);
  EXPECT_TRUE(layer.weights()[0].name().starts_with("variable"));
  EXPECT_EQ(layer(Input({7, 3})).shape(), (Shape{kUnknown, 7, 3}));
}

TEST(LayerScale, HasGradients) {
  testing::expect_input_gradients(LayerScale(0.5, 3, {.dtype = "float64"}), {2, 4, 3});
}

TEST(LayerScale, ConfigIsKeras) {
  const LayerScale layer(1e-6, 96, {.name = "scale"});
  expect_config_keys(layer, {"init_values", "projection_dim"});
  expect_config_round_trip(layer);
  const Config saved = saving::serialize_layer(layer);
  EXPECT_EQ(saved.at("module").as_string(), "keras.src.applications.convnext");
  EXPECT_EQ(saved.at("registered_name").as_string(), "LayerScale");
  EXPECT_EQ(saving::deserialize_layer(saved).class_name(), "LayerScale");
}

TEST(LayerScale, RefusesBadArguments) {
  expect_error<ValueError>([] { LayerScale(1, 0); }, "projection_dim=0");
  expect_error<ValueError>([] { LayerScale(1, 4, {.name = "s"})(Input({3})); },
                           "projection_dim=4 does not fit");
}

}  // namespace
}  // namespace keras::layers
