#include "keras/layers/core/dense.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

TEST(Dense, ComputesActivationOfTheAffineMap) {
  const Dense dense(2, {.activation = "relu"});
  const Tensor x = Tensor::from(std::vector<float>{1, 2, -3, 4}, {2, 2});
  dense.build(Shape{2, 2});
  dense.set_weights(
      {Tensor::from(std::vector<float>{1, 0, 0, 1}, {2, 2}), Tensor::of<float>({0, -3})});
  EXPECT_EQ(dense(x).to_vector<float>(), (std::vector<float>{1, 0, 0, 1}));
  EXPECT_EQ(dense.count_params(), 6);
}

TEST(Dense, RefusesInputsThatDoNotFit) {
  const Dense dense(2, {.name = "dense"});
  dense.build(Shape{kUnknown, 64});
  try {
    dense(ops::zeros({32, 63}));
    FAIL() << "no error";
  } catch (const ShapeError& error) {
    EXPECT_EQ(
        error.message(),
        "Input 0 of layer \"dense\" is incompatible with the layer: expected axis -1 of input "
        "shape to have value 64, but received input with shape (32, 63)");
  }
  EXPECT_THROW(Dense(0), ValueError);
  EXPECT_THROW(Dense(-3), ValueError);
}

TEST(Dense, ConfigRoundTrip) {
  const Dense dense(3, {.activation = "tanh", .use_bias = false, .name = "d"});
  const Dense again = Dense::from_config(dense.get_config());
  EXPECT_EQ(again.get_config(), dense.get_config());
  Config wrong = dense.get_config();
  wrong.set("no_such_argument", 1);
  EXPECT_THROW(Dense::from_config(wrong), ValueError);
}

}  // namespace
}  // namespace keras::layers
