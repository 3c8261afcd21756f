#include "keras/layers/attention/multi_head_attention.h"

#include <gtest/gtest.h>

#include "keras/layers/core/input_layer.h"
#include "keras/layers/core/masking.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/merging/merge.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/models/functional.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::distinct;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;
using testing::ramp;

/// Built, with ramps as weights, those of biases and of every second projection half as large.
MultiHeadAttention ready(MultiHeadAttentionOptions options, const Shapes& shapes) {
  MultiHeadAttention layer(2, 2, std::move(options));
  layer.build(shapes);
  Tensors values;
  for (const auto& weight : layer.weights()) {
    const bool whole = weight.shape().rank() > 1 && values.size() % 2 == 0;
    values.push_back(ramp(weight.shape()) * (whole ? 1.0f : 0.5f));
  }
  layer.set_weights(values);
  return layer;
}

/// The layer's output for a ramp of the first shape as query and half a one as value.
Tensor output(MultiHeadAttentionOptions options, const Shape& query, const Shape& value,
              AttentionCallOptions call = {}) {
  const MultiHeadAttention layer = ready(std::move(options), {query, value});
  return layer(ramp(query), ramp(value) * 0.5f, call);
}

Tensor mask(const std::vector<float>& values, const Shape& shape) {
  return ops::cast(Tensor::from(values, shape), DType::kBool);
}

// The expected values are Keras's.
TEST(MultiHeadAttention, AttendsFromQueriesToValues) {
  expect_values(output({}, {2, 2, 3}, {2, 3, 2}), {2, 2, 3},
                {-0.503742f, 0.1396001f, -0.5536262f, 0.3141032f, -0.1039403f, -0.5415359f,
                 1.119122f, -0.3086365f, -0.9868823f, 0.8924379f, -0.2678543f, -0.9932487f});
}

TEST(MultiHeadAttention, HasKeysAndSizesOfItsOwn) {
  const MultiHeadAttention layer =
      ready({.value_dim = 3, .dropout = 0.1, .use_bias = false, .output_shape = {2}},
            {{2, 2, 3}, {2, 3, 2}, {2, 3, 4}});
  expect_values(layer(ramp({2, 2, 3}), ramp({2, 3, 2}) * 0.5f, {.key = ramp({2, 3, 4}) * 0.25f}),
                {2, 2, 2},
                {-0.3427953f, -0.0478222f, -0.3179327f, 0.05086853f, -0.1529823f, -0.2578762f,
                 -0.1647715f, -0.262978f});
}

TEST(MultiHeadAttention, ReturnsScores) {
  const MultiHeadAttention layer = ready({}, {{1, 2, 3}, {1, 3, 3}});
  const auto [out, scores] = layer.with_scores(ramp({1, 2, 3}), ramp({1, 3, 3}) * 0.5f);
  expect_values(out, {1, 2, 3},
                {-0.4845763f, 0.02858227f, -1.312123f, 1.453549f, -0.5602005f, -1.922803f});
  expect_values(scores, {1, 2, 2, 3},
                {0.7774047f, 0.09331882f, 0.1292766f, 0.1130636f, 0.4983075f, 0.388629f, 0.5512857f,
                 0.2268358f, 0.2218784f, 0.008851464f, 0.4931788f, 0.4979697f});
}

TEST(MultiHeadAttention, IsCausalWhenAsked) {
  const std::vector<float> expected = {-1.265625f, 0.3359375f, -0.7265625f, 1.427811f, -0.5573838f,
                                       -1.914541f, 1.286533f,  -0.5236155f, -1.939788f};
  for (const double dropout : {0.0, 0.3})
    expect_values(output({.dropout = dropout}, {1, 3, 3}, {1, 3, 3}, {.use_causal_mask = true}),
                  {1, 3, 3}, expected);
}

TEST(MultiHeadAttention, LooksThroughAWindow) {
  expect_values(output({.sliding_window = 2}, {1, 4, 3}, {1, 4, 3}), {1, 4, 3},
                {-0.818875f, 0.1487163f, -1.114873f, 1.453549f, -0.5602005f, -1.922803f, 1.539891f,
                 -0.5737339f, -1.929245f, 1.294898f, -0.5094736f, -1.959654f});
}

TEST(MultiHeadAttention, AttendsOverChosenAxes) {
  expect_values(output({.attention_axes = {2}}, {1, 2, 3, 3}, {1, 2, 3, 3}), {1, 2, 3, 3},
                {-0.4845763f, 0.02858227f, -1.312123f, 1.453549f, -0.5602005f, -1.922803f,
                 1.286533f, -0.5236155f, -1.939788f, 2.708499f, -0.6204387f, -2.000577f, 2.140083f,
                 -0.3799782f, -0.1216988f, 2.097363f, -0.3731132f, -0.1142516f});
  expect_values(output({}, {1, 2, 2, 3}, {1, 2, 3, 3}), {1, 2, 2, 3},
                {-0.4948643f, -0.005646527f, -0.8918518f, 2.590277f, -0.636052f, -2.046983f,
                 2.305839f, -0.6014875f, -2.028212f, 1.958089f, -0.5549905f, -2.012419f});
}

TEST(MultiHeadAttention, HasAGate) {
  expect_values(output({.value_dim = 3, .dropout = 0.1, .use_gate = true}, {1, 2, 3}, {1, 3, 3}),
                {1, 2, 3},
                {-0.4554924f, 0.3367124f, -0.4146819f, 1.075771f, -0.08189872f, -1.467603f});
}

TEST(MultiHeadAttention, TakesMasks) {
  const Shape query = {1, 2, 3}, value = {1, 3, 3};
  // A row that looks at nothing is the mean of all, or with dropout nothing, as in Keras.
  const Tensor attention = mask({1, 0, 1, 0, 0, 0}, {1, 2, 3});
  expect_values(output({}, query, value, {.attention_mask = attention}), query,
                {-0.7934598f, 0.1457928f, -1.101144f, 0.71875f, -0.2994792f, -1.518229f});
  expect_values(output({.dropout = 0.1}, query, value, {.attention_mask = attention}), query,
                {-0.7934598f, 0.1457928f, -1.101144f, -0.625f, 0.25f, -0.25f});
  const std::vector<float> masked = {-0.818875f, 0.1487163f,  -1.114873f,
                                     1.427811f,  -0.5573838f, -1.914541f};
  const Tensor counts = mask({1, 1, 0}, {1, 3});
  expect_values(output({}, query, value, {.value_mask = counts}), query, masked);
  const MultiHeadAttention layer = ready({}, {query, value});
  const Tensor steps = mask({1, 1}, {1, 2});
  const Tensor out = layer(ramp(query).with_mask(steps), (ramp(value) * 0.5f).with_mask(counts));
  expect_values(out, query, masked);
  ASSERT_NE(out.mask(), nullptr);
  EXPECT_EQ(out.mask()->shape(), (Shape{1, 2}));
}

TEST(MultiHeadAttention, MakesOutputsOfSeveralAxes) {
  expect_values(output({.output_shape = {2, 2}}, {1, 2, 3}, {1, 3, 3}), {1, 2, 2, 2},
                {-0.5010939f, 0.1373353f, 0.5044349f, 1.017594f, 1.601955f, -1.382405f, 2.623907f,
                 0.6101577f});
}

TEST(MultiHeadAttention, DropsScoresInTraining) {
  const MultiHeadAttention layer = ready({.dropout = 0.5, .seed = 3}, {{1, 8, 3}, {1, 8, 3}});
  const Tensor x = ramp({1, 8, 3});
  const auto inference = layer(x, x).to_vector<float>();
  EXPECT_EQ(layer(x, x).to_vector<float>(), inference);
  EXPECT_NE(layer(x, x, {.training = true}).to_vector<float>(), inference);
}

TEST(MultiHeadAttention, HasRightGradients) {
  for (const double dropout : {0.0, 0.5}) {
    const MultiHeadAttention layer(2, 2, {.dropout = dropout, .dtype = "float64"});
    testing::expect_gradients(
        [&](const Tensors& in) {
          return layer(in[0], in[1], {.key = in[2], .use_causal_mask = true});
        },
        {distinct({2, 3, 2}), distinct({2, 3, 2}), distinct({2, 3, 3})});
  }
}

TEST(MultiHeadAttention, NamesItsWeightsAsKeras) {
  const MultiHeadAttention layer(2, 3, {.use_gate = true, .name = "mha"});
  layer.build({{1, 2, 3}, {1, 4, 3}});
  std::vector<std::string> paths;
  for (const auto& weight : layer.weights()) paths.push_back(weight.path());
  EXPECT_EQ(paths, (std::vector<std::string>{
                       "mha/query/kernel", "mha/query/bias", "mha/key/kernel", "mha/key/bias",
                       "mha/gate/kernel", "mha/gate/bias", "mha/value/kernel", "mha/value/bias",
                       "mha/attention_output/kernel", "mha/attention_output/bias"}));
  std::vector<std::string> attributes;
  for (const auto& inner : layer.impl()->sublayers())
    attributes.push_back(layer.impl()->attribute_of(inner));
  EXPECT_EQ(attributes,
            (std::vector<std::string>{"query_dense", "key_dense", "_gate_dense", "value_dense",
                                      "_softmax", "_dropout_layer", "output_dense"}));
  EXPECT_EQ(layer.impl()->get_build_config().to_string(),
            R"({"shapes_dict": {"query_shape": [null, 2, 3], "value_shape": [null, 4, 3]}})");
}

TEST(MultiHeadAttention, StandsInAModel) {
  const Tensor query = Input({2, 3}), key = Input({3, 3});
  const Tensor allowed = Input({2, 3}, {.dtype = "bool"});
  const MultiHeadAttention layer = ready({}, {{1, 2, 3}, {1, 3, 3}});
  const auto [out, scores] = layer.with_scores(query, key, {.key = key, .attention_mask = allowed});
  const Model model({query, key, allowed}, {out, scores});
  const Model again = functional_from_config(model.get_config());
  again.set_weights(model.get_weights());
  const Tensors inputs = {ramp({1, 2, 3}), ramp({1, 3, 3}) * 0.5f,
                          mask({1, 0, 1, 0, 1, 1}, {1, 2, 3})};
  const auto expected =
      layer.with_scores(inputs[0], inputs[1], {.key = inputs[1], .attention_mask = inputs[2]});
  for (const Model& each : {model, again}) {
    const Tensors outs = each.call_list(inputs);
    expect_values(outs[0], {1, 2, 3}, expected.output.to_vector<float>());
    expect_values(outs[1], {1, 2, 2, 3}, expected.scores.to_vector<float>());
  }
}

TEST(MultiHeadAttention, TakesTheMasksOfItsInputsAwayInAModel) {
  const Tensor x = Input({3, 2});
  const Tensor masked = Masking()(x);
  const MultiHeadAttention layer(1, 2, {.name = "attention"});
  const Tensor attended = layer(masked, masked);
  const GlobalAveragePooling1D mean;
  const Model model({x}, {mean(Add()({masked, attended})), mean(attended)});
  const Tensor in = Tensor::from(std::vector<float>{1, 2, 3, 4, 0, 0}, {1, 3, 2});
  const Tensors outs = model.call_list({in});
  const Tensor steps = in.with_mask(mask({1, 1, 0}, {1, 3}));
  const Tensor result = layer(steps, steps).without_mask();
  expect_values(outs[0], {1, 2}, ops::mean(in + result, {.axis = 1}).to_vector<float>());
  const Tensor counted = ops::slice(result, {0, 0, 0}, {1, 2, 2});
  expect_values(outs[1], {1, 2}, ops::mean(counted, {.axis = 1}).to_vector<float>());
}

TEST(MultiHeadAttention, ConfigRoundTrip) {
  const MultiHeadAttention layer(
      2, 3, {.value_dim = 4, .dropout = 0.1, .output_shape = {5}, .attention_axes = {1}});
  expect_config_round_trip(layer);
  testing::expect_config_keys(
      layer, {"num_heads", "key_dim", "value_dim", "dropout", "use_bias", "use_gate",
              "output_shape", "attention_axes", "sliding_window", "kernel_initializer",
              "bias_initializer", "kernel_regularizer", "bias_regularizer", "activity_regularizer",
              "kernel_constraint", "bias_constraint", "seed"});
  Config config = layer.get_config();
  for (const Config& flash : {Config(), Config(false), Config("auto")}) {
    config.set("flash_attention", flash);
    EXPECT_EQ(MultiHeadAttention::from_config(config).get_config(), layer.get_config());
  }
  config.set("dropout", 0.0);
  config.set("flash_attention", true);
  expect_error<ValueError>([&] { MultiHeadAttention::from_config(config); },
                           "Flash attention is not supported");
}

TEST(MultiHeadAttention, RefusesWhatDoesNotFit) {
  const auto make = [](int heads, int dim, MultiHeadAttentionOptions options) {
    return [=] { MultiHeadAttention(heads, dim, options); };
  };
  expect_error<ValueError>(make(0, 2, {}), "Received an invalid value for argument `num_heads`");
  expect_error<ValueError>(make(2, -1, {}), "expected a positive integer. Received: key_dim=-1");
  expect_error<ValueError>(make(2, 2, {.value_dim = 0}), "a positive integer or `None`");
  expect_error<ValueError>(make(2, 2, {.sliding_window = 0}), "Received: sliding_window=0");
  expect_error<ValueError>(make(2, 2, {.dropout = 2}), "Received: dropout=2");
  expect_error<ValueError>(make(2, 2, {.dropout = 0.1, .flash_attention = true}),
                           "Dropout is not supported when flash attention is enabled");
  const MultiHeadAttention layer(2, 2);
  expect_error<ValueError>(
      [&] {
        layer(ramp({1, 2, 3}), ramp({1, 3, 3}), {.key = ramp({1, 4, 3})});
      },
      "All dimensions of `value` and `key`, except the last one, must be equal");
  expect_error<ValueError>([&] { layer.call_list({ramp({1, 2, 3})}); }, "there is no `value`");
}

}  // namespace
}  // namespace keras::layers
