#include "keras/layers/core/activation.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/layers/core/identity.h"
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
