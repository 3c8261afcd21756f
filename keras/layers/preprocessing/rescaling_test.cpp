#include "keras/layers/preprocessing/rescaling.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::layers {
namespace {

TEST(Rescaling, AgreesWithKeras) {
  const Rescaling layer({0.5, 2, 1}, {.offset = {1, 0, -1}, .name = "r"});
  testing::expect_values(layer(testing::ramp({2, 3})), {2, 3},
                         {0.375f, 1, -1.5f, 1.625f, 0.5f, -1.75f});
  EXPECT_EQ(Rescaling::from_config(layer.get_config()).get_config(), layer.get_config());
}

TEST(Rescaling, MakesFloatsOfPixels) {
  const Rescaling layer(1.0 / 255);
  const Tensor y = layer(Tensor::of<std::uint8_t>({0, 51, 255}));
  EXPECT_EQ(y.dtype(), DType::kFloat32);
  testing::expect_values(y, {3}, {0, 0.2f, 1});
}

TEST(Rescaling, ReadsArraysAsKerasWritesThem) {
  const auto layer = Rescaling::from_config(
      {{"scale",
        {{"class_name", "__numpy__"},
         {"config", {{"value", Config::list({1.0, 2.0})}, {"dtype", "float32"}}}}},
       {"offset", 3}});
  testing::expect_values(layer(Tensor::of<float>({1, 1})), {2}, {4, 5});
  EXPECT_THROW(Rescaling::from_config(Config::dict()), ValueError);
  EXPECT_THROW(Rescaling::from_config({{"scale", "large"}}), ValueError);
}

TEST(Rescaling, HasRightGradients) {
  const Rescaling layer(0.3, {.offset = 2, .dtype = "float64"});
  testing::expect_gradients([&](const Tensors& in) { return layer(in[0]); },
                            {testing::distinct({2, 3})});
}

}  // namespace
}  // namespace keras::layers
