#include "keras/layers/rnn/rnn_loop.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <vector>

#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/executable.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/normalization/batch_normalization.h"
#include "keras/layers/regularization/dropout.h"
#include "keras/layers/rnn/conv_lstm.h"
#include "keras/layers/rnn/gru.h"
#include "keras/layers/rnn/gru_cell.h"
#include "keras/layers/rnn/lstm.h"
#include "keras/layers/rnn/lstm_cell.h"
#include "keras/layers/rnn/rnn.h"
#include "keras/layers/rnn/simple_rnn_cell.h"
#include "keras/layers/rnn/stacked_rnn_cells.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "keras/regularizers/regularizers.h"
#include "tests/support/allocation_count.h"
#include "tests/support/layer_checks.h"

// A compiled function has a loop where `unroll` puts the steps one after the other: nothing else
// may tell the two apart.
namespace keras::layers {
namespace {

using testing::ramp;

constexpr int kSteps = 7;

/// A cell of other layers: they draw, they count, they add to the loss.
class MixedCell final : public RNNCellImpl {
 public:
  MixedCell()
      : RNNCellImpl({"MixedCell", "mixed_cell"}),
        inner_(3, {.activation = "tanh", .activity_regularizer = regularizers::L2(0.1)}),
        dropout_(0.4, {.seed = 7}) {
    track(inner_, "inner");
    track(dropout_, "dropout");
    track(norm_, "norm");
  }
  void build(const Shapes& shapes) override {
    inner_.build({shapes[0][0], shapes[0][1] + 3});
    norm_.build({shapes[0][0], 3});
    count_ = add_weight("count", {}, {.initializer = "zeros", .trainable = false});
  }
  Shapes state_shapes() const override { return {Shape{3}, Shape{1}}; }
  std::size_t output_state() const override { return 0; }
  Tensors step(const Tensor& input, const Tensors& states, const CallContext& context) override {
    count_.assign(count_.value() + 1);
    const Tensor both = ops::concatenate({input, states[0]}, {.axis = -1});
    const CallOptions how{.training = context.training};
    const Tensor next = inner_(dropout_(both, how));
    return {norm_(next, how) * 2, next, states[1] + count_.value()};
  }

 private:
  Dense inner_;
  Dropout dropout_;
  BatchNormalization norm_;
  Variable count_;
};

struct Case {
  const char* name;
  /// A layer that is unrolled or not.
  std::function<Layer(bool unroll)> make;
  Shape input;
  bool masked = false;
};

template <typename T, typename Options>
std::function<Layer(bool)> recurrent(int units, Options options) {
  return [=](bool unroll) {
    Options o = options;
    o.unroll = unroll;
    return Layer(T(units, o));
  };
}
std::function<Layer(bool)> around(const std::function<Layer()>& cell, RNNOptions options) {
  return [=](bool unroll) {
    RNNOptions o = options;
    o.unroll = unroll;
    return Layer(RNN(cell(), o));
  };
}

std::vector<Case> cases() {
  const Shape plain{4, kSteps, 5};
  const auto stacked = [] {
    return Layer(StackedRNNCells({LSTMCell(3, {.activation = "relu"}),
                                  GRUCell(2, {.dropout = 0.3, .seed = 3}), SimpleRNNCell(4)}));
  };
  const auto mixed = [] { return make_layer<MixedCell>(); };
  return {
      {"lstm", recurrent<LSTM>(3, LSTMOptions{.activation = "relu", .return_state = true}), plain},
      {"lstm_dropout",
       recurrent<LSTM>(
           3,
           LSTMOptions{
               .dropout = 0.3, .recurrent_dropout = 0.4, .seed = 5, .return_sequences = true}),
       plain},
      {"gru_backwards",
       recurrent<GRU>(
           3, GRUOptions{.activation = "elu", .return_sequences = true, .go_backwards = true}),
       plain, true},
      {"gru_before", recurrent<GRU>(3, GRUOptions{.stateful = true, .reset_after = false}), plain},
      {"stacked", around(stacked, {.return_sequences = true, .return_state = true}), plain, true},
      {"stacked_last", around(stacked, {.go_backwards = true}), plain},
      {"mixed", around(mixed, {.return_sequences = true, .return_state = true}), plain},
      {"mixed_masked", around(mixed, {.return_state = true, .zero_output_for_mask = true}), plain,
       true},
      {"conv_lstm",
       [](bool unroll) {
         return Layer(
             ConvLSTM1D(2, 3, {.padding = "same", .return_sequences = true, .unroll = unroll}));
       },
       Shape{2, kSteps, 6, 3}},
      {"one_row", around(mixed, {.return_sequences = true}), Shape{1, kSteps, 5}},
  };
}

Tensor mask_of(std::int64_t batch) {
  std::vector<bool> mask;
  for (std::int64_t i = 0; i < batch * kSteps; ++i) mask.push_back(i % 3 != 1 && i < 2 * kSteps);
  return Tensor::from(mask, Shape{batch, kSteps});
}

/// Outputs, losses and gradients of a training step.
CompiledFunction training_step(const Layer& layer, bool masked) {
  return CompiledFunction([=](const Tensors& in) {
    Tensors outputs;
    const auto loss = [&] {
      const LossScope losses;
      const Tensor x = masked ? in[0].with_mask(mask_of(in[0].shape()[0])) : in[0];
      outputs = layer.impl()->invoke({x}, false, {.training = true});
      Tensor sum = ops::zeros({});
      for (const auto& penalty : losses.losses()) sum = sum + penalty;
      for (const auto& output : outputs) sum = sum + ops::sum(ops::sin(output));
      return sum;
    };
    auto [value, gradients] = value_and_grad(loss, layer.trainable_weights());
    outputs.push_back(value);
    outputs.insert(outputs.end(), gradients.begin(), gradients.end());
    return outputs;
  });
}

void expect_near(const Tensor& actual, const Tensor& expected, const std::string& where) {
  ASSERT_EQ(actual.spec(), expected.spec()) << where;
  const auto a = actual.to_vector<double>(), b = expected.to_vector<double>();
  for (std::size_t i = 0; i < a.size(); ++i)
    ASSERT_NEAR(a[i], b[i], 2e-5 * std::max(1.0, std::abs(b[i]))) << where << ", element " << i;
}

int count_scans(const CompiledFunction& function, const Tensor& x) {
  int count = 0;
  for (const auto name : function.executable({x.spec()})->kernel_names()) count += name == "scan";
  return count;
}

TEST(RnnLoop, IsWhatTheUnrolledStepsAre) {
  for (const auto& one : cases()) {
    SCOPED_TRACE(one.name);
    const Layer loop = one.make(false), unrolled = one.make(true);
    const Tensor x = ramp(one.input);
    loop.build(one.input);
    unrolled.build(one.input);
    Tensors weights;
    for (const auto& weight : loop.weights()) weights.push_back(ops::sin(ramp(weight.shape())));
    loop.set_weights(weights);
    unrolled.set_weights(weights);
    const CompiledFunction actual = training_step(loop, one.masked),
                           expected = training_step(unrolled, one.masked);
    for (int run = 0; run < 2; ++run) {
      const Tensors a = actual({x}), b = expected({x});
      ASSERT_EQ(a.size(), b.size());
      for (std::size_t i = 0; i < a.size(); ++i) expect_near(a[i], b[i], str("result ", i));
      for (std::size_t i = 0; i < loop.weights().size(); ++i)
        expect_near(loop.weights()[i].value(), unrolled.weights()[i].value(),
                    loop.weights()[i].path());
    }
    EXPECT_EQ(count_scans(actual, x), 2);
    EXPECT_EQ(count_scans(expected, x), 0);
  }
}

TEST(RnnLoop, GrowsNotWithTheSequence) {
  const RNN layer(make_layer<MixedCell>());
  const CompiledFunction step = training_step(layer, false);
  const auto kernels = [&](std::int64_t steps) {
    return step.executable({{{4, steps, 5}, DType::kFloat32}})->kernel_names().size();
  };
  EXPECT_LT(kernels(1000), 20u);
}

TEST(RnnLoop, AStepAllocatesNothing) {
  const RNN layer(make_layer<MixedCell>(), {.return_sequences = true});
  const CompiledFunction step = training_step(layer, false);
  const Tensors in = {ramp({4, 20, 5})};
  Tensors results(step(in).size());
  for (int i = 0; i < 3; ++i) step.call(in, results);
  const long before = testing::allocation_count();
  step.call(in, results);
  EXPECT_EQ(testing::allocation_count(), before);
}

/// Its states become wider with the first step.
class GrowingCell final : public RNNCellImpl {
 public:
  GrowingCell() : RNNCellImpl({"GrowingCell", "growing_cell"}) {}
  Shapes state_shapes() const override { return {Shape{1}}; }
  Tensors step(const Tensor& input, const Tensors& states, const CallContext&) override {
    return {states[0] + input, states[0] + input};
  }
};

TEST(RnnLoop, IsUnrolledWhereStatesChangeTheirShapes) {
  const RNN layer(make_layer<GrowingCell>());
  const CompiledFunction compiled([&](const Tensors& in) { return Tensors{layer(in[0])}; });
  const Tensor x = ramp({2, kSteps, 3});
  EXPECT_EQ(compiled({x})[0].to_vector<float>(), layer(x).to_vector<float>());
  EXPECT_EQ(count_scans(compiled, x), 0);
}

}  // namespace
}  // namespace keras::layers
