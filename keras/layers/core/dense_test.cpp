#include "keras/layers/core/dense.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

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

std::vector<std::string> names(const Variables& variables) {
  std::vector<std::string> out;
  for (const auto& variable : variables) out.push_back(variable.name());
  return out;
}

TEST(Dense, AdaptsItsKernelAtLowRank) {
  const Dense dense(2, {.activation = "tanh"});
  EXPECT_THROW(dense.enable_lora(1), NotBuiltError);
  dense.build(Shape{kUnknown, 3});
  dense.set_weights({Tensor::from(std::vector<float>{1, 2, 3, 4, 5, 6}, {3, 2}),
                     Tensor::of<float>({0.5f, -0.5f})});
  dense.enable_lora(1, {.lora_alpha = 3});
  const std::vector<std::string> all = {"kernel", "bias", "lora_kernel_a", "lora_kernel_b"};
  EXPECT_EQ(names(dense.weights()), all);
  EXPECT_EQ(names(dense.trainable_weights()),
            (std::vector<std::string>{all.begin() + 1, all.end()}));
  dense.weights()[2].assign(Tensor::from(std::vector<float>{0.1f, 0.2f, 0.3f}, {3, 1}));
  dense.weights()[3].assign(Tensor::from(std::vector<float>{1, -1}, {1, 2}));
  const Tensor x = Tensor::from(std::vector<float>{0.1f, 0.2f, -0.1f}, {1, 3});
  testing::expect_values(dense(x), {1, 2}, {0.641077f, -0.15864848f}, 1e-6);
  EXPECT_THROW(dense.enable_lora(2), ValueError);
  EXPECT_EQ(dense.get_config().at("lora_alpha"), Config(3));
}

TEST(Dense, TakesTheRankAsAnArgument) {
  const Dense dense(2, {.lora_rank = 2, .lora_alpha = 4});
  const Dense again = Dense::from_config(dense.get_config());
  EXPECT_EQ(again.get_config().at("lora_alpha"), Config(4));
  again.build(Shape{kUnknown, 3});
  EXPECT_EQ(again.count_params(), 6 + 2 + 3 * 2 + 2 * 2);
  // Keras 3.15 forgets the argument when it builds the layer.
  EXPECT_EQ(again.get_config().at("lora_alpha"), Config(2));
  EXPECT_THROW(Dense(2, {.lora_rank = 0}), ValueError);
  EXPECT_THROW(Dense(2, {.kernel_constraint = "non_neg", .lora_rank = 1}), ValueError);
}

}  // namespace
}  // namespace keras::layers
