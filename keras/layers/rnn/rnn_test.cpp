#include "keras/layers/rnn/rnn.h"

#include <gtest/gtest.h>

#include <memory>

#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/rnn/bidirectional.h"
#include "keras/layers/rnn/gru_cell.h"
#include "keras/layers/rnn/lstm_cell.h"
#include "keras/layers/rnn/rnn_cell.h"
#include "keras/layers/rnn/simple_rnn_cell.h"
#include "keras/layers/rnn/stacked_rnn_cells.h"
#include "keras/models/model.h"
#include "keras/ops/numpy.h"
#include "keras/saving/saving_api.h"
#include "keras/saving/serialization.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;
using testing::ramp;

const Shape kShape{2, 3, 2};

void set_ramps(const Layer& layer) {
  Tensors weights;
  for (const auto& weight : layer.weights()) weights.push_back(ramp(weight.shape()));
  layer.set_weights(weights);
}

/// The running sum of its inputs, times a weight, and the number of steps.
class SumCell final : public RNNCellImpl {
 public:
  explicit SumCell(const Config& config = {{"name", "sum_cell"}})
      : RNNCellImpl({"test>SumCell", config.get("name", "sum_cell")}) {}

  void build(const Shapes& shapes) override {
    size_ = shapes[0][-1];
    scale_ = add_weight("scale", {}, {.initializer = "ones"});
  }
  Shapes state_shapes() const override { return {Shape{size_}, Shape{1}}; }
  Tensors step(const Tensor& input, const Tensors& states, const CallContext& context) override {
    const Tensor sum = states[0] + input * scale_.value();
    return {context.is_training() ? -sum : sum, sum, states[1] + 1};
  }

 private:
  std::int64_t size_ = 0;
  Variable scale_;
};

TEST(RNN, RepeatsACellOfOnesOwn) {
  const RNN layer(make_layer<SumCell>(), {.return_sequences = true, .return_state = true});
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 3, 4, 5, 6}, Shape{1, 3, 2});
  const Tensors out = layer.call_list(x);
  ASSERT_EQ(out.size(), 3u);
  expect_values(out[0], {1, 3, 2}, {1, 2, 4, 6, 9, 12});
  expect_values(out[1], {1, 2}, {9, 12});
  expect_values(out[2], {1, 1}, {3});
  expect_values(layer.call_list(x, {.training = true})[0], {1, 3, 2}, {-1, -2, -4, -6, -9, -12});
  const Tensor mask = Tensor::from(std::vector<bool>{false, true, false}, Shape{1, 3});
  expect_values(layer.call_list(x, {.mask = mask})[2], {1, 1}, {1});
  EXPECT_EQ(layer.weights()[0].path(), layer.name() + "/sum_cell/scale");
}

TEST(RNN, SavesACellOfOnesOwn) {
  static const bool registered = [] {
    register_layer("test>SumCell", [](const Config& c) { return make_layer<SumCell>(c); });
    return true;
  }();
  ASSERT_TRUE(registered);
  const Tensor x = Input({3, 2});
  const Model model(x, RNN(make_layer<SumCell>())(x));
  const Model again = model_from_json(model.to_json());
  expect_values(again.predict(ramp(kShape)), {2, 2},
                model.predict(ramp(kShape)).to_vector<float>());
}

TEST(RNN, RepeatsStackedCells) {
  const StackedRNNCells cells(
      {LSTMCell(2, {.name = "a"}), GRUCell(3, {.name = "b"}), SimpleRNNCell(1, {.name = "c"})});
  const RNN layer(cells, {.return_sequences = true, .return_state = true});
  layer.build(kShape);
  set_ramps(layer);
  const Tensor mask =
      Tensor::from(std::vector<bool>{true, false, true, false, false, false}, Shape{2, 3});
  const Tensors plain = layer.call_list(ramp(kShape)),
                masked = layer.call_list(ramp(kShape), {.mask = mask});
  ASSERT_EQ(plain.size(), 5u);
  expect_values(plain[0], Shape{2, 3, 1},
                {-0.9482324f, -0.7079575f, -0.8610107f, -0.9372192f, -0.7122287f, -0.8650925f});
  expect_values(plain[2], Shape{2, 2}, {-0.02205186f, -0.7860537f, -0.2372305f, -0.3315161f});
  expect_values(plain[3], Shape{2, 3},
                {0.9694508f, -0.3058638f, -0.8651196f, 0.9671702f, -0.3045631f, -0.8154409f});
  expect_values(plain[4], Shape{2, 1}, {-0.8610107f, -0.8650925f});
  expect_values(masked[0], Shape{2, 3, 1}, {-0.9482324f, -0.9482324f, -0.719755f, 0, 0, 0});
  expect_values(masked[2], Shape{2, 2}, {0.01486379f, -0.3074554f, 0, 0});
  expect_values(masked[4], Shape{2, 1}, {-0.719755f, 0});
  EXPECT_EQ(layer.impl()->sublayers()[0].impl()->attribute_of(cells.impl()->sublayers()[1]),
            "cells/gru_cell");
}

/// The tensors in a list of lists, written as their numbers.
std::string nesting(const Config& value) {
  if (!value.is_list()) return "x";
  std::string text = "[";
  for (const auto& item : value.as_list()) text += nesting(item);
  return text + "]";
}

TEST(RNN, StackedCellsTakeStatesInFunctionalModels) {
  const auto stack = [] { return StackedRNNCells({LSTMCell(2), GRUCell(3)}); };
  const Tensor x = Input({3, 2}), h = Input({2}), c = Input({2}), s = Input({3});
  const RNN both(stack(), {.return_sequences = true, .return_state = true});
  const Bidirectional around(RNN(stack(), {.return_state = true}));
  const Tensors first = both.call_list(x, {.initial_state = {h, c, s}});
  const Tensors last = around.call_list(first[0], {.initial_state = {h, c, s, c, h, s}});
  const Model model({x, h, c, s}, last);
  // One list a cell, as Keras hands states to the cells of a stack.
  EXPECT_EQ(nesting(both.impl()->nodes()[0].lock()->arguments.at("kwargs").at("initial_state")),
            "[[xx][x]]");
  EXPECT_EQ(nesting(around.impl()->nodes()[0].lock()->arguments.at("kwargs").at("initial_state")),
            "[[xx][x][xx][x]]");
  for (const auto& weight : model.weights()) weight.assign(ramp(weight.shape()));
  const Model again = model_from_json(model.to_json());
  again.set_weights(model.get_weights());
  EXPECT_EQ(again.to_json(), model.to_json());
  const Tensors in = {ramp(kShape), ramp({2, 2}), ramp({2, 2}) * 0.5, ramp({2, 3})};
  const Tensors expected = model.predict_list(in), actual = again.predict_list(in);
  ASSERT_EQ(actual.size(), 7u);
  for (std::size_t i = 0; i < 7; ++i)
    EXPECT_EQ(actual[i].to_vector<float>(), expected[i].to_vector<float>());
  expect_values(expected[0], {2, 6},
                {0.1331128f, 0.1488974f, -0.02031671f, -0.03390908f, 0.05616768f, 0.3245403f,
                 0.9852433f, -0.2085838f, -0.8551834f, 0.9864489f, -0.253715f, -0.8273134f});
  expect_values(expected[2], {2, 2}, {0.1028935f, -0.6785771f, -0.07592265f, -0.9428014f});
  expect_values(expected[5], {2, 2}, {0.1515851f, -0.140898f, -0.02248002f, -0.3531387f});
}

TEST(RNN, CellsComputeOneStep) {
  const LSTMCell cell(2);
  const Tensor x = ramp({3, 2}), h = ramp({3, 2}), c = ramp({3, 2});
  const Tensors out = cell.call_list({x, h, c});
  ASSERT_EQ(out.size(), 3u);
  EXPECT_EQ(out[0].to_vector<float>(), out[1].to_vector<float>());
  const RNN layer(cell, {.return_state = true});
  const Tensors once = layer.call_list(ops::expand_dims(x, {.axis = 1}), {.initial_state = {h, c}});
  for (std::size_t i = 0; i < 3; ++i) expect_values(out[i], {3, 2}, once[i].to_vector<float>());
  expect_error<ValueError>(
      [&] {
        cell.call_list({x, h});
      },
      "has 2 states, but it was called with 1.");
}

TEST(RNN, CellsAreCalledWithStatesInFunctionalModels) {
  const Tensor x = Input({2}), h = Input({3}), c = Input({3});
  const LSTMCell cell(3);
  const Model model({x, h, c}, cell.call_list({x, h, c}));
  // Keras's cell takes its states as an argument of their own.
  const Config& arguments = cell.impl()->nodes()[0].lock()->arguments;
  EXPECT_EQ(nesting(arguments.at("args")), "[x[xx]]");
  const Model again = model_from_json(model.to_json());
  again.set_weights(model.get_weights());
  const Tensors in = {ramp({4, 2}), ramp({4, 3}), ramp({4, 3}) * 0.5};
  EXPECT_EQ(again.predict_list(in)[2].to_vector<float>(),
            model.predict_list(in)[2].to_vector<float>());
}

TEST(RNN, DropsApartForEachGateAndCell) {
  const RNN layer(StackedRNNCells({GRUCell(2, {.dropout = 0.5, .implementation = 1}),
                                   GRUCell(2, {.recurrent_dropout = 0.5, .reset_after = false})}));
  const Tensor x = ramp({32, 3, 2});
  const std::vector<float> plain = layer(x).to_vector<float>();
  EXPECT_EQ(layer(x).to_vector<float>(), plain);
  EXPECT_NE(layer(x, {.training = true}).to_vector<float>(), plain);
}

TEST(RNN, RoundTripsItsConfig) {
  expect_config_round_trip(RNN(LSTMCell(2, {.unit_forget_bias = false, .seed = 3}),
                               {.return_sequences = true, .return_state = true, .stateful = true}));
  expect_config_round_trip(RNN(StackedRNNCells({GRUCell(2), SimpleRNNCell(3)})));
  expect_config_round_trip(LSTMCell(2, {.activation = "relu", .dropout = 0.5}));
  expect_config_round_trip(GRUCell(2, {.reset_after = false}));
  expect_config_round_trip(SimpleRNNCell(2, {.use_bias = false}));
  expect_config_keys(RNN(GRUCell(2)), {"return_sequences", "return_state", "go_backwards",
                                       "stateful", "unroll", "zero_output_for_mask", "cell"});
  expect_config_keys(
      LSTMCell(1),
      {"units", "activation", "recurrent_activation", "use_bias", "unit_forget_bias",
       "kernel_initializer", "recurrent_initializer", "bias_initializer", "kernel_regularizer",
       "recurrent_regularizer", "bias_regularizer", "kernel_constraint", "recurrent_constraint",
       "bias_constraint", "dropout", "recurrent_dropout", "seed"});
  expect_config_keys(GRUCell(1), {"units", "activation", "recurrent_activation", "use_bias",
                                  "kernel_initializer", "recurrent_initializer", "bias_initializer",
                                  "kernel_regularizer", "recurrent_regularizer", "bias_regularizer",
                                  "kernel_constraint", "recurrent_constraint", "bias_constraint",
                                  "dropout", "recurrent_dropout", "reset_after", "seed"});
  expect_config_keys(
      SimpleRNNCell(1),
      {"units", "activation", "use_bias", "kernel_initializer", "recurrent_initializer",
       "bias_initializer", "kernel_regularizer", "recurrent_regularizer", "bias_regularizer",
       "kernel_constraint", "recurrent_constraint", "bias_constraint", "dropout",
       "recurrent_dropout", "seed"});
  expect_config_keys(StackedRNNCells({GRUCell(1)}), {"cells"});
}

TEST(RNN, RefusesWhatIsNoCell) {
  expect_error<ValueError>([] { RNN(Dense(2)); },
                           "The RNN cell should have a `state_size` attribute");
  expect_error<ValueError>([] { RNN{Layer{}}; },
                           "Argument `cell` should have a `call` method. Received: cell=None");
  expect_error<ValueError>(
      [] {
        StackedRNNCells({GRUCell(1), Dense(2)});
      },
      "All cells must have a `state_size` attribute. Received cell without a "
      "`state_size`: Dense");
  expect_error<ValueError>(
      [] {
        StackedRNNCells({GRUCell(1), Layer{}});
      },
      "All cells must have a `call` method.");
  expect_error<ValueError>([] { StackedRNNCells({}); }, "at least one cell");
  expect_error<ValueError>([] { SimpleRNNCell(0); }, "got 0.");
  expect_error<ShapeError>([] { RNN(GRUCell(2))(ramp({2, 0, 2})); }, "at least one time step");
}

}  // namespace
}  // namespace keras::layers
