#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/engine/graph/trace.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using testing::distinct;
using testing::expect_error;
using testing::expect_values;
using testing::ramp;

Tensor keys() { return flip(ramp({1, 3, 2, 3}), {.axis = 1}) * 0.5f; }
Tensor values() { return ramp({1, 3, 2, 3}); }

Tensor mask_of(const std::vector<bool>& row, const Shape& shape) {
  std::vector<float> all;
  while (static_cast<std::int64_t>(all.size()) < shape.size())
    all.insert(all.end(), row.begin(), row.end());
  return cast(Tensor::from(all, shape), DType::kBool);
}

// The expected values are Keras's.
TEST(DotProductAttention, WeighsValuesByTheSimilarityOfKeys) {
  expect_values(dot_product_attention(ramp({1, 2, 2, 3}), keys(), values()), {1, 2, 2, 3},
                {0.2758912f, -0.1782933f, 0.3481354f, 0.6312714f, -0.3687286f, -0.1942249f,
                 0.3470896f, 0, -0.3470896f, 0.6451955f, -0.3548045f, -0.2867016f});
}

TEST(DotProductAttention, IsCausalWhenAsked) {
  expect_values(dot_product_attention(ramp({1, 2, 2, 3}), keys(), values(), {.is_causal = true}),
                {1, 2, 2, 3},
                {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, 0.2994823f, 0.1556706f, -0.8443294f,
                 0.8961678f, -0.1038322f, -1.103832f});
}

TEST(DotProductAttention, TakesBiasMaskAndScale) {
  const Tensor mask = mask_of({true, false, true, false, false, false}, {1, 1, 2, 3});
  expect_values(dot_product_attention(ramp({1, 2, 2, 3}), keys(), values(),
                                      {.bias = ramp({1, 2, 2, 3}), .mask = mask, .scale = 0.3}),
                {1, 2, 2, 3},
                {0.1205888f, -0.2831936f, 0.8705888f, 1.078939f, 0.07893881f, -0.4506429f,
                 0.08333333f, 0, -0.08333332f, 0.75f, -0.25f, -0.3333333f});
}

TEST(DotProductAttention, SharesKeysAmongGroupsOfHeads) {
  const std::vector<float> expected = {
      -0.003688693f, 0.2230419f,   -0.7769581f, 0.25524f,    0.1655022f,  -0.8344979f,
      0.9056706f,    -0.09432941f, -1.094329f,  0.8961678f,  -0.1038322f, -1.103832f,
      -0.5581564f,   0.346257f,    -0.653743f,  -0.5142018f, 0.3364893f,  -0.6635107f,
      1.076412f,     0.07641213f,  -0.9235879f, 1.066053f,   0.06605342f, -0.9339466f};
  const Tensor query = ramp({1, 2, 4, 3});
  for (const Shape& shape : {Shape{1, 4, 2, 3}, Shape{1, 1, 3}, Shape{1, 1, 2, 3}})
    expect_values(dot_product_attention(query, keys(), values(),
                                        {.mask = mask_of({true, true, false}, shape)}),
                  {1, 2, 4, 3}, expected);
}

TEST(DotProductAttention, HasRightGradients) {
  for (const std::int64_t heads : {2, 4})
    testing::expect_gradients(
        [](const Tensors& in) {
          return dot_product_attention(in[0], in[1], in[2], {.bias = in[3], .is_causal = true});
        },
        {distinct({1, 2, heads, 3}), distinct({1, 3, 2, 3}), distinct({1, 3, 2, 2}),
         distinct({1, heads, 2, 3})});
}

TEST(DotProductAttention, RefusesWhatDoesNotFit) {
  const Tensor q = ramp({1, 2, 2, 3});
  expect_error<ShapeError>(
      [&] {
        dot_product_attention(ramp({2, 3}), keys(), values());
      },
      "only supports 4D inputs. Received: query.shape=(2, 3)");
  expect_error<ShapeError>(
      [&] {
        dot_product_attention(ramp({1, 2, 3, 3}), keys(), values());
      },
      "must be a multiple of that of `key`");
  expect_error<ShapeError>(
      [&] {
        dot_product_attention(ramp({1, 2, 2, 4}), keys(), values());
      },
      "the depths of `query` and `key` must be equal");
  expect_error<ShapeError>(
      [&] {
        dot_product_attention(q, keys(), values(), {.mask = mask_of({true}, {1, 3, 2, 3})});
      },
      "Expected `mask` to have shape (B, 1, T, S) or (B, N, T, S) with N=2");
  expect_error<ValueError>(
      [&] { dot_product_attention(q, keys(), values(), {.flash_attention = true}); },
      "Flash attention is not supported");
  expect_error<ValueError>(
      [&] { dot_product_attention(q, keys(), values(), {.attn_logits_soft_cap = 2.0}); },
      "attn_logits_soft_cap is only supported for JAX on TPU");
}

TEST(DotProductAttention, IsRecordedWithItsArguments) {
  const Tensor symbolic = engine::make_symbolic({{kUnknown, 2, 2, 3}, DType::kFloat32}, nullptr);
  const Tensor out =
      dot_product_attention(symbolic, symbolic, symbolic, {.scale = 0.5, .is_causal = true});
  EXPECT_EQ(out.shape(), (Shape{kUnknown, 2, 2, 3}));
  const OperationNode& node = *history_of(out).node;
  EXPECT_EQ(node.operation->class_name(), "DotProductAttention");
  EXPECT_EQ(node.operation->op_config().to_string(),
            R"({"is_causal": true, "flash_attention": null, "attn_logits_soft_cap": null})");
  EXPECT_EQ(node.arguments.at("kwargs").to_string(),
            R"({"bias": null, "mask": null, "scale": 0.5})");
}

}  // namespace
}  // namespace keras::ops
