#include "keras/layers/rnn/conv_lstm.h"

#include <gtest/gtest.h>

#include "keras/layers/core/input_layer.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_input_gradients;
using testing::expect_values;
using testing::ramp;

template <typename T>
T with_ramps(T layer, const Shape& shape) {
  layer.build(shape);
  Tensors weights;
  for (const auto& weight : layer.weights()) weights.push_back(ramp(weight.shape()));
  layer.set_weights(weights);
  return layer;
}

TEST(ConvLSTM, GivesKerasValues) {
  expect_values(with_ramps(ConvLSTM1D(2, 2), {1, 2, 3, 1})(ramp({1, 2, 3, 1})), Shape{1, 2, 2},
                {0.03823468f, -0.3056648f, -0.02160261f, -0.2401242f});
  const Shape shape{1, 2, 1, 3, 3};
  const Tensors out = with_ramps(ConvLSTM2D(1, 2,
                                            {.strides = 2,
                                             .padding = "same",
                                             .data_format = "channels_first",
                                             .return_sequences = true,
                                             .return_state = true}),
                                 shape)
                          .call_list(ramp(shape));
  ASSERT_EQ(out.size(), 3u);
  expect_values(out[0], Shape{1, 2, 1, 2, 2},
                {0.0257464f, -0.02740159f, -0.05333125f, 0, 0.09052899f, -0.009339748f, -0.1461605f,
                 -0.05333125f});
  expect_values(out[1], Shape{1, 1, 2, 2}, {0.09052899f, -0.009339748f, -0.1461605f, -0.05333125f});
  expect_values(out[2], Shape{1, 1, 2, 2}, {0.1104548f, -0.07249145f, -0.1808558f, -0.05777314f});
}

TEST(ConvLSTM, KeepsStatesOverMaskedSteps) {
  const auto layer = with_ramps(ConvLSTM1D(2, 2), {1, 2, 3, 1});
  const Tensor x = ramp({1, 3, 3, 1});
  const Tensor mask = Tensor::from(std::vector<bool>{true, true, false}, Shape{1, 3});
  expect_values(layer(x, {.mask = mask}), {1, 2, 2}, layer(ramp({1, 2, 3, 1})).to_vector<float>());
}

TEST(ConvLSTM, HasRightGradients) {
  expect_input_gradients(ConvLSTM2D(2, {2, 1}, {.go_backwards = true, .dtype = "float64"}),
                         {1, 2, 3, 2, 1});
}

TEST(ConvLSTM, DropsOnlyInTraining) {
  const ConvLSTM1D layer(2, 2, {.dropout = 0.5, .recurrent_dropout = 0.5});
  const Tensor x = ramp({4, 3, 5, 2});
  const std::vector<float> plain = layer(x).to_vector<float>();
  EXPECT_EQ(layer(x).to_vector<float>(), plain);
  EXPECT_NE(layer(x, {.training = true}).to_vector<float>(), plain);
}

TEST(ConvLSTM, RoundTripsItsConfig) {
  expect_config_round_trip(ConvLSTM1D(3, 2, {.dilation_rate = 2, .unit_forget_bias = false}));
  expect_config_round_trip(ConvLSTM2D(3, {2, 3}, {.strides = {1, 2}, .stateful = true}));
  expect_config_round_trip(ConvLSTM3D(3, 2, {.padding = "same", .use_bias = false}));
  expect_config_keys(ConvLSTM1D(1, 1), {"return_sequences",
                                        "return_state",
                                        "go_backwards",
                                        "stateful",
                                        "unroll",
                                        "zero_output_for_mask",
                                        "filters",
                                        "kernel_size",
                                        "strides",
                                        "padding",
                                        "data_format",
                                        "dilation_rate",
                                        "activation",
                                        "recurrent_activation",
                                        "use_bias",
                                        "kernel_initializer",
                                        "recurrent_initializer",
                                        "bias_initializer",
                                        "unit_forget_bias",
                                        "kernel_regularizer",
                                        "recurrent_regularizer",
                                        "bias_regularizer",
                                        "activity_regularizer",
                                        "kernel_constraint",
                                        "recurrent_constraint",
                                        "bias_constraint",
                                        "dropout",
                                        "recurrent_dropout",
                                        "seed"});
}

TEST(ConvLSTM, RefusesWhatKerasRefuses) {
  expect_error<ValueError>([] { ConvLSTM2D(2, 2, {.strides = 2, .dilation_rate = 2}); },
                           "Specifying `strides > 1` is not compatible with `dilation_rate > 1`. "
                           "Please provide `strides=1` or `dilation_rate=1`. Received: "
                           "strides=(2, 2) and dilation_rate=(2, 2)");
  expect_error<ValueError>([] { ConvLSTM1D(2, 0); },
                           "The `kernel_size` argument must be a tuple of 1 integers. Received "
                           "kernel_size=0, including values {0} that do not satisfy `value > 0`");
  expect_error<ValueError>(
      [] {
        ConvLSTM2D(2, {3, 3, 3});
      },
      "The `kernel_size` argument must be a tuple of 2 integers. Received "
      "kernel_size=(3, 3, 3)");
  expect_error<ValueError>([] { ConvLSTM3D(2, 2, {.padding = "full"}); },
                           "The `padding` argument must be a list/tuple or one of {'valid', "
                           "'same'}. Received: full");
  expect_error<ValueError>(
      [] {
        ConvLSTM1D(2, 2)(Input({3, 5, kUnknown}));
      },
      "The channel dimension of the inputs (last axis) should be defined.");
  expect_error<ValueError>(
      [] {
        ConvLSTM1D(2, 7)(ramp({2, 3, 5, 1}));
      },
      "Computed output size would be zero or negative. Received `inputs "
      "shape=(None, 5, 1)`, `kernel shape=(7, 1, 2)`, `dilation_rate=(1,)`, "
      "`strides=(1,)`, `padding=valid`.");
  expect_error<ValueError>(
      [] {
        ConvLSTM1D(2, 2)(Input({3, kUnknown, 1}));
      },
      "only support static input shapes for the spatial dimension");
  expect_error<ShapeError>([] { ConvLSTM2D(2, 2)(ramp({2, 3, 4, 1})); }, "expected ndim=5");
  const ConvLSTM1D built(2, 2);
  built(ramp({2, 3, 5, 1}));
  for (const Shape& other : {Shape{2, 3, 6, 1}, Shape{2, 3, 5, 2}})
    expect_error<ShapeError>([&] { built(ramp(other)); }, "of input shape to have value");
}

}  // namespace
}  // namespace keras::layers
