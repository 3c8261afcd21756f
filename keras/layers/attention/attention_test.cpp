#include "keras/layers/attention/attention.h"

#include <gtest/gtest.h>

#include "keras/layers/core/input_layer.h"
#include "keras/models/functional.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::distinct;
using testing::expect_error;
using testing::expect_values;
using testing::ramp;

Tensor query() { return ramp({1, 2, 3}); }
Tensor value() { return ramp({1, 3, 3}) * 0.5f; }
Tensor key() { return ops::flip(ramp({1, 3, 3}), {.axis = 1}) * 0.25f; }

Tensor mask(const std::vector<float>& values) {
  return ops::cast(Tensor::from(values, {1, static_cast<std::int64_t>(values.size())}),
                   DType::kBool);
}

/// Built, with weights around 1.
template <typename LayerClass>
LayerClass ready(LayerClass layer) {
  layer.build({{1, 2, 3}, {1, 3, 3}});
  Tensors values;
  for (const auto& weight : layer.weights()) values.push_back(ramp(weight.shape()) * 0.5f + 1.0f);
  layer.set_weights(values);
  return layer;
}

// The expected values are Keras's.
TEST(Attention, WeighsValuesByProductsWithTheQuery) {
  expect_values(ready(Attention())(query(), value()), {1, 2, 3},
                {-0.2553583f, 0.189872f, -0.310128f, 0.4541973f, 0.08267348f, -0.4173265f});
  expect_values(ready(Attention({.use_scale = true}))(query(), value(), {.key = key()}), {1, 2, 3},
                {0.1933513f, 0.1134771f, -0.3865229f, 0.1395504f, 0.1362697f, -0.3637303f});
}

TEST(Attention, ScoresByTheSumWhenAsked) {
  expect_values(ready(Attention({.score_mode = "concat"}))(query(), value()), {1, 2, 3},
                {0.1819645f, 0.1247058f, -0.3752941f, 0.1843046f, 0.1237388f, -0.3762612f});
  expect_values(ready(Attention({.use_scale = true, .score_mode = "concat"}))(query(), value(),
                                                                              {.key = key()}),
                {1, 2, 3},
                {0.1671546f, 0.1262316f, -0.3737683f, 0.1667385f, 0.1263003f, -0.3736997f});
}

TEST(Attention, TakesMasks) {
  const std::vector<float> causal = {-0.625f, 0.25f, -0.25f, 0.4193544f, 0.1455646f, -0.3544354f};
  expect_values(ready(Attention())(query(), value(), {.use_causal_mask = true}), {1, 2, 3}, causal);
  const Attention dropping = ready(Attention({.dropout = 0.2}));
  expect_values(
      dropping(query(), value(), {.value_mask = mask({1, 1, 0}), .use_causal_mask = true}),
      {1, 2, 3}, causal);
  const std::vector<float> masked = {-0.4083897f, 0.228339f, -0.271661f, 0, 0, 0};
  const Attention layer = ready(Attention());
  expect_values(
      layer(query(), value(), {.query_mask = mask({1, 0}), .value_mask = mask({1, 1, 0})}),
      {1, 2, 3}, masked);
  const Tensor out = layer({query().with_mask(mask({1, 0})), value().with_mask(mask({1, 1, 0}))});
  expect_values(out, {1, 2, 3}, masked);
  ASSERT_NE(out.mask(), nullptr);
  EXPECT_EQ(out.mask()->to_vector<bool>(), (std::vector<bool>{true, false}));
}

TEST(Attention, ReturnsScores) {
  const auto [out, scores] = ready(Attention()).with_scores(query(), value());
  expect_values(out, {1, 2, 3},
                {-0.2553583f, 0.189872f, -0.310128f, 0.4541973f, 0.08267348f, -0.4173265f});
  expect_values(scores, {1, 2, 3},
                {0.6874402f, 0.1440953f, 0.1684645f, 0.09343722f, 0.4745134f, 0.4320494f});
}

TEST(Attention, DropsScoresInTraining) {
  const Attention layer({.dropout = 0.5, .seed = 1});
  const Tensor x = ramp({1, 8, 3});
  const auto inference = layer(x, x).to_vector<float>();
  EXPECT_NE(layer(x, x, {.training = true}).to_vector<float>(), inference);
}

TEST(Attention, HasRightGradients) {
  for (const char* mode : {"dot", "concat"}) {
    const Attention layer({.use_scale = true, .score_mode = mode, .dtype = "float64"});
    testing::expect_gradients(
        [&](const Tensors& in) {
          return layer(in[0], in[1], {.key = in[2], .use_causal_mask = true});
        },
        {distinct({2, 2, 3}), distinct({2, 3, 2}), distinct({2, 3, 3})});
  }
}

TEST(Attention, StandsInAModelWithAMask) {
  const Tensor q = Input({2, 3}), v = Input({3, 3}), m = Input({3}, {.dtype = "bool"});
  const Model model({q, v, m}, {Attention()(q, v, {.value_mask = m})});
  const Model again = functional_from_config(model.get_config());
  const Tensors inputs = {query(), value(), mask({1, 1, 0})};
  const auto expected =
      Attention()(inputs[0], inputs[1], {.value_mask = inputs[2]}).to_vector<float>();
  expect_values(model(inputs), {1, 2, 3}, expected);
  expect_values(again(inputs), {1, 2, 3}, expected);
}

TEST(Attention, ConfigRoundTrip) {
  const Attention layer({.use_scale = true, .score_mode = "concat", .dropout = 0.5, .seed = 2});
  testing::expect_config_round_trip(layer);
  testing::expect_config_keys(layer, {"use_scale", "score_mode", "dropout", "seed"});
}

TEST(Attention, RefusesWhatDoesNotFit) {
  expect_error<ValueError>([] { Attention({.score_mode = "sum"}); },
                           "Expected one of {'dot', 'concat'}. Received: score_mode=sum");
  expect_error<ValueError>([] { Attention({.dropout = -1}); }, "Received: dropout=-1");
  expect_error<ValueError>([] { Attention()(query()); },
                           "Attention layer accepts inputs list of length 2 or 3");
}

TEST(AdditiveAttention, WeighsValuesByTheTanhOfSums) {
  expect_values(ready(AdditiveAttention())(query(), value()), {1, 2, 3},
                {0.1456869f, 0.1327177f, -0.3672823f, 0.143458f, 0.1327513f, -0.3672488f});
  expect_values(ready(AdditiveAttention({.use_scale = false}))(query(), value(), {.key = key()}),
                {1, 2, 3},
                {0.1863105f, 0.1242444f, -0.3757556f, 0.1815638f, 0.1249979f, -0.375002f});
  expect_values(ready(AdditiveAttention())(query(), value(), {.use_causal_mask = true}), {1, 2, 3},
                {-0.625f, 0.25f, -0.25f, -0.004902329f, 0.1879902f, -0.3120098f});
}

TEST(AdditiveAttention, HasRightGradients) {
  const AdditiveAttention layer({.dtype = "float64"});
  testing::expect_gradients(
      [&](const Tensors& in) { return layer.with_scores(in[0], in[1]).output; },
      {distinct({2, 2, 3}), distinct({2, 3, 3})});
}

TEST(AdditiveAttention, ConfigRoundTrip) {
  const AdditiveAttention layer({.use_scale = false, .dropout = 0.5});
  testing::expect_config_round_trip(layer);
  testing::expect_config_keys(layer, {"use_scale", "dropout", "seed"});
  expect_error<ValueError>([] { AdditiveAttention({.dropout = 3}); }, "Received: dropout=3");
  expect_error<ValueError>([] { AdditiveAttention()(query()); },
                           "AdditiveAttention layer accepts inputs list of length 2 or 3");
}

}  // namespace
}  // namespace keras::layers
