#include <gtest/gtest.h>

#include <iterator>
#include <sstream>

#include "keras/layers/core/input_layer.h"
#include "keras/layers/rnn/gru.h"
#include "keras/layers/rnn/lstm.h"
#include "keras/layers/rnn/simple_rnn.h"
#include "keras/models/model.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::distinct;
using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;
using testing::ramp;

const Shape kShape{2, 3, 2};

Tensor first_mask() {
  return Tensor::from(std::vector<bool>{true, false, true, false, false, false}, Shape{2, 3});
}

template <typename T>
T with_ramps(T layer, const Shape& shape = kShape) {
  layer.build(shape);
  Tensors weights;
  for (const auto& weight : layer.weights())
    weights.push_back(ops::cast(ramp(weight.shape()), weight.dtype()));
  layer.set_weights(weights);
  return layer;
}

/// The words of a line.
std::vector<std::string> words(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

struct Expected {
  Shape shape;
  std::vector<float> values;
};
void expect_all(const Tensors& outputs, const std::vector<Expected>& expected) {
  ASSERT_EQ(outputs.size(), expected.size());
  for (std::size_t i = 0; i < outputs.size(); ++i)
    expect_values(outputs[i], expected[i].shape, expected[i].values);
}

TEST(LSTM, GivesKerasValues) {
  const auto all = with_ramps(LSTM(2, {.return_sequences = true, .return_state = true}));
  expect_all(all.call_list(ramp(kShape)),
             {{Shape{2, 3, 2},
               {0.04966985f, -0.01863267f, 0.09894376f, -0.3113319f, -0.01114694f, -0.2848117f,
                0.03086402f, -0.2897523f, 0.06743015f, -0.1964663f, -0.06305949f, -0.1313336f}},
              {Shape{2, 2}, {-0.01114694f, -0.2848117f, -0.06305949f, -0.1313336f}},
              {Shape{2, 2}, {-0.02205186f, -0.7860537f, -0.2372305f, -0.3315161f}}});
  expect_values(with_ramps(LSTM(2, {.return_sequences = true, .go_backwards = true}))(ramp(kShape)),
                Shape{2, 3, 2},
                {-0.01107783f, -0.1164819f, 0.07098127f, -0.31821f, 0.03338778f, -0.1121213f,
                 -0.07170755f, 0.009570659f, 0.005444197f, -0.104132f, 0.03212306f, -0.3334964f});
  expect_values(with_ramps(LSTM(2, {.activation = "relu",
                                    .recurrent_activation = "hard_sigmoid",
                                    .use_bias = false}))(ramp(kShape)),
                Shape{2, 2}, {0.04418622f, 0.02434524f, 0.01518704f, 0.1658872f});
}

TEST(LSTM, KeepsStatesOverMaskedSteps) {
  const auto all = with_ramps(LSTM(2, {.return_sequences = true, .return_state = true}));
  const Tensors states = {ramp({2, 2}), ramp({2, 2}) * 0.5};
  const Tensors outputs =
      all.call_list(ramp(kShape), {.initial_state = states, .mask = first_mask()});
  expect_all(outputs, {{Shape{2, 3, 2},
                        {-0.1280524f, 0.1574818f, -0.1280524f, 0.1574818f, -0.07379005f,
                         -0.002462442f, -0.5f, 1.25f, -0.5f, 1.25f, -0.5f, 1.25f}},
                       {Shape{2, 2}, {-0.07379005f, -0.002462442f, -0.5f, 1.25f}},
                       {Shape{2, 2}, {-0.1248311f, -0.005318093f, -0.25f, 0.625f}}});
  EXPECT_TRUE(outputs[0].mask());
  EXPECT_FALSE(outputs[1].mask());
  const auto zeros = with_ramps(LSTM(2, {.return_sequences = true, .zero_output_for_mask = true}));
  expect_values(zeros(ramp(kShape).with_mask(first_mask())), Shape{2, 3, 2},
                {0.04966985f, -0.01863267f, 0, 0, 0.008678594f, -0.1347825f, 0, 0, 0, 0, 0, 0});
}

TEST(LSTM, StartsTheForgetGateWithOnes) {
  const LSTM layer(2);
  layer.build(kShape);
  expect_values(layer.weights()[2].value(), {8}, {0, 0, 1, 1, 0, 0, 0, 0});
  EXPECT_EQ(layer.weights()[2].path(), layer.name() + "/lstm_cell/bias");
  const LSTM plain(2, {.unit_forget_bias = false});
  plain.build(kShape);
  expect_values(plain.weights()[2].value(), {8}, std::vector<float>(8, 0));
}

TEST(GRU, GivesKerasValues) {
  const auto all = with_ramps(GRU(2, {.return_sequences = true, .return_state = true}));
  expect_all(all.call_list(ramp(kShape)),
             {{Shape{2, 3, 2},
               {-0.03277717f, -0.4582058f, -0.07158815f, -0.6917741f, 0.3628132f, -0.5327786f,
                0.3583922f, -0.266539f, 0.2121514f, -0.5812377f, 0.4118325f, -0.1644391f}},
              {Shape{2, 2}, {0.3628132f, -0.5327786f, 0.4118325f, -0.1644391f}}});
  expect_values(with_ramps(GRU(2, {.return_sequences = true, .reset_after = false}))(ramp(kShape)),
                Shape{2, 3, 2},
                {-0.05696364f, -0.2186299f, -0.09120347f, -0.538146f, 0.4770069f, -0.1899663f,
                 0.4270618f, -0.2434318f, 0.1555408f, -0.4375474f, 0.5028014f, 0.0522791f});
  expect_values(with_ramps(GRU(2, {.use_bias = false}))(ramp(kShape)), Shape{2, 2},
                {0.2211616f, 0.1422242f, 0.2487389f, 0.4072602f});
  const auto sequences = with_ramps(GRU(2, {.return_sequences = true}));
  expect_values(sequences(ramp(kShape), {.initial_state = {ramp({2, 2})}, .mask = first_mask()}),
                Shape{2, 3, 2},
                {-1.231254f, -0.2978513f, -1.231254f, -0.2978513f, -0.4650845f, -0.1383114f, -0.5f,
                 1.25f, -0.5f, 1.25f, -0.5f, 1.25f});
}

TEST(SimpleRNN, GivesKerasValues) {
  expect_values(with_ramps(SimpleRNN(2, {.return_sequences = true}))(ramp(kShape)), Shape{2, 3, 2},
                {0.06241874f, 0.4621172f, -0.9152716f, 0.9843522f, -0.4896399f, 0.4303322f,
                 -0.9866143f, 0.7615942f, 0.4442158f, 0.8845243f, -0.8642835f, 0.1393505f});
  const auto backwards = with_ramps(SimpleRNN(2, {.return_sequences = true, .go_backwards = true}));
  expect_values(backwards(ramp(kShape), {.mask = first_mask()}), Shape{2, 3, 2},
                {-0.829802f, -0.3027097f, -0.829802f, -0.3027097f, 0.8485938f, -0.2851584f, 0, 0, 0,
                 0, 0, 0});
}

TEST(Recurrent, TakesNoMaskOfItsInputBesideInitialStates) {
  // Keras hands a mask over by itself only where the sequences are the only tensors of a call.
  const auto layer = with_ramps(GRU(2, {.return_sequences = true}));
  const Tensor masked = ramp(kShape).with_mask(first_mask()), state = ramp({2, 2});
  const Tensor out = layer(masked, {.initial_state = {state}});
  EXPECT_EQ(out.to_vector<float>(),
            layer(ramp(kShape), {.initial_state = {state}}).to_vector<float>());
  EXPECT_TRUE(out.mask());
  EXPECT_NE(
      layer(ramp(kShape), {.initial_state = {state}, .mask = first_mask()}).to_vector<float>(),
      out.to_vector<float>());
}

TEST(Recurrent, MasksOfIntegersAndOfThreeAxesSayTheSame) {
  const auto layer = with_ramps(GRU(2, {.return_sequences = true}));
  const std::vector<float> expected =
      layer(ramp(kShape), {.mask = first_mask()}).to_vector<float>();
  const Tensor numbers = ops::cast(first_mask(), DType::kInt32);
  EXPECT_EQ(layer(ramp(kShape), {.mask = numbers}).to_vector<float>(), expected);
  const Tensor apart = Tensor::from(std::vector<bool>{true, false, false, false, true, true, false,
                                                      false, false, false, false, false},
                                    kShape);
  EXPECT_EQ(layer(ramp(kShape), {.mask = apart}).to_vector<float>(), expected);
}

TEST(Recurrent, UnrollingChangesNoValue) {
  for (const bool zero : {false, true}) {
    const auto layer =
        with_ramps(LSTM(2, {.return_sequences = true, .zero_output_for_mask = zero}));
    const auto unrolled = with_ramps(
        LSTM(2, {.return_sequences = true, .unroll = true, .zero_output_for_mask = zero}));
    const Tensors state = {ramp({2, 2}), ramp({2, 2})};
    for (const Tensor& mask : {Tensor(), first_mask()})
      expect_values(unrolled(ramp(kShape), {.initial_state = state, .mask = mask}), kShape,
                    layer(ramp(kShape), {.initial_state = state, .mask = mask}).to_vector<float>(),
                    1e-6f);
  }
}

TEST(Recurrent, KeepsStatesFromCallToCall) {
  const auto lstm = with_ramps(LSTM(2, {.stateful = true}));
  expect_values(lstm(ramp(kShape)), Shape{2, 2},
                {-0.01114694f, -0.2848117f, -0.06305949f, -0.1313336f});
  expect_values(lstm(ramp(kShape)), Shape{2, 2},
                {-0.01679963f, -0.2878002f, -0.06919549f, -0.1461528f});
  EXPECT_EQ(lstm.states().size(), 2u);
  lstm.reset_states();
  expect_values(lstm(ramp(kShape)), Shape{2, 2},
                {-0.01114694f, -0.2848117f, -0.06305949f, -0.1313336f});
  const auto gru = with_ramps(GRU(2, {.return_sequences = true, .stateful = true}));
  const Tensor x = Input({3, 2}, {.batch_size = 2});
  const Model model(x, gru(x));
  expect_values(model.predict(ramp(kShape)), Shape{2, 3, 2},
                {-0.03277717f, -0.4582058f, -0.07158815f, -0.6917741f, 0.3628132f, -0.5327786f,
                 0.3583922f, -0.266539f, 0.2121514f, -0.5812377f, 0.4118325f, -0.1644391f});
  expect_values(model.predict(ramp(kShape)), Shape{2, 3, 2},
                {0.1939054f, -0.6519205f, 0.06912499f, -0.789979f, 0.4107212f, -0.6022857f,
                 0.4483577f, -0.3553371f, 0.254136f, -0.6218188f, 0.4269708f, -0.1926199f});
  reset_states(model);
  expect_values(model.predict(ramp(kShape)), Shape{2, 3, 2},
                {-0.03277717f, -0.4582058f, -0.07158815f, -0.6917741f, 0.3628132f, -0.5327786f,
                 0.3583922f, -0.266539f, 0.2121514f, -0.5812377f, 0.4118325f, -0.1644391f});
}

TEST(Recurrent, StatefulLayersNeedTheirBatchSize) {
  const GRU open(2, {.stateful = true});
  expect_error<ValueError>(
      [&] {
        open(Input({3, 2}));
      },
      "When using `stateful=True` in a RNN, the batch size must be static.");
  const auto layer = with_ramps(GRU(2, {.stateful = true}));
  expect_error<ValueError>(
      [&] {
        layer(ramp({3, 3, 2}));
      },
      "- Expected batch size: 2\n- Received batch size: 3");
}

template <typename T>
void expect_recurrent_gradients(const T& made, std::size_t states) {
  const auto layer = with_ramps(made, Shape{2, 4, 3});
  Tensors inputs = {distinct({2, 4, 3})};
  for (std::size_t i = 0; i < states; ++i) inputs.push_back(distinct({2, 2}) * 0.3);
  for (const auto& weight : layer.weights()) inputs.push_back(distinct(weight.shape()) * 0.5);
  const Tensor mask = Tensor::from(
      std::vector<bool>{true, true, false, true, false, true, true, false}, Shape{2, 4});
  const auto run = [&](const Tensors& in, const Tensor& with) {
    const auto weights = layer.weights();
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i].assign(in[1 + states + i]);
    const Tensors outputs = layer.call_list(
        in[0],
        {.initial_state = {in.begin() + 1, in.begin() + 1 + static_cast<std::ptrdiff_t>(states)},
         .mask = with});
    Tensors flat;
    for (const auto& output : outputs) flat.push_back(ops::reshape(output, {-1}));
    return ops::concatenate(flat, {.axis = 0});
  };
  expect_gradients([&](const Tensors& in) { return run(in, Tensor()); }, inputs);
  expect_gradients([&](const Tensors& in) { return run(in, mask); }, inputs);
}

TEST(LSTM, HasRightGradients) {
  expect_recurrent_gradients(
      LSTM(2, {.return_sequences = true, .return_state = true, .dtype = "float64"}), 2);
  expect_recurrent_gradients(LSTM(2, {.return_state = true,
                                      .go_backwards = true,
                                      .zero_output_for_mask = true,
                                      .dtype = "float64"}),
                             2);
}

TEST(GRU, HasRightGradients) {
  expect_recurrent_gradients(
      GRU(2, {.return_sequences = true, .return_state = true, .dtype = "float64"}), 1);
  expect_recurrent_gradients(
      GRU(2, {.go_backwards = true, .reset_after = false, .dtype = "float64"}), 1);
}

TEST(SimpleRNN, HasRightGradients) {
  expect_recurrent_gradients(SimpleRNN(2, {.return_sequences = true,
                                           .return_state = true,
                                           .zero_output_for_mask = true,
                                           .dtype = "float64"}),
                             1);
}

TEST(Recurrent, DropsOnlyInTraining) {
  for (const double recurrent : {0.0, 0.5}) {
    const auto layer = with_ramps(LSTM(
        2, {.dropout = 0.5, .recurrent_dropout = recurrent, .seed = 1, .return_sequences = true}));
    const auto plain = with_ramps(LSTM(2, {.return_sequences = true}));
    const Tensor x = ramp({64, 3, 2});
    expect_values(layer(x), {64, 3, 2}, plain(x).to_vector<float>());
    const Tensor a = layer(x, {.training = true}), b = layer(x, {.training = true});
    EXPECT_NE(a.to_vector<float>(), plain(x).to_vector<float>());
    EXPECT_NE(a.to_vector<float>(), b.to_vector<float>());
  }
}

TEST(Recurrent, DropsTheSameInAllSteps) {
  // The first step's inputs alone reach the state through a linear cell with unit weights.
  const SimpleRNN layer(1, {.activation = "linear",
                            .use_bias = false,
                            .kernel_initializer = "ones",
                            .recurrent_initializer = "zeros",
                            .dropout = 0.5,
                            .return_sequences = true});
  const std::vector<float> values =
      layer(ops::ones({64, 5, 1}), {.training = true}).to_vector<float>();
  int dropped = 0;
  for (std::size_t row = 0; row < 64; ++row) {
    for (std::size_t t = 1; t < 5; ++t) EXPECT_EQ(values[row * 5 + t], values[row * 5]);
    EXPECT_TRUE(values[row * 5] == 0 || values[row * 5] == 2);
    dropped += values[row * 5] == 0;
  }
  EXPECT_GT(dropped, 12);
  EXPECT_LT(dropped, 52);
}

TEST(Recurrent, TakesInitialStatesInFunctionalModels) {
  const Tensor x = Input({3, 2}), h = Input({2}), c = Input({2});
  const auto layer = with_ramps(LSTM(2, {.return_state = true}));
  const Model model({x, h, c}, layer.call_list(x, {.initial_state = {h, c}}));
  const Tensors states = {ramp({2, 2}), ramp({2, 2}) * 0.5};
  const Tensors expected = layer.call_list(ramp(kShape), {.initial_state = states});
  const Tensors given = model.predict_list(Tensors{ramp(kShape), states[0], states[1]});
  ASSERT_EQ(given.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i)
    expect_values(given[i], expected[i].shape(), expected[i].to_vector<float>());
}

TEST(Recurrent, TakesSequencesOfAnyLength) {
  const auto layer = with_ramps(GRU(2));
  const Tensor x = Input({kUnknown, 2});
  const Model model(x, layer(x));
  for (const std::int64_t length : {1, 3, 7})
    expect_values(model.predict(ramp({2, length, 2})), {2, 2},
                  layer(ramp({2, length, 2})).to_vector<float>());
}

TEST(Recurrent, RoundTripsItsConfig) {
  expect_config_round_trip(LSTM(3, {.activation = "relu",
                                    .recurrent_activation = "hard_sigmoid",
                                    .unit_forget_bias = false,
                                    .kernel_regularizer = "l2",
                                    .dropout = 0.25,
                                    .seed = 3,
                                    .return_sequences = true,
                                    .go_backwards = true,
                                    .unroll = true,
                                    .name = "mine"}));
  expect_config_round_trip(GRU(3, {.use_bias = false,
                                   .bias_constraint = "non_neg",
                                   .return_state = true,
                                   .stateful = true,
                                   .reset_after = false,
                                   .zero_output_for_mask = true}));
  expect_config_round_trip(SimpleRNN(3, {.activation = nullptr, .recurrent_dropout = 0.5}));
  expect_config_keys(
      LSTM(1),
      words("return_sequences return_state go_backwards stateful unroll zero_output_for_mask "
            "units activation recurrent_activation use_bias kernel_initializer "
            "recurrent_initializer bias_initializer unit_forget_bias kernel_regularizer "
            "recurrent_regularizer bias_regularizer activity_regularizer kernel_constraint "
            "recurrent_constraint bias_constraint dropout recurrent_dropout seed"));
  expect_config_keys(
      GRU(1),
      words("return_sequences return_state go_backwards stateful unroll zero_output_for_mask "
            "units activation recurrent_activation use_bias kernel_initializer "
            "recurrent_initializer bias_initializer kernel_regularizer recurrent_regularizer "
            "bias_regularizer activity_regularizer kernel_constraint recurrent_constraint "
            "bias_constraint dropout recurrent_dropout reset_after seed"));
  expect_config_keys(
      SimpleRNN(1),
      words("return_sequences return_state go_backwards stateful unroll zero_output_for_mask "
            "units activation use_bias kernel_initializer recurrent_initializer "
            "bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer "
            "activity_regularizer kernel_constraint recurrent_constraint bias_constraint "
            "dropout recurrent_dropout"));
  EXPECT_EQ(LSTM(1, {.dropout = 3}).get_config().at("dropout").as_double(), 1.0);
}

TEST(Recurrent, ReadsOlderConfigs) {
  const LSTM layer = LSTM::from_config(
      {{"units", 2}, {"name", "a"}, {"implementation", 1}, {"time_major", false}});
  EXPECT_EQ(layer.get_config().at("activation"), Config("tanh"));
  expect_error<ValueError>(
      [] {
        LSTM::from_config({{"units", 2}, {"name", "a"}, {"time_major", true}});
      },
      "time_major");
}

TEST(Recurrent, RefusesWhatKerasRefuses) {
  expect_error<ValueError>([] { LSTM(0); },
                           "Received an invalid value for argument `units`, expected a positive "
                           "integer, got 0.");
  expect_error<ValueError>([] { GRU(-1); }, "got -1.");
  expect_error<ShapeError>([] { LSTM(2)(ramp({2, 3})); }, "expected ndim=3, found ndim=2");
  expect_error<ValueError>(
      [] {
        LSTM(2, {.use_cudnn = true})(ramp({2, 3, 2}));
      },
      "use_cudnn=True was specified");
  expect_error<ValueError>(
      [] {
        GRU(2, {.unroll = true})(Input({kUnknown, 2}));
      },
      "Cannot unroll a RNN if the time dimension is undefined.");
  expect_error<ValueError>(
      [] {
        LSTM(2)(ramp({2, 3, 2}), {.initial_state = {ramp({2, 2})}});
      },
      "`initial_state` must hold 2 tensors, received 1.");
  expect_error<ShapeError>(
      [] {
        GRU(2)(ramp({2, 3, 2}), {.initial_state = {ramp({2, 5})}});
      },
      "state 0 of `initial_state` must have the shape (2, 2), received (2, 5).");
  for (const Shape& mask : {Shape{2}, Shape{2, 5}, Shape{5, 3}, Shape{2, 3, 2, 1}})
    expect_error<ShapeError>(
        [&] {
          LSTM(2)(ramp({2, 3, 2}), {.mask = ops::ones(mask)});
        },
        "the mask must have the shape (batch_size, timesteps), (2, 3)");
  expect_error<ValueError>(
      [] {
        LSTM(2, {.return_state = true})(ramp({2, 3, 2}));
      },
      "has 3 outputs.");
}

}  // namespace
}  // namespace keras::layers
