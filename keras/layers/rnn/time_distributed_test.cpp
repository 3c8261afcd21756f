#include "keras/layers/rnn/time_distributed.h"

#include <gtest/gtest.h>

#include "keras/layers/core/dense.h"
#include "keras/layers/normalization/batch_normalization.h"
#include "keras/layers/rnn/lstm.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_input_gradients;
using testing::expect_values;
using testing::of_ramps;
using testing::ramp;

TEST(TimeDistributed, CallsItsLayerOnEachStep) {
  const TimeDistributed layer(Dense(2, {.name = "inner"}));
  expect_values(of_ramps(layer, {2, 3, 2}), Shape{2, 3, 2},
                {0.0625f, 0.5f, -1.25f, 1.8125f, -1.1875f, -0.3125f, -2.5f, 1, -0.375f, 0.9375f,
                 -0.3125f, -1.1875f});
  EXPECT_EQ(layer.weights()[0].path(), layer.name() + "/inner/kernel");
}

TEST(TimeDistributed, NormalizesEachStepsBatchInTraining) {
  const TimeDistributed layer(BatchNormalization{});
  expect_values(layer(ramp({2, 3, 2}), {.training = true}), Shape{2, 3, 2},
                {-0.9996052f, 0.9920947f, 0.9920946f, 0.9920948f, 0.9920947f, 0.9920948f,
                 0.9996052f, -0.9920947f, -0.9920948f, -0.9920948f, -0.9920947f, -0.9920948f},
                1e-4f);
  expect_values(layer.weights()[2].value(), Shape{2}, {-0.008650125f, 0.00235025f});
  expect_values(layer.weights()[3].value(), Shape{2}, {0.9839472f, 0.9721554f});
}

TEST(TimeDistributed, PassesTheMaskOn) {
  const Tensor mask = Tensor::from(std::vector<bool>{true, false, true, true}, Shape{2, 2});
  const Tensor y = TimeDistributed(Dense(2))(ramp({2, 2, 3}).with_mask(mask));
  ASSERT_TRUE(y.mask());
  EXPECT_TRUE(y.mask()->is_same(mask));
  // Of three axes, it speaks of the steps inside each step, too.
  const Tensor inner =
      Tensor::from(std::vector<bool>{true, true, true, false, true, true, false, false}, {2, 2, 2});
  const LSTM lstm(2);
  const Tensor x = ramp({2, 2, 2, 3});
  const Tensor all = TimeDistributed(lstm)(x.with_mask(inner));
  const Tensor folded = lstm(Tensor::from(x.to_vector<float>(), {4, 2, 3}),
                             {.mask = Tensor::from(inner.to_vector<bool>(), {4, 2})});
  expect_values(all, {2, 2, 2}, folded.to_vector<float>());
}

TEST(TimeDistributed, HasRightGradients) {
  expect_input_gradients(TimeDistributed(LSTM(2, {.dtype = "float64"}), {.dtype = "float64"}),
                         {2, 2, 3, 2});
}

TEST(TimeDistributed, RoundTripsItsConfig) {
  expect_config_round_trip(TimeDistributed(Dense(2), {.name = "steps"}));
  expect_config_keys(TimeDistributed(Dense(2)), {"layer"});
}

TEST(TimeDistributed, RefusesWhatKerasRefuses) {
  expect_error<ValueError>([] { TimeDistributed{Layer{}}; },
                           "Please initialize `TimeDistributed` layer with a `keras.layers.Layer`");
  expect_error<ValueError>(
      [] {
        TimeDistributed(Dense(2))(ramp({2, 3}));
      },
      "an `input_shape` with at least 3 dimensions");
  const Tensor mask = Tensor::from(std::vector<bool>{true, false}, Shape{1, 2});
  expect_error<ValueError>(
      [&] {
        TimeDistributed(Dense(2))(ramp({2, 2, 3}).with_mask(mask));
      },
      "Expected mask shape prefix: (2, 2).");
}

}  // namespace
}  // namespace keras::layers
