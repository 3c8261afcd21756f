#include "keras/ops/sorting/sorting.h"

#include <limits>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/indexing/gather.h"
#include "keras/ops/math.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {

const engine::Op argsort_op = engine::define_op<ArgsortAttrs>({
    .name = "argsort",
    .infer =
        [](const Specs& in, const ArgsortAttrs&) {
          return Specs{{in[0].shape, DType::kInt32}};
        },
    .gradient = [](const engine::Backward&, const ArgsortAttrs&) { return Tensors(1); },
});

namespace {

Config axis_config(const std::optional<int>& axis) { return axis ? Config(*axis) : Config(); }

/// Without an axis, the flattened tensor's only one.
std::pair<Tensor, int> source_and_axis(const char* where, const Tensor& x,
                                       const std::optional<int>& axis) {
  if (!axis) return {ravel(x), 0};
  return {x, normalize_axis(where, *axis, x.rank())};
}

Tensors top_k_of(const Tensor& x, std::int64_t k) {
  if (x.rank() == 0) throw ShapeError("top_k: needs at least one axis, received a scalar.");
  const int last = x.rank() - 1;
  if (k < 1 || k > x.shape()[last])
    throw ValueError(str("top_k: k must be in [1, ", x.shape()[last],
                         "], the size of the last axis; received k=", k, "."));
  const Tensor order = emit(argsort_op, {x}, ArgsortAttrs{last, true});
  const Tensor best = slice_axis(order, last, 0, k);
  return {gather_along_axis(x, best, last), best};
}

}  // namespace

Tensor sort(const Tensor& x, SortOptions o) {
  return call_or_record("Sort", {x}, {{"axis", axis_config(o.axis)}}, [o](const Tensors& in) {
    const auto [source, axis] = source_and_axis("sort", in[0], o.axis);
    return gather_along_axis(source, emit(argsort_op, {source}, ArgsortAttrs{axis}), axis);
  });
}

Tensor argsort(const Tensor& x, SortOptions o) {
  return call_or_record("Argsort", {x}, {{"axis", axis_config(o.axis)}}, [o](const Tensors& in) {
    const auto [source, axis] = source_and_axis("argsort", in[0], o.axis);
    return emit(argsort_op, {source}, ArgsortAttrs{axis});
  });
}

Tensor argpartition(const Tensor& x, std::int64_t kth, SortOptions o) {
  return call_or_record(
      "Argpartition", {x}, {{"kth", kth}, {"axis", axis_config(o.axis)}}, [=](const Tensors& in) {
        const auto [source, axis] = source_and_axis("argpartition", in[0], o.axis);
        const std::int64_t size = source.shape()[axis];
        if (kth < -size || kth >= size)
          throw ValueError(
              str("argpartition: kth must be in [", -size, ", ", size, "), received ", kth, "."));
        return emit(argsort_op, {source}, ArgsortAttrs{axis});
      });
}

TopK top_k(const Tensor& x, std::int64_t k, TopKOptions o) {
  const Tensors out = any_symbolic({x})
                          ? record_op("TopK", {x}, {{"k", k}, {"sorted", o.sorted}},
                                      [k](const Tensors& in) { return top_k_of(in[0], k); })
                          : top_k_of(x, k);
  return {out[0], out[1]};
}

Tensor in_top_k(const Tensor& targets, const Tensor& predictions, std::int64_t k) {
  return call_or_record("InTopK", {targets, predictions}, {{"k", k}}, [k](const Tensors& in) {
    const Tensor &target = in[0], &scores = in[1];
    if (scores.rank() < 1 || target.rank() != scores.rank() - 1)
      throw ShapeError(str("in_top_k: targets must have one axis less than predictions; received ",
                           target.shape(), " and ", scores.shape(), "."));
    const int last = scores.rank() - 1;
    const Tensor column = expand_dims(target, {.axis = last});
    const Tensor found = take_along_axis(scores, column, {.axis = last});
    // NaN, which a class that does not exist gives too, counts as the least of all scores.
    const Tensor least = cast(-std::numeric_limits<double>::infinity(), found.dtype());
    const Tensor better = greater(scores, where(isnan(found), least, found));
    return less(sum(cast(better, DType::kInt32), {.axis = last}), k);
  });
}

Tensor searchsorted(const Tensor& sorted_sequence, const Tensor& values, SearchsortedOptions o) {
  if (o.side != "left" && o.side != "right")
    throw ValueError(
        str("searchsorted: side must be \"left\" or \"right\", received \"", o.side, "\"."));
  return call_or_record(
      "SearchSorted", {sorted_sequence, values}, {{"side", o.side}}, [o](const Tensors& in) {
        if (in[0].rank() != 1)
          throw ShapeError(
              str("searchsorted only supports 1-D sorted sequences. You can use "
                  "keras.ops.vectorized_map to extend it to N-D sequences. Received: "
                  "sorted_sequence.shape=",
                  in[0].shape()));
        const Tensor column = expand_dims(in[1], {.axis = -1});
        Tensor before = o.side == "left" ? less(in[0], column) : less_equal(in[0], column);
        // NaN comes behind all numbers.
        if (is_float(column.dtype())) before = logical_or(before, isnan(column));
        return sum(cast(before, DType::kInt32), {.axis = -1});
      });
}

Tensor digitize(const Tensor& x, const Tensor& bins) {
  return call_or_record("Digitize", {x, bins}, Config::dict(), [](const Tensors& in) {
    return searchsorted(in[1], in[0], {.side = "right"});
  });
}

}  // namespace keras::ops
