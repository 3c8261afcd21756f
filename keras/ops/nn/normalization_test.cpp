#include "keras/ops/nn/normalization.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/ops/core.h"
#include "keras/ops/gradient.h"
#include "keras/ops/nn.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::distinct;
using testing::expect_error;
using testing::expect_gradients;
using testing::expect_second_gradients;
using testing::expect_values;
using testing::ramp;

TEST(Moments, GiveKerasValues) {
  const auto [mean, variance] = ops::moments(ramp({3, 4}), {0});
  expect_values(mean, {4}, {-0.6666667f, 0.1666667f, 0.08333334f, 0.0f});
  expect_values(variance, {4}, {0.4305556f, 0.4305556f, 0.4305556f, 1.041667f});
  EXPECT_EQ(ops::moments(ramp({3, 4}), {-1}, {.keepdims = true}).second.shape(), (Shape{3, 1}));
}

TEST(BatchNormalization, GivesKerasValues) {
  const Tensor mean = Tensor::of<float>({-0.6666667f, 0.1666667f});
  const Tensor variance = Tensor::of<float>({0.4305556f, 0.4305556f});
  expect_values(ops::batch_normalization(ramp({3, 2}), mean, variance, -1,
                                         {.offset = Tensor::of<float>({0.5f, -1.0f}),
                                          .scale = Tensor::of<float>({2.0f, 0.25f})}),
                {3, 2}, {-1.275941f, -0.8731471f, 1.007412f, -0.5877281f, 3.290764f, -1.348845f});
  expect_error<ShapeError>(
      [&] {
        ops::batch_normalization(ramp({2, 3}), mean, variance, 1);
      },
      "Arguments `variance` must be a vector of length `x.shape[axis]`. "
      "Expected: `(3,)`. Received: `(2,)");
}

TEST(BatchNormTraining, AgreesWithMomentsAndFormula) {
  const Tensor x = ramp({3, 2, 4});
  const ops::BatchNormalized result = ops::batch_normalize(
      x, 1, {.offset = Tensor::of<float>({0.5f, -1.0f}), .scale = Tensor::of<float>({2, 0.25f})});
  const auto [mean, variance] = ops::moments(x, {0, 2});
  expect_values(result.mean, {2}, mean.to_vector<float>());
  expect_values(result.variance, {2}, variance.to_vector<float>());
  expect_values(result.output, {3, 2, 4},
                ops::batch_normalization(x, mean, variance, 1,
                                         {.offset = Tensor::of<float>({0.5f, -1.0f}),
                                          .scale = Tensor::of<float>({2, 0.25f})})
                    .to_vector<float>());
}

TEST(BatchNormTraining, DecomposesIntoTheSame) {
  const Tensors in{ramp({4, 3}), Tensor::of<float>({1, 2, 3}), Tensor::of<float>({0, 1, 2})};
  const ops::BatchNormAttrs attrs{};
  const Tensors actual = engine::make_call(ops::batch_norm_training_op, in, attrs);
  const Tensors expected = ops::batch_norm_training_op.decompose(in, attrs);
  for (std::size_t i = 0; i < 3; ++i)
    expect_values(actual[i], expected[i].shape(), expected[i].to_vector<float>());
}

Tensor all_outputs(const ops::BatchNormalized& result) {
  return ops::concatenate({ops::reshape(result.output, {-1}), result.mean, result.variance});
}

TEST(BatchNormTraining, HasGradientsThroughAllOutputs) {
  const Tensor x = distinct({3, 2, 2}), gamma = distinct({2}), beta = distinct({2});
  expect_gradients(
      [](const Tensors& in) {
        return all_outputs(ops::batch_normalize(in[0], -1, {.offset = in[2], .scale = in[1]}));
      },
      {x, gamma, beta});
  expect_gradients([](const Tensors& in) { return all_outputs(ops::batch_normalize(in[0], -1)); },
                   {x});
  expect_gradients(
      [](const Tensors& in) { return ops::batch_normalize(in[0], -1, {.offset = in[1]}).output; },
      {x, beta});
}

TEST(BatchNormTraining, HasGradientsOfGradients) {
  expect_second_gradients(
      [](const Tensors& in) {
        return all_outputs(ops::batch_normalize(in[0], -1, {.offset = in[2], .scale = in[1]}));
      },
      {distinct({4, 2}), distinct({2}), distinct({2})});
}

TEST(BatchNormTraining, KeepsStatisticsOfSixteenBitsInFloat32) {
  const Tensor x = ops::cast(ramp({4, 2}), DType::kFloat16);
  const ops::BatchNormalized result = ops::batch_normalize(x, -1);
  EXPECT_EQ(result.output.dtype(), DType::kFloat16);
  EXPECT_EQ(result.mean.dtype(), DType::kFloat32);
  expect_values(result.output, {4, 2},
                ops::batch_normalize(ramp({4, 2}), -1).output.to_vector<float>(), 2e-3f);
}

TEST(BatchNormTraining, NamesParametersThatDoNotFit) {
  expect_error<ShapeError>(
      [] {
        ops::batch_normalize(ramp({4, 2}), -1, {.scale = ramp({3})});
      },
      "gamma must be float32 (2,), received float32 (3,)");
  expect_error<ShapeError>([] { ops::batch_normalize(ramp({4}), -1); }, "received shape (4,)");
}

TEST(LayerNormalization, GivesKerasValues) {
  expect_values(ops::layer_normalization(ramp({2, 4}), {.gamma = Tensor::of<float>({1, 2, 0.5f, 1}),
                                                        .beta = Tensor::of<float>({0, 1, 0, -1}),
                                                        .epsilon = 1e-3}),
                {2, 4},
                {-1.31234f, 2.049872f, -0.2624681f, 0.3123405f, 0.1997445f, -1.796423f, 0.6991057f,
                 -1.199744f});
  expect_values(ops::layer_normalization(ramp({2, 3, 2}), {.axis = {1}, .epsilon = 1e-3}),
                {2, 3, 2},
                {-1.223115f, 0.2018822f, 0.0f, 1.110352f, 1.223115f, -1.312235f, 1.312235f,
                 0.2018822f, -1.110352f, 1.110352f, -0.2018822f, -1.312235f});
}

TEST(LayerNormalization, DecomposesIntoTheSame) {
  const Tensors in{ramp({2, 2, 3}), ramp({2, 3})};
  const ops::LayerNormAttrs attrs{2, 1e-3, true, false};
  const Tensors actual = engine::make_call(ops::layer_norm_op, in, attrs);
  const Tensors expected = ops::layer_norm_op.decompose(in, attrs);
  for (std::size_t i = 0; i < 3; ++i)
    expect_values(actual[i], expected[i].shape(), expected[i].to_vector<float>());
}

TEST(LayerNormalization, HasGradientsOfGradients) {
  const auto normalize = [](const Tensors& in) {
    return ops::layer_normalization(
        in[0], {.gamma = in[1], .beta = in[2], .axis = {-2, -1}, .epsilon = 1e-3});
  };
  const Tensors in{distinct({2, 3, 2}), distinct({3, 2}), distinct({3, 2})};
  expect_gradients(normalize, in);
  expect_second_gradients(normalize, in);
  expect_gradients([](const Tensors& x) { return ops::layer_normalization(x[0], {.axis = {0}}); },
                   {distinct({3, 2})});
}

TEST(RmsNormalization, GivesKerasValues) {
  expect_values(
      ops::rms_normalization(ramp({2, 4}), {.scale = Tensor::of<float>({1, 2, 0.5f, 1})}), {2, 4},
      {-1.313064f, 1.050451f, -0.2626128f, 1.313064f, 0.3922322f, -2.353394f, 0.7844645f, 0.0f});
}

TEST(Normalize, GivesKerasValues) {
  expect_values(ops::normalize(ramp({2, 3})), {2, 3},
                {-0.8703883f, 0.3481553f, -0.3481553f, 0.8451542f, 0.1690308f, -0.5070925f});
  expect_values(ops::normalize(ramp({2, 3}), {.order = 3}), {2, 3},
                {-0.9606466f, 0.3842586f, -0.3842586f, 0.9348449f, 0.186969f, -0.5609069f});
  expect_values(ops::normalize(ramp({2, 3}), {.axis = 0, .order = 1}), {2, 3},
                {-0.5f, 0.6666667f, -0.4f, 0.5f, 0.3333333f, -0.6f});
  expect_error<ValueError>(
      [] {
        ops::normalize(ramp({2, 3}), {.order = 0});
      },
      "Argument `order` must be an int >= 1. Received: order=0");
}

}  // namespace
}  // namespace keras
