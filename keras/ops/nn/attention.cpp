#include "keras/ops/nn/attention.h"

#include <limits>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/nn/local_gradient.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"

namespace keras::ops {
namespace {

void check(const TensorSpec& spec, const TensorSpec& expected, const char* what) {
  if (spec != expected)
    throw ShapeError(str("Attention: ", what, " must be ", expected, ", received ", spec, "."));
}

void check_broadcast(const TensorSpec& spec, const Shape& scores, DType dtype, const char* what) {
  bool fits = spec.dtype == dtype && spec.shape.rank() == 4;
  for (int axis = 0; fits && axis < 4; ++axis)
    fits = spec.shape[axis] == 1 || spec.shape[axis] == scores[axis];
  if (!fits)
    throw ShapeError(str("Attention: ", what, " must be ", dtype,
                         " and broadcast to the scores' shape ", scores, ", received ", spec, "."));
}

/// Of the scores.
TensorSpec check_operands(const Specs& in) {
  const TensorSpec &query = in[0], &key = in[1], &value = in[2];
  if (!is_float(query.dtype) || query.shape.rank() != 4)
    throw ShapeError(
        str("Attention: the query must be floating point of four axes, received ", query, "."));
  const std::int64_t heads = query.shape[2];
  const std::int64_t key_heads = key.shape.rank() == 4 ? key.shape[2] : 0;
  if (key_heads == 0 || heads % key_heads != 0 || key.shape[0] != query.shape[0] ||
      key.shape[3] != query.shape[3] || key.dtype != query.dtype)
    throw ShapeError(str("Attention: the key ", key, " does not fit the query ", query, "."));
  if (value.shape.rank() != 4 || value.dtype != key.dtype ||
      value.shape.slice(0, 3) != key.shape.slice(0, 3))
    throw ShapeError(str("Attention: the value ", value, " does not fit the key ", key, "."));
  return {{query.shape[0], heads, query.shape[1], key.shape[1]}, query.dtype};
}

/// Of y, the maximum and the sum.
Specs infer_attention(const Specs& in, const AttentionAttrs& attrs) {
  const TensorSpec scores = check_operands(in);
  if (attrs.biased) check_broadcast(in[3], scores.shape, scores.dtype, "the bias");
  if (attrs.masked)
    check_broadcast(in[attrs.biased ? 4 : 3], scores.shape, DType::kBool, "the mask");
  TensorSpec y = in[0];
  y.shape[3] = in[2].shape[3];
  const TensorSpec statistic{scores.shape.slice(0, 3), scores.dtype};
  return {y, statistic, statistic};
}

Specs infer_attention_gradient(const Specs& in, const AttentionAttrs& attrs) {
  const Specs out = infer_attention(in, attrs);
  const std::size_t next = attrs.masked ? 4 : 3;
  check(in[next], out[1], "the maximum");
  check(in[next + 1], out[2], "the sum");
  check(in[next + 2], out[0], "the gradient");
  return {in[0], in[1], in[2]};
}

/// Heads as groups that share a key's head, where they do: x's heads are its axis `axis`.
class Groups {
 public:
  Groups(const Shape& query, const Shape& key)
      : heads_(query[2]), key_heads_(key[2]), several_(heads_ != key_heads_) {}

  /// With two axes, key heads and heads in a group, in the heads' place.
  Tensor split(const Tensor& x, int axis) const {
    if (!several_) return x;
    Shape shape = x.shape().slice(0, axis);
    const bool all = x.shape()[axis] == heads_;
    shape = shape.concat({all ? key_heads_ : 1, all ? heads_ / key_heads_ : 1});
    return reshape(x, shape.concat(x.shape().slice(axis + 1)));
  }
  Tensor join(const Tensor& x, int axis) const {
    if (!several_) return x;
    return reshape(x, x.shape().slice(0, axis).concat({heads_}).concat(x.shape().slice(axis + 2)));
  }

  /// Of tensors whose heads are split: products of each query with each key, weighted sums of the
  /// keys for each query and of the queries for each key.
  Tensor products(const Tensor& queries, const Tensor& keys) const {
    return einsum(several_ ? "btkgh,bskh->bkgts" : "btkh,bskh->bkts", {queries, keys});
  }
  Tensor sums_of_keys(const Tensor& weights, const Tensor& keys) const {
    return einsum(several_ ? "bkgts,bskh->btkgh" : "bkts,bskh->btkh", {weights, keys});
  }
  Tensor sums_of_queries(const Tensor& weights, const Tensor& queries) const {
    return einsum(several_ ? "bkgts,btkgh->bskh" : "bkts,btkh->bskh", {weights, queries});
  }

 private:
  std::int64_t heads_, key_heads_;
  bool several_;
};

/// Which keys are seen, or nothing where all are.
Tensor visible(const Tensor& mask, const AttentionAttrs& attrs, std::int64_t queries,
               std::int64_t keys) {
  if (!attrs.causal) return mask;
  const Tensor causal =
      greater_equal(reshape(arange(queries), {queries, 1}), reshape(arange(keys), {1, keys}));
  return mask.defined() ? logical_and(mask, causal) : causal;
}

/// With heads in groups, as all tensors in the decompositions.
struct Scores {
  Tensor values;
  Tensor shown;  ///< undefined where all are
};

Scores scores_of(const Tensors& in, const AttentionAttrs& attrs, const Groups& groups) {
  Tensor scores = groups.products(groups.split(in[0], 2), in[1]);
  scores = scores * attrs.scale;
  if (attrs.biased) scores = scores + groups.split(in[3], 1);
  const Tensor mask = attrs.masked ? groups.split(in[attrs.biased ? 4 : 3], 1) : Tensor();
  const Tensor shown = visible(mask, attrs, in[0].shape()[1], in[1].shape()[1]);
  if (shown.defined()) scores = where(shown, scores, hidden_score(in[0].dtype()));
  return {scores, shown};
}

Tensors decompose_attention(const Tensors& in, const AttentionAttrs& attrs) {
  const Groups groups(in[0].shape(), in[1].shape());
  const Tensor scores = scores_of(in, attrs, groups).values;
  const Tensor maximum = max(scores, {.axis = {-1}, .keepdims = true});
  const Tensor total = sum(exp(scores - maximum), {.axis = {-1}});
  const Tensor y = groups.sums_of_keys(softmax(scores), in[2]);
  return {groups.join(y, 2), groups.join(squeeze(maximum, {.axis = {-1}}), 1),
          groups.join(total, 1)};
}

/// With w the softmax and dw = dy·value: the scores' gradient is w (dw - sum(dw · w)). The softmax
/// is written as in the other decomposition, so that one of the two is left.
Tensors decompose_attention_gradient(const Tensors& in, const AttentionAttrs& attrs) {
  const Groups groups(in[0].shape(), in[1].shape());
  const Tensor query = groups.split(in[0], 2), dy = groups.split(in.back(), 2);
  const Scores scores = scores_of(in, attrs, groups);
  const Tensor weights = softmax(scores.values);
  const Tensor products = groups.products(dy, in[2]);
  Tensor d = weights * (products - sum(products * weights, {.axis = {-1}, .keepdims = true}));
  if (scores.shown.defined()) d = where(scores.shown, d, zeros_like(d));
  d = d * attrs.scale;
  return {groups.join(groups.sums_of_keys(d, in[1]), 2), groups.sums_of_queries(d, query),
          groups.sums_of_queries(weights, dy)};
}

Tensors attention_gradient(const engine::Backward& b, const AttentionAttrs& attrs) {
  // A bias, and gradients of gradients, which ask for those of the statistics, are rare.
  if (attrs.biased || b.cotangent(1).defined() || b.cotangent(2).defined())
    return gradient_through(b, [&](const Tensors& in) { return decompose_attention(in, attrs); });
  Tensors inputs = {b.input(0), b.input(1), b.input(2)};
  if (attrs.masked) inputs.push_back(b.input(3));
  inputs.insert(inputs.end(), {b.output(1), b.output(2), b.cotangent(0)});
  Tensors out = emit_all(attention_gradient_op, std::move(inputs), attrs);
  out.resize(static_cast<std::size_t>(b.input_count()));
  return out;
}

}  // namespace

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

const engine::Op attention_op = engine::define_op<AttentionAttrs>({
    .name = "attention",
    .infer = infer_attention,
    .gradient = attention_gradient,
    .decompose = decompose_attention,
});

const engine::Op attention_gradient_op = engine::define_op<AttentionAttrs>({
    .name = "attention_gradient",
    .infer = infer_attention_gradient,
    .gradient =
        [](const engine::Backward& b, const AttentionAttrs& attrs) {
          return gradient_through(
              b, [&](const Tensors& in) { return decompose_attention_gradient(in, attrs); });
        },
    .decompose = decompose_attention_gradient,
});

}  // namespace keras::ops
