#include <cmath>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

void check(const Shape& query, const Shape& key, const Shape& value) {
  const std::string received =
      str(" Received: query.shape=", query, ", key.shape=", key, ", value.shape=", value, ".");
  if (query.rank() != 4 || key.rank() != 4 || value.rank() != 4)
    throw ShapeError("`dot_product_attention` only supports 4D inputs." + received);
  if (query[0] != key[0] || query[0] != value[0] || key[1] != value[1] || key[2] != value[2] ||
      query[3] != key[3])
    throw ShapeError(
        "`dot_product_attention`: the batches of all, the lengths and heads of `key` and `value`, "
        "and the depths of `query` and `key` must be equal." +
        received);
  if (key[2] == 0 || query[2] % key[2] != 0)
    throw ShapeError(
        "`dot_product_attention`: the number of heads of `query` must be a multiple of that of "
        "`key`." +
        received);
}

void check_options(const DotProductAttentionOptions& options) {
  if (options.attn_logits_soft_cap)
    throw ValueError(
        "attn_logits_soft_cap is only supported for JAX on TPU. Set attn_logits_soft_cap=None when "
        "not using JAX on TPU.");
  if (options.flash_attention.value_or(false))
    throw ValueError("Flash attention is not supported.",
                     "leave `flash_attention` unset or False.");
}

/// What broadcasts to (batch, heads, queries, keys) as something that broadcasts to (batch, key
/// heads, group, queries, keys).
Tensor grouped(Tensor x, const char* name, std::int64_t heads, std::int64_t key_heads) {
  while (x.rank() < 4)
    x = expand_dims(x, {.axis = x.rank() == 3 && heads != 1 && x.shape()[1] == heads ? 2 : 1});
  const Shape& s = x.shape();
  if (x.rank() != 4 || (s[1] != 1 && s[1] != heads))
    throw ShapeError(str("Expected `", name, "` to have shape (B, 1, T, S) or (B, N, T, S) with N=",
                         heads, " but got ", s, "."));
  if (heads == key_heads) return x;
  if (s[1] == 1) return reshape(x, {s[0], 1, 1, s[2], s[3]});
  return reshape(x, {s[0], key_heads, heads / key_heads, s[2], s[3]});
}

Tensor causal_mask(std::int64_t queries, std::int64_t keys) {
  return greater_equal(reshape(arange(queries), {queries, 1}), reshape(arange(keys), {1, keys}));
}

/// So low that it vanishes in a softmax, and yet a number: a row of nothing else has no NaN.
double hidden_score(DType dtype) {
  switch (dtype) {
    case DType::kFloat16:
      return -0.7 * 65504;
    case DType::kFloat64:
      return -0.7 * std::numeric_limits<double>::max();
    default:
      return -0.7 * static_cast<double>(std::numeric_limits<float>::max());
  }
}

Tensor attention_of_values(Tensor query, Tensor key, Tensor value,
                           const DotProductAttentionOptions& options) {
  check(query.shape(), key.shape(), value.shape());
  const DType dtype = to_float_dtype(promote(promote(query.dtype(), key.dtype()), value.dtype()));
  query = cast(query, dtype);
  key = cast(key, dtype);
  value = cast(value, dtype);
  const Shape q = query.shape();
  const std::int64_t heads = q[2], key_heads = key.shape()[2];
  const bool groups = heads != key_heads;
  if (groups) query = reshape(query, {q[0], q[1], key_heads, heads / key_heads, q[3]});
  Tensor scores = einsum(groups ? "btkgh,bskh->bkgts" : "btkh,bskh->bkts", {query, key});
  scores = scores * options.scale.value_or(1 / std::sqrt(static_cast<double>(q[3])));
  if (options.bias) scores = scores + grouped(cast(*options.bias, dtype), "bias", heads, key_heads);
  Tensor mask;
  if (options.mask) mask = grouped(cast(*options.mask, DType::kBool), "mask", heads, key_heads);
  if (options.is_causal) {
    const Tensor causal = causal_mask(q[1], key.shape()[1]);
    mask = mask.defined() ? logical_and(mask, causal) : causal;
  }
  if (mask.defined()) scores = where(mask, scores, hidden_score(dtype));
  const Tensor weights = softmax(scores);
  const Tensor out = einsum(groups ? "bkgts,bskh->btkgh" : "bkts,bskh->btkh", {weights, value});
  return groups ? reshape(out, {q[0], q[1], heads, value.shape()[3]}) : out;
}

}  // namespace

Tensor dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                             DotProductAttentionOptions options) {
  check_options(options);
  Tensors all = {query, key, value};
  Config named = Config::dict();
  for (const auto& [name, given] : {std::pair{"bias", &options.bias}, {"mask", &options.mask}}) {
    named.set(name, *given ? Config{{"tensor", static_cast<std::int64_t>(all.size())}} : Config());
    if (*given) all.push_back(**given);
  }
  if (!any_symbolic(all)) return attention_of_values(query, key, value, options);
  named.set("scale", options.scale ? Config(*options.scale) : Config());
  Config places = Config::list();
  for (int i = 0; i < 3; ++i) places.as_list().push_back(Config{{"tensor", i}});
  const Config config{
      {"is_causal", options.is_causal},
      {"flash_attention", options.flash_attention ? Config(*options.flash_attention) : Config()},
      {"attn_logits_soft_cap", nullptr}};
  return record_op("DotProductAttention", all, config,
                   [options](const Tensors& in) {
                     DotProductAttentionOptions given = options;
                     std::size_t next = 3;
                     if (given.bias) given.bias = in[next++];
                     if (given.mask) given.mask = in[next++];
                     return Tensors{attention_of_values(in[0], in[1], in[2], given)};
                   },
                   {{"args", places}, {"kwargs", named}})[0];
}

}  // namespace keras::ops
