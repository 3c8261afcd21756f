#include "keras/layers/core/activation.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/layers/activations/prelu.h"
#include "keras/layers/activations/rectifiers.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/identity.h"
#include "keras/ops/numpy.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::layers {
namespace {

TEST(Activation, AppliesItsFunction) {
  const Activation layer("relu", {.name = "a"});
  testing::expect_values(layer(testing::ramp({2, 3})), {2, 3}, {0, 0.5f, 0, 1.25f, 0.25f, 0});
  EXPECT_EQ(layer.get_config().at("activation").as_string(), "relu");
  EXPECT_EQ(Activation::from_config(layer.get_config()).get_config(), layer.get_config());
  EXPECT_THROW(Activation("no_such_function"), ValueError);
  const Activation tanh("tanh", {.dtype = "float64"});
  testing::expect_gradients([&](const Tensors& in) { return tanh(in[0]); },
                            {testing::distinct({2, 3})});
}

TEST(Activation, MayBeALayerInFiles) {
  const Config config = {{"module", "keras.layers"},
                         {"class_name", "LeakyReLU"},
                         {"config", LeakyReLU({.negative_slope = 0.5}).get_config()},
                         {"registered_name", nullptr}};
  Config dense = Dense(2).get_config();
  dense.set("activation", config);
  const Dense layer = Dense::from_config(dense);
  EXPECT_EQ(layer.get_config().at("activation"), config);
  layer.build(Shape{1, 1});
  layer.set_weights({Tensor::from(std::vector<float>{1, -1}, {1, 2}), ops::zeros({2})});
  testing::expect_values(layer(Tensor::from(std::vector<float>{4}, {1, 1})), {1, 2}, {4, -2});

  Config with_weights = config;
  with_weights.set("class_name", "PReLU");
  with_weights.set("config", PReLU().get_config());
  dense.set("activation", with_weights);
  testing::expect_error<ValueError>(
      [&] {
        Dense::from_config(dense)(testing::ramp({1, 1}));
      },
      "has weights and cannot be an `activation` argument");
}

TEST(Identity, GivesInputsBack) {
  const Identity layer({.name = "i"});
  const Tensor mask = Tensor::from(std::vector<bool>{true, false}, {2});
  const Tensor y = layer(testing::ramp({2, 3}).with_mask(mask));
  EXPECT_EQ(y.to_vector<float>(), testing::ramp({2, 3}).to_vector<float>());
  ASSERT_TRUE(y.mask());
  EXPECT_TRUE(y.mask()->is_same(mask));
  EXPECT_EQ(layer.call_list({testing::ramp({2}), testing::ramp({3})}).size(), 2u);
  EXPECT_EQ(Identity::from_config(layer.get_config()).get_config(), layer.get_config());
}

}  // namespace
}  // namespace keras::layers
