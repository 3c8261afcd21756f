#include <cmath>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/nn.h"
#include "keras/ops/nn/attention.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"
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

/// What broadcasts to (batch, heads, queries, keys), with four axes.
Tensor with_four_axes(Tensor x, const char* name, std::int64_t heads) {
  while (x.rank() < 4)
    x = expand_dims(x, {.axis = x.rank() == 3 && heads != 1 && x.shape()[1] == heads ? 2 : 1});
  const Shape& s = x.shape();
  if (x.rank() != 4 || (s[1] != 1 && s[1] != heads))
    throw ShapeError(str("Expected `", name, "` to have shape (B, 1, T, S) or (B, N, T, S) with N=",
                         heads, " but got ", s, "."));
  return x;
}

Tensor attention_of_values(const Tensor& query, const Tensor& key, const Tensor& value,
                           const DotProductAttentionOptions& options) {
  check(query.shape(), key.shape(), value.shape());
  const DType dtype = to_float_dtype(promote(promote(query.dtype(), key.dtype()), value.dtype()));
  const std::int64_t heads = query.shape()[2], depth = query.shape()[3];
  Tensors inputs = {cast(query, dtype), cast(key, dtype), cast(value, dtype)};
  if (options.bias) inputs.push_back(with_four_axes(cast(*options.bias, dtype), "bias", heads));
  if (options.mask)
    inputs.push_back(with_four_axes(cast(*options.mask, DType::kBool), "mask", heads));
  const AttentionAttrs attrs{
      .scale = options.scale.value_or(1 / std::sqrt(static_cast<double>(depth))),
      .causal = options.is_causal,
      .biased = options.bias.has_value(),
      .masked = options.mask.has_value()};
  return emit_all(attention_op, std::move(inputs), attrs)[0];
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
