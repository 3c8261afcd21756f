#include <gtest/gtest.h>

#include "keras/activations/activations.h"
#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/operation.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::ramp;

Tensor symbolic(const Shape& shape) {
  return engine::make_symbolic({shape, DType::kFloat32}, std::make_shared<OperationHistory>());
}

/// What a symbolic call must look like and, replayed on values, give.
void expect_recorded(const Tensor& y, const std::string& class_name, const Config& config,
                     const Shape& shape) {
  ASSERT_TRUE(y.is_symbolic()) << class_name;
  const OperationNode& node = *history_of(y).node;
  EXPECT_EQ(node.operation->class_name(), class_name);
  EXPECT_EQ(node.operation->op_config(), config) << node.operation->op_config().to_string();
  EXPECT_EQ(y.shape(), shape) << class_name;
}

Tensor replay(const Tensor& y, const Tensors& inputs) {
  const OperationNode& node = *history_of(y).node;
  return node.operation->replay(inputs, node.arguments, {})[0];
}

TEST(SymbolicOps, KeepUnknownDimensionsAndKerasNames) {
  const Tensor images = symbolic({kUnknown, kUnknown, 8, 2});
  expect_recorded(ops::conv(images, ramp({3, 3, 2, 5}), {.strides = {2, 1}, .padding = "SAME"}),
                  "Conv",
                  {{"strides", Config::list({2, 1})},
                   {"padding", "same"},
                   {"data_format", "channels_last"},
                   {"dilation_rate", 1}},
                  {kUnknown, kUnknown, 8, 5});
  expect_recorded(ops::max_pool(images, 2), "MaxPool",
                  {{"pool_size", 2},
                   {"strides", nullptr},
                   {"padding", "valid"},
                   {"data_format", "channels_last"}},
                  {kUnknown, kUnknown, 4, 2});
  const Tensor rows = symbolic({kUnknown, 6});
  expect_recorded(ops::softmax(rows), "Softmax", {{"axis", -1}}, {kUnknown, 6});
  expect_recorded(ops::matmul(rows, ramp({6, 3})), "Matmul", Config::dict(), {kUnknown, 3});
  expect_recorded(ops::einsum("ij,kj->ik", {rows, ramp({4, 6})}), "Einsum",
                  {{"subscripts", "ij,kj->ik"}}, {kUnknown, 4});
  expect_recorded(ops::leaky_relu(rows), "LeakyRelu", {{"negative_slope", 0.2}}, {kUnknown, 6});
  expect_recorded(activations::relu(rows, {.max_value = 6.0}), "ReLU",
                  {{"negative_slope", 0.0}, {"max_value", 6.0}, {"threshold", 0.0}}, {kUnknown, 6});
  expect_recorded(ops::categorical_crossentropy(rows, rows, {.from_logits = true}),
                  "CategoricalCrossentropy", {{"from_logits", true}, {"axis", -1}}, {kUnknown});
}

TEST(SymbolicOps, GiveTheSameWhenReplayed) {
  const Tensor x = ramp({2, 3, 4}), gamma = ramp({4}), beta = ramp({4});
  const ops::LayerNormalizationOptions options{.gamma = gamma, .beta = beta};
  const Tensor y = ops::layer_normalization(symbolic({kUnknown, 3, 4}), options);
  expect_recorded(y, "LayerNorm", {{"axis", -1}, {"epsilon", nullptr}, {"rms_scaling", false}},
                  {kUnknown, 3, 4});
  EXPECT_EQ(replay(y, {x, gamma, beta}).to_vector<float>(),
            ops::layer_normalization(x, options).to_vector<float>());

  const Tensor mean = ramp({4}), variance = ops::abs(ramp({4})) + 1;
  const Tensor z =
      ops::batch_normalization(symbolic({kUnknown, 3, 4}), mean, variance, -1, {.scale = gamma});
  expect_recorded(z, "BatchNorm", {{"axis", -1}, {"epsilon", 1e-3}}, {kUnknown, 3, 4});
  // Only x is symbolic; the others stand in the call as values.
  const Config& arguments = history_of(z).node->arguments;
  EXPECT_EQ(arguments.at("args").at(0), (Config{{"tensor", 0}}));
  EXPECT_EQ(arguments.at("kwargs").at("scale"),
            (Config{{"class_name", "__tensor__"},
                    {"config",
                     {{"value", Config::list({-1.25, 0.5, -0.5, 1.25})}, {"dtype", "float32"}}}}));
  EXPECT_EQ(replay(z, {x, mean, variance, gamma}).to_vector<float>(),
            ops::batch_normalization(x, mean, variance, -1, {.scale = gamma}).to_vector<float>());
}

TEST(SymbolicOps, MomentsHaveTwoResults) {
  const auto [mean, variance] = ops::moments(symbolic({kUnknown, 5}), {1}, {.keepdims = true});
  EXPECT_EQ(mean.shape(), (Shape{kUnknown, 1}));
  EXPECT_EQ(history_of(variance).output_index, 1);
}

}  // namespace
}  // namespace keras
