#include "keras/layers/rnn/bidirectional.h"

#include <gtest/gtest.h>

#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/rnn/gru.h"
#include "keras/layers/rnn/lstm.h"
#include "keras/models/model.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_input_gradients;
using testing::expect_values;
using testing::ramp;

const Shape kShape{2, 3, 2};

Bidirectional with_ramps(Bidirectional layer) {
  layer.build(kShape);
  Tensors weights;
  for (const auto& weight : layer.weights()) weights.push_back(ramp(weight.shape()));
  layer.set_weights(weights);
  return layer;
}

TEST(Bidirectional, MergesAsKerasDoes) {
  const auto merged = [](const char* mode) {
    return with_ramps(Bidirectional(LSTM(2, {.return_sequences = true}), {.merge_mode = mode}))(
        ramp(kShape));
  };
  expect_values(
      merged("concat"), Shape{2, 3, 4},
      {0.04966985f,  -0.01863267f, 0.03338778f,  -0.1121213f, 0.09894376f,  -0.3113319f,
       0.07098127f,  -0.31821f,    -0.01114694f, -0.2848117f, -0.01107783f, -0.1164819f,
       0.03086402f,  -0.2897523f,  0.03212306f,  -0.3334964f, 0.06743015f,  -0.1964663f,
       0.005444197f, -0.104132f,   -0.06305949f, -0.1313336f, -0.07170755f, 0.009570659f});
  expect_values(merged("sum"), Shape{2, 3, 2},
                {0.08305764f, -0.1307539f, 0.169925f, -0.6295419f, -0.02222477f, -0.4012936f,
                 0.06298707f, -0.6232487f, 0.07287434f, -0.3005984f, -0.134767f, -0.1217629f});
  expect_values(
      merged("mul"), Shape{2, 3, 2},
      {0.001658366f, 0.002089119f, 0.007023154f, 0.09906893f, 0.0001234839f, 0.03317541f,
       0.0009914465f, 0.09663135f, 0.000367103f, 0.02045844f, 0.004521842f, -0.001256949f});
  expect_values(merged("ave"), Shape{2, 3, 2},
                {0.04152882f, -0.06537697f, 0.08496252f, -0.314771f, -0.01111238f, -0.2006468f,
                 0.03149354f, -0.3116243f, 0.03643717f, -0.1502992f, -0.06738352f, -0.06088145f});
  const Tensors apart =
      with_ramps(Bidirectional(LSTM(2, {.return_sequences = true}), {.merge_mode = std::nullopt}))
          .call_list(ramp(kShape));
  ASSERT_EQ(apart.size(), 2u);
  expect_values(apart[0], Shape{2, 3, 2},
                {0.04966985f, -0.01863267f, 0.09894376f, -0.3113319f, -0.01114694f, -0.2848117f,
                 0.03086402f, -0.2897523f, 0.06743015f, -0.1964663f, -0.06305949f, -0.1313336f});
  expect_values(apart[1], Shape{2, 3, 2},
                {0.03338778f, -0.1121213f, 0.07098127f, -0.31821f, -0.01107783f, -0.1164819f,
                 0.03212306f, -0.3334964f, 0.005444197f, -0.104132f, -0.07170755f, 0.009570659f});
}

TEST(Bidirectional, GivesZerosForMaskedStepsAndBothStates) {
  const auto layer =
      with_ramps(Bidirectional(GRU(2, {.return_sequences = true, .return_state = true})));
  const Tensor mask =
      Tensor::from(std::vector<bool>{true, false, true, false, false, false}, Shape{2, 3});
  const Tensors out = layer.call_list(ramp(kShape).with_mask(mask));
  ASSERT_EQ(out.size(), 3u);
  expect_values(out[0], Shape{2, 3, 4},
                {-0.03277717f,
                 -0.4582058f,
                 0.1901887f,
                 -0.5599805f,
                 0,
                 0,
                 0,
                 0,
                 0.3480695f,
                 -0.4650559f,
                 0.3170218f,
                 -0.2745746f,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0});
  expect_values(out[1], Shape{2, 2}, {0.3480695f, -0.4650559f, 0, 0});
  expect_values(out[2], Shape{2, 2}, {0.1901887f, -0.5599805f, 0, 0});
  EXPECT_TRUE(out[0].mask());
  EXPECT_FALSE(out[1].mask());
}

TEST(Bidirectional, TakesABackwardLayer) {
  const auto layer =
      with_ramps(Bidirectional(LSTM(2), {.backward_layer = LSTM(3, {.go_backwards = true})}));
  expect_values(layer(ramp(kShape)), Shape{2, 5},
                {-0.01114694f, -0.2848117f, 0.01853398f, -0.09758067f, 0.2330396f, -0.06305949f,
                 -0.1313336f, 0.1333734f, 0.03775493f, -0.01134213f});
}

TEST(Bidirectional, NamesAndStartsItsLayers) {
  const Bidirectional layer(LSTM(2, {.name = "rnn"}),
                            {.weights = Tensors{ramp({2, 8}), ramp({2, 8}), ramp({8}),
                                                ramp({2, 8}) * 2, ramp({2, 8}), ramp({8})}});
  layer.build(kShape);
  EXPECT_EQ(layer.forward_layer().name(), "forward_rnn");
  EXPECT_EQ(layer.backward_layer().name(), "backward_rnn");
  EXPECT_EQ(layer.weights()[3].path(), layer.name() + "/backward_rnn/lstm_cell/kernel");
  expect_values(layer.weights()[3].value(), {2, 8}, (ramp({2, 8}) * 2).to_vector<float>());
}

TEST(Bidirectional, PassesStatesToBothLayers) {
  const auto layer = with_ramps(Bidirectional(GRU(2, {.return_state = true})));
  const Tensor a = ramp({2, 2}), b = ramp({2, 2}) * -1;
  const Tensor x = Input({3, 2}), p = Input({2}), q = Input({2});
  const Model model({x, p, q}, layer.call_list(x, {.initial_state = {p, q}}));
  const Tensors out = model.predict_list(Tensors{ramp(kShape), a, b});
  expect_values(out[1], {2, 2},
                layer.forward_layer()
                    .impl()
                    ->invoke_recorded({ramp(kShape), a},
                                      {{"args", Config::list({Config{{"tensor", 0}}})},
                                       {"kwargs", {{"initial_state", Config{{"tensor", 1}}}}}})[1]
                    .to_vector<float>());
  expect_error<ValueError>([&] { layer.call_list(ramp(kShape), {.initial_state = {a}}); },
                           "as many tensors for the forward as for the backward layer");
}

TEST(Bidirectional, KeepsStates) {
  const auto layer = with_ramps(Bidirectional(GRU(2, {.stateful = true})));
  const std::vector<float> first = layer(ramp(kShape)).to_vector<float>();
  EXPECT_NE(layer(ramp(kShape)).to_vector<float>(), first);
  EXPECT_EQ(layer.states().size(), 2u);
  layer.reset_states();
  EXPECT_EQ(layer(ramp(kShape)).to_vector<float>(), first);
  expect_error<ValueError>([] { Bidirectional(GRU(2)).reset_state(); }, "Layer must be stateful.");
}

TEST(Bidirectional, HasRightGradients) {
  expect_input_gradients(
      Bidirectional(GRU(2, {.return_sequences = true, .dtype = "float64"}), {.dtype = "float64"}),
      {2, 3, 2});
}

TEST(Bidirectional, RoundTripsItsConfig) {
  expect_config_round_trip(Bidirectional(LSTM(2, {.return_sequences = true}),
                                         {.merge_mode = std::nullopt, .name = "both"}));
  expect_config_round_trip(
      Bidirectional(GRU(2), {.backward_layer = LSTM(3, {.go_backwards = true})}));
  expect_config_keys(Bidirectional(GRU(2)), {"merge_mode", "layer", "backward_layer"});
}

TEST(Bidirectional, RefusesLayersThatDoNotFit) {
  expect_error<ShapeError>(
      [] {
        Bidirectional(GRU(2), {.name = "both"})(ramp({2, 4}));
      },
      "layer \"both\" is incompatible with the layer: expected ndim=3, found "
      "ndim=2. Full shape received: (2, 4)");
  expect_error<ValueError>([] { Bidirectional{Layer{}}; },
                           "Please initialize `Bidirectional` layer with a `keras.layers.Layer` "
                           "instance. Received: None");
  expect_error<ValueError>([] { Bidirectional(Dense(2)); },
                           "Please initialize `Bidirectional` layer with a recurrent layer");
  expect_error<ValueError>([] { Bidirectional(GRU(2), {.backward_layer = Dense(2)}); },
                           "`backward_layer` need to be a recurrent");
  expect_error<ValueError>([] { Bidirectional(GRU(2), {.merge_mode = "max"}); },
                           "Invalid merge mode. Received: max.");
  expect_error<ValueError>([] { Bidirectional(GRU(2), {.backward_layer = GRU(2)}); },
                           "should have different `go_backwards` value");
  expect_error<ValueError>(
      [] {
        Bidirectional(GRU(2),
                      {.backward_layer = GRU(2, {.return_sequences = true, .go_backwards = true})});
      },
      "attribute \"return_sequences\", got \"False\" for forward layer and \"True\"");
}

}  // namespace
}  // namespace keras::layers
