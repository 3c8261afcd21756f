#include <gtest/gtest.h>

#include <limits>

#include "keras/engine/error.h"
#include "keras/ops/gradient.h"
#include "keras/ops/nn.h"
#include "keras/ops/nn/relu.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using testing::expect_values;
using testing::ramp;

const std::vector<float> kInputs{-8, -3.5f, -1, -0.3f, 0, 0.4f, 1, 2.5f, 7};

/// Keras's values and derivatives at kInputs.
struct Case {
  const char* name;
  Tensor (*function)(const Tensor&);
  std::vector<float> values;
  std::vector<float> derivatives;
};

const Case kCases[] = {
    {"relu",
     [](const Tensor& x) { return ops::relu(x); },
     {0, 0, 0, 0, 0, 0.4f, 1, 2.5f, 7},
     {0, 0, 0, 0, 0, 1, 1, 1, 1}},
    {"relu6",
     [](const Tensor& x) { return ops::relu6(x); },
     {0, 0, 0, 0, 0, 0.4f, 1, 2.5f, 6},
     {0, 0, 0, 0, 0, 1, 1, 1, 0}},
    {"sigmoid",
     [](const Tensor& x) { return ops::sigmoid(x); },
     {0.0003353501f, 0.02931223f, 0.2689414f, 0.4255575f, 0.5f, 0.5986876f, 0.7310586f, 0.9241418f,
      0.999089f},
     {0.0003352377f, 0.02845302f, 0.1966119f, 0.2444583f, 0.25f, 0.2402608f, 0.1966119f,
      0.07010371f, 0.0009101675f}},
    {"sparse_sigmoid",
     [](const Tensor& x) { return ops::sparse_sigmoid(x); },
     {0, 0, 0, 0.35f, 0.5f, 0.7f, 1, 1, 1},
     {0, 0, 0.25f, 0.5f, 0.5f, 0.5f, 0.25f, 0, 0}},
    {"softplus",
     [](const Tensor& x) { return ops::softplus(x); },
     {0.0003354064f, 0.02975042f, 0.3132617f, 0.5543553f, 0.6931472f, 0.9130152f, 1.313262f,
      2.57889f, 7.000911f},
     {0.00033535f, 0.02931223f, 0.2689414f, 0.4255575f, 0.5f, 0.5986876f, 0.7310585f, 0.9241417f,
      0.9990892f}},
    {"softsign",
     [](const Tensor& x) { return ops::softsign(x); },
     {-0.8888889f, -0.7777778f, -0.5f, -0.2307692f, 0, 0.2857143f, 0.5f, 0.7142857f, 0.875f},
     {0.01234568f, 0.04938272f, 0.25f, 0.5917159f, 1, 0.5102041f, 0.25f, 0.08163267f, 0.015625f}},
    {"sparse_plus",
     [](const Tensor& x) { return ops::sparse_plus(x); },
     {0, 0, 0, 0.1225f, 0.25f, 0.49f, 1, 2.5f, 7},
     {0, 0, 0, 0.35f, 0.5f, 0.7f, 1, 1, 1}},
    {"silu",
     [](const Tensor& x) { return ops::silu(x); },
     {-0.002682801f, -0.1025928f, -0.2689414f, -0.1276672f, 0, 0.2394751f, 0.7310586f, 2.310354f,
      6.993623f},
     {-0.002346551f, -0.07027335f, 0.07232949f, 0.35222f, 0.5f, 0.694792f, 0.9276705f, 1.099401f,
      1.00546f}},
    {"log_sigmoid",
     [](const Tensor& x) { return ops::log_sigmoid(x); },
     {-8.000336f, -3.52975f, -1.313262f, -0.8543553f, -0.6931472f, -0.5130153f, -0.3132617f,
      -0.07888974f, -0.0009114665f},
     {0.9996644f, 0.9706879f, 0.7310585f, 0.5744425f, 0.5f, 0.4013124f, 0.2689414f, 0.07585817f,
      0.0009110514f}},
    {"hard_sigmoid",
     [](const Tensor& x) { return ops::hard_sigmoid(x); },
     {0, 0, 0.3333333f, 0.45f, 0.5f, 0.5666667f, 0.6666667f, 0.9166667f, 1},
     {0, 0, 0.1666667f, 0.1666667f, 0.1666667f, 0.1666667f, 0.1666667f, 0.1666667f, 0}},
    {"hard_silu",
     [](const Tensor& x) { return ops::hard_silu(x); },
     {-0, -0, -0.3333333f, -0.135f, 0, 0.2266667f, 0.6666667f, 2.291667f, 7},
     {0, 0, 0.1666667f, 0.4f, 0.5f, 0.6333334f, 0.8333334f, 1.333333f, 1}},
    {"selu",
     [](const Tensor& x) { return ops::selu(x); },
     {-1.757509f, -1.705009f, -1.111331f, -0.4556673f, 0, 0.4202804f, 1.050701f, 2.626753f,
      7.354907f},
     {0.0005897631f, 0.05308999f, 0.6467686f, 1.302432f, 1.758099f, 1.050701f, 1.050701f, 1.050701f,
      1.050701f}},
    {"tanh_shrink",
     [](const Tensor& x) { return ops::tanh_shrink(x); },
     {-7, -2.501822f, -0.2384058f, -0.008687407f, 0, 0.020051f, 0.2384058f, 1.513386f, 6.000002f},
     {1, 0.9963592f, 0.5800257f, 0.08486307f, 0, 0.1443612f, 0.5800257f, 0.9734079f, 0.9999967f}},
    {"hard_tanh",
     [](const Tensor& x) { return ops::hard_tanh(x); },
     {-1, -1, -1, -0.3f, 0, 0.4f, 1, 1, 1},
     {0, 0, 1, 1, 1, 1, 1, 0, 0}},
    {"soft_shrink",
     [](const Tensor& x) { return ops::soft_shrink(x); },
     {-7.5f, -3, -0.5f, 0, 0, 0, 0.5f, 2, 6.5f},
     {1, 1, 1, 0, 0, 0, 1, 1, 1}},
    {"squareplus",
     [](const Tensor& x) { return ops::squareplus(x); },
     {0.1231055f, 0.2655644f, 0.618034f, 0.8611875f, 1, 1.219804f, 1.618034f, 2.850781f, 7.140055f},
     {0.01492873f, 0.06587844f, 0.2763932f, 0.4258298f, 0.5f, 0.598058f, 0.7236068f, 0.8904344f,
      0.9807619f}},
    {"leaky_relu",
     [](const Tensor& x) { return ops::leaky_relu(x); },
     {-1.6f, -0.7f, -0.2f, -0.06f, 0, 0.4f, 1, 2.5f, 7},
     {0.2f, 0.2f, 0.2f, 0.2f, 1, 1, 1, 1, 1}},
    {"elu",
     [](const Tensor& x) { return ops::elu(x); },
     {-0.9996645f, -0.9698026f, -0.6321205f, -0.2591818f, 0, 0.4f, 1, 2.5f, 7},
     {0.0003354549f, 0.03019738f, 0.3678795f, 0.7408183f, 1, 1, 1, 1, 1}},
    {"gelu",
     [](const Tensor& x) { return ops::gelu(x); },
     {-0, -0.0006161481f, -0.158808f, -0.1146291f, 0, 0.2621612f, 0.841192f, 2.484916f, 7},
     {0, -0.002422592f, -0.08296407f, 0.2677045f, 0.5f, 0.8026589f, 1.082964f, 1.037952f, 1}},
    {"celu",
     [](const Tensor& x) { return ops::celu(x); },
     {-0.9996645f, -0.9698026f, -0.6321205f, -0.2591818f, 0, 0.4f, 1, 2.5f, 7},
     {0.0003354549f, 0.03019738f, 0.3678795f, 0.7408183f, 1, 1, 1, 1, 1}},
    {"hard_shrink",
     [](const Tensor& x) { return ops::hard_shrink(x); },
     {-8, -3.5f, -1, 0, 0, 0, 1, 2.5f, 7},
     {1, 1, 1, 0, 0, 0, 1, 1, 1}},
    {"exact gelu",
     [](const Tensor& x) { return ops::gelu(x, {.approximate = false}); },
     {-4.976777e-15f, -0.0008142018f, -0.1586553f, -0.1146266f, 0, 0.2621687f, 0.8413447f,
      2.484476f, 7},
     {-3.979615e-14f, -0.002821761f, -0.08331548f, 0.2676722f, 0.5f, 0.8027298f, 1.083315f,
      1.037611f, 1}},
    {"elu of 0.5",
     [](const Tensor& x) { return ops::elu(x, {.alpha = 0.5}); },
     {-0.4998323f, -0.4849013f, -0.3160603f, -0.1295909f, 0, 0.4f, 1, 2.5f, 7},
     {0.0001677275f, 0.01509869f, 0.1839397f, 0.3704091f, 0.5f, 1, 1, 1, 1}},
    {"celu of 2",
     [](const Tensor& x) { return ops::celu(x, {.alpha = 2}); },
     {-1.963369f, -1.652452f, -0.7869387f, -0.278584f, 0, 0.4f, 1, 2.5f, 7},
     {0.01831561f, 0.1737739f, 0.6065307f, 0.860708f, 1, 1, 1, 1, 1}},
    {"threshold",
     [](const Tensor& x) { return ops::threshold(x, 0.4, -2); },
     {-2, -2, -2, -2, -2, -2, 1, 2.5f, 7},
     {0, 0, 0, 0, 0, 0, 1, 1, 1}},
};

TEST(Activations, GiveKerasValuesAndDerivatives) {
  for (const Case& test : kCases) {
    SCOPED_TRACE(test.name);
    const Tensor x = Tensor::from(kInputs, {9});
    expect_values(test.function(x), {9}, test.values, 2e-6f);
    const auto slope = grad([&](const Tensor& t) { return ops::sum(test.function(t)); });
    expect_values(slope(x), {9}, test.derivatives, 2e-6f);
  }
}

TEST(Activations, HaveSecondDerivatives) {
  const Tensor x = Tensor::of<double>({-2.2, -0.7, 0.3, 1.6});
  for (const Case& test : kCases) {
    SCOPED_TRACE(test.name);
    testing::expect_second_gradients([&](const Tensors& in) { return test.function(in[0]); }, {x});
  }
}

TEST(Relu, KeepsNaNAndDecomposesIntoTheSame) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor x = Tensor::of<float>({-1, nan, 2});
  for (const Tensor& y : {ops::relu(x), ops::relu_op.decompose({x}, ops::ReluAttrs{})[0]}) {
    const std::vector<float> values = y.to_vector<float>();
    EXPECT_EQ(values[0], 0);
    EXPECT_TRUE(std::isnan(values[1]));
    EXPECT_EQ(values[2], 2);
  }
}

TEST(Relu, KeepsIntegers) {
  const Tensor y = ops::relu(Tensor::of<std::int32_t>({-1, 2}));
  EXPECT_EQ(y.dtype(), DType::kInt32);
  expect_values(y, {2}, {0, 2});
}

TEST(Glu, GivesKerasValues) {
  expect_values(ops::glu(ramp({2, 4})), {2, 2}, {-0.4719259f, 0.3886499f, 0.1827646f, -0.375f});
  expect_error<ShapeError>(
      [] {
        ops::glu(ramp({2, 3}));
      },
      "axis size must be divisible by 2. Received: x.shape=(2, 3) with axis=-1");
  testing::expect_gradients([](const Tensors& in) { return ops::glu(in[0], {.axis = 0}); },
                            {ramp<double>({2, 3})});
}

TEST(Sparsemax, GivesKerasValues) {
  expect_values(ops::sparsemax(ramp({2, 5})), {2, 5}, {0, 0, 0, 0.25f, 0, 0, 0.125f, 0, 0, 0});
  expect_values(ops::sparsemax(Tensor::of<float>({0.5f, 0.5f, -3})), {3}, {0.25f, 0.25f, 0});
  EXPECT_EQ(ops::sparsemax(ramp({2, 5}), {.axis = 0}).shape(), (Shape{2, 5}));
  testing::expect_gradients([](const Tensors& in) { return ops::sparsemax(in[0]); },
                            {testing::distinct({2, 4})});
}

TEST(MultiHot, GivesKerasValues) {
  expect_values(ops::multi_hot(Tensor::from(std::vector<std::int32_t>{0, 2, 1, 1}, {2, 2}), 3),
                {2, 3}, {1, 0, 1, 0, 1, 0});
}

}  // namespace
}  // namespace keras
