#include "keras/layers/attention/group_query_attention.h"

#include <gtest/gtest.h>

#include "keras/layers/layer_impl.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::distinct;
using testing::expect_error;
using testing::expect_values;
using testing::ramp;

/// Built, with ramps as weights, those of biases and of every second projection half as large.
GroupQueryAttention ready(GroupQueryAttentionOptions options, const Shapes& shapes) {
  GroupQueryAttention layer(2, 4, 2, std::move(options));
  layer.build(shapes);
  Tensors values;
  for (const auto& weight : layer.weights()) {
    const bool whole = weight.shape().rank() > 1 && values.size() % 2 == 0;
    values.push_back(ramp(weight.shape()) * (whole ? 1.0f : 0.5f));
  }
  layer.set_weights(values);
  return layer;
}

Tensor output(GroupQueryAttentionOptions options, const Shape& query, const Shape& value,
              AttentionCallOptions call = {}) {
  return ready(std::move(options), {query, value})(ramp(query), ramp(value) * 0.5f, call);
}

Tensor mask(const std::vector<float>& values, const Shape& shape) {
  return ops::cast(Tensor::from(values, shape), DType::kBool);
}

// The expected values are Keras's.
TEST(GroupQueryAttention, SharesKeysAmongHeads) {
  expect_values(output({}, {1, 2, 3}, {1, 3, 3}), {1, 2, 3},
                {-1.041469f, -2.231327f, 2.119089f, -0.07299888f, -1.624569f, 2.011436f});
}

TEST(GroupQueryAttention, IsCausalAndGatedWhenAsked) {
  expect_values(output({.use_gate = true}, {1, 3, 3}, {1, 3, 3}, {.use_causal_mask = true}),
                {1, 3, 3},
                {-0.9734209f, -0.07627761f, 0.09316471f, -0.5057522f, -0.4246556f, 0.3892883f,
                 -0.5269479f, -0.520476f, 0.4766528f});
}

TEST(GroupQueryAttention, ReturnsScoresOfAllHeads) {
  const GroupQueryAttention layer = ready({.use_bias = false}, {{1, 2, 3}, {1, 3, 3}});
  const auto [out, scores] = layer.with_scores(ramp({1, 2, 3}), ramp({1, 3, 3}) * 0.5f,
                                               {.value_mask = mask({1, 1, 0}, {1, 3})});
  expect_values(out, {1, 2, 3},
                {-0.5470645f, -0.4810027f, 0.6402606f, -0.2014653f, -0.3644957f, 0.6690208f});
  expect_values(scores, {1, 4, 2, 3},
                {0.7134492f, 0.2865508f, 0, 0.3400856f, 0.6599143f, 0, 0.6530627f, 0.3469373f, 0,
                 0.3102507f, 0.6897494f, 0, 0.3532217f, 0.6467783f, 0, 0.6224468f, 0.3775532f, 0,
                 0.5189806f, 0.4810194f, 0, 0.6953365f, 0.3046635f, 0});
}

TEST(GroupQueryAttention, TakesMasksAndAWindow) {
  expect_values(output({.dropout = 0.2, .sliding_window = 2}, {1, 3, 3}, {1, 3, 3},
                       {.query_mask = mask({1, 1, 0}, {1, 3})}),
                {1, 3, 3},
                {-1.209012f, -1.780622f, 1.872525f, -0.07299888f, -1.624569f, 2.011436f, -0.625f,
                 0.25f, -0.25f});
}

TEST(GroupQueryAttention, HasRightGradients) {
  for (const double dropout : {0.0, 0.5}) {
    const GroupQueryAttention layer(2, 4, 2, {.dropout = dropout, .dtype = "float64"});
    testing::expect_gradients(
        [&](const Tensors& in) {
          return layer(in[0], in[1], {.key = in[2], .use_causal_mask = true});
        },
        {distinct({2, 3, 2}), distinct({2, 3, 2}), distinct({2, 3, 3})});
  }
}

TEST(GroupQueryAttention, NamesItsPartsAsKeras) {
  const GroupQueryAttention layer(2, 4, 2);
  EXPECT_EQ(layer.name().rfind("grouped_query_attention", 0), 0u);
  EXPECT_EQ(layer.class_name(), "GroupQueryAttention");
  layer.build({{1, 2, 3}, {1, 4, 3}});
  std::vector<std::string> attributes;
  for (const auto& inner : layer.impl()->sublayers())
    attributes.push_back(layer.impl()->attribute_of(inner));
  EXPECT_EQ(attributes, (std::vector<std::string>{"_query_dense", "_key_dense", "_value_dense",
                                                  "_softmax", "_dropout_layer", "_output_dense"}));
}

TEST(GroupQueryAttention, ConfigRoundTrip) {
  const GroupQueryAttention layer(2, 4, 2, {.dropout = 0.25, .sliding_window = 3, .seed = 1});
  testing::expect_config_round_trip(layer);
  testing::expect_config_keys(
      layer,
      {"head_dim", "num_query_heads", "num_key_value_heads", "use_bias", "use_gate",
       "sliding_window", "dropout", "kernel_initializer", "bias_initializer", "kernel_regularizer",
       "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint", "seed"});
}

TEST(GroupQueryAttention, RefusesWhatDoesNotFit) {
  expect_error<ValueError>([] { GroupQueryAttention(2, 4, 3); },
                           "`num_query_heads` must be divisible by `num_key_value_heads`.");
  expect_error<ValueError>([] { GroupQueryAttention(0, 4, 2); }, "must be positive");
  const GroupQueryAttention layer(2, 4, 2);
  expect_error<ShapeError>(
      [&] {
        layer(ramp({1, 2, 2, 3}), ramp({1, 3, 3}));
      },
      "takes inputs of shape (batch, length, features)");
  expect_error<ShapeError>(
      [&] {
        layer(ramp({1, 2, 3}), ramp({1, 3, 3}), {.key = ramp({1, 4, 3})});
      },
      "All dimensions of `value` and `key`");
}

}  // namespace
}  // namespace keras::layers
