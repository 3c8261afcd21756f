#include <limits>
#include <string>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/indexing/gather.h"
#include "keras/ops/indexing/indexing.h"
#include "keras/ops/math.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

using engine::Backward;

/// 1 for the update that stays where several have one index, the last; 0 for the others.
Tensor is_last(const Tensor& indices, const Shape& x_shape, DType dtype) {
  const Tensor turn = iota({indices.size()}, 0);
  const Tensor last =
      emit(scatter_op, {zeros({x_shape[0]}, DType::kInt32), indices, turn}, ScatterAttrs{});
  Shape column(std::vector<std::int64_t>(static_cast<std::size_t>(x_shape.rank()), 1));
  column[0] = indices.size();
  return reshape(cast(equal(take(last, indices, {.axis = 0}), turn), dtype), column);
}

Tensors update_gradient(const Backward& b) {
  const Tensor &x = b.input(0), &indices = b.input(1), &updates = b.input(2);
  const Tensor& dy = b.cotangent(0);
  Tensors out(3);
  if (b.needs(0)) out[0] = emit(scatter_op, {dy, indices, zeros_like(updates)}, ScatterAttrs{});
  if (b.needs(2)) out[2] = rows_or_zeros(dy, indices) * is_last(indices, x.shape(), dy.dtype());
  return out;
}

/// The old value and the updates that are equal to the result share its gradient.
Tensors extremum_gradient(const Backward& b) {
  const Tensor &x = b.input(0), &indices = b.input(1), &y = b.output(0), &dy = b.cotangent(0);
  const Tensor kept = cast(equal(x, y), dy.dtype());
  const Tensor won = cast(equal(b.input(2), rows_or_zeros(y, indices)), dy.dtype());
  const Tensor count = kept + emit(scatter_add_op, {indices, won}, ScatterAddAttrs{x.shape()[0]});
  const Tensor share = dy / count;
  Tensors out(3);
  if (b.needs(0)) out[0] = share * kept;
  if (b.needs(2)) out[2] = rows_or_zeros(share, indices) * won;
  return out;
}

/// As JAX: right where no update is 0.
Tensors product_gradient(const Backward& b) {
  const Tensor &indices = b.input(1), &updates = b.input(2);
  const Tensor& dy = b.cotangent(0);
  Tensors out(3);
  if (b.needs(0))
    out[0] = emit(scatter_op, {dy, indices, updates}, ScatterAttrs{ScatterKind::kMultiply});
  if (b.needs(2)) out[2] = rows_or_zeros(dy * b.output(0), indices) / updates;
  return out;
}

}  // namespace

const engine::Op scatter_op = engine::define_op<ScatterAttrs>({
    .name = "scatter",
    .infer =
        [](const Specs& in, const ScatterAttrs&) {
          Shape rows = in[0].shape;
          if (rows.rank() > 0 && in[1].shape.rank() == 1) rows[0] = in[1].shape[0];
          if (!is_integer(in[1].dtype) || in[0].dtype != in[2].dtype || rows != in[2].shape)
            throw ShapeError(str("scatter: a row of updates an index is needed; received ", in[0],
                                 ", indices ", in[1], " and updates ", in[2], "."));
          return Specs{in[0]};
        },
    .gradient =
        [](const Backward& b, const ScatterAttrs& attrs) {
          switch (attrs.kind) {
            case ScatterKind::kUpdate:
              return update_gradient(b);
            case ScatterKind::kMax:
            case ScatterKind::kMin:
              return extremum_gradient(b);
            case ScatterKind::kMultiply:
              break;
          }
          return product_gradient(b);
        },
});

namespace {

/// Indices (…, k) into the first k axes of a shape as places in these axes flattened; one past the
/// end where one is out of range.
struct FlatPlaces {
  Tensor places;
  std::int64_t count;  ///< of rows
  Shape row;           ///< the other axes
};

FlatPlaces flatten_indices(const char* where, const Tensor& indices, const Shape& shape) {
  if (!is_integer(indices.dtype()) || indices.rank() < 1)
    throw ValueError(
        str(where, ": indices must be integers of shape (..., k); received ", indices.spec(), "."));
  const int depth = static_cast<int>(indices.shape()[-1]);
  if (depth > shape.rank())
    throw ShapeError(
        str(where, ": indices of ", depth, " numbers each cannot lead into shape ", shape, "."));
  FlatPlaces out{0, shape.slice(0, depth).size(), shape.slice(depth)};
  const std::int64_t number = depth == 0 ? 1 : indices.size() / depth;
  const Tensor columns = reshape(cast(indices, DType::kInt64), {number, depth});
  Tensor flat = zeros({number}, DType::kInt64);
  Tensor inside = ones({number}, DType::kBool);
  for (int axis = 0; axis < depth; ++axis) {
    const std::int64_t size = shape[axis];
    const Tensor given = reshape(slice_axis(columns, 1, axis, axis + 1), {number});
    const Tensor place = ops::where(less(given, 0), given + size, given);
    inside = logical_and(inside, logical_and(greater_equal(place, 0), less(place, size)));
    flat = flat * size + place;
  }
  out.places = ops::where(inside, flat, out.count);
  return out;
}

Tensor rows_of(const Tensor& values, const FlatPlaces& flat) {
  return reshape(values, Shape{flat.places.size()}.concat(flat.row));
}

Tensor scatter_update_of(const Tensors& in, const std::string& reduction) {
  const Tensor &inputs = in[0], &indices = in[1];
  const FlatPlaces flat = flatten_indices("scatter_update", indices, inputs.shape());
  const Shape updates_shape = indices.shape().slice(0, indices.rank() - 1).concat(flat.row);
  const Tensor updates = rows_of(broadcast_to(cast(in[2], inputs.dtype()), updates_shape), flat);
  const Tensor rows = reshape(inputs, Shape{flat.count}.concat(flat.row));
  if (reduction == "add") {
    const ScatterAddAttrs attrs{flat.count};
    return reshape(rows + emit(scatter_add_op, {flat.places, updates}, attrs), inputs.shape());
  }
  const ScatterKind kind = reduction == "max"   ? ScatterKind::kMax
                           : reduction == "min" ? ScatterKind::kMin
                           : reduction == "mul" ? ScatterKind::kMultiply
                                                : ScatterKind::kUpdate;
  return reshape(emit(scatter_op, {rows, flat.places, updates}, ScatterAttrs{kind}),
                 inputs.shape());
}

}  // namespace

Tensor scatter(const Tensor& indices, const Tensor& values, const Shape& shape) {
  return call_or_record(
      "Scatter", {indices, values}, {{"shape", Config::list_of(shape)}},
      [shape](const Tensors& in) {
        const FlatPlaces flat = flatten_indices("scatter", in[0], shape);
        const Tensor rows = rows_of(in[1], flat);
        return reshape(emit(scatter_add_op, {flat.places, rows}, ScatterAddAttrs{flat.count}),
                       shape);
      });
}

Tensor scatter_update(const Tensor& inputs, const Tensor& indices, const Tensor& updates,
                      ScatterUpdateOptions o) {
  const std::string& reduction = o.reduction;
  if (!reduction.empty() && reduction != "add" && reduction != "max" && reduction != "min" &&
      reduction != "mul")
    throw ValueError(str("Invalid reduction: ", reduction,
                         ". Supported values are: None, 'add', 'max', 'min', 'mul'."));
  const Config named = reduction.empty() ? Config() : Config(reduction);
  return call_or_record(
      "ScatterUpdate", {inputs, indices, updates}, {{"reduction", named}},
      [reduction](const Tensors& in) { return scatter_update_of(in, reduction); });
}

namespace {

/// Rows of data combined by segment, starting from `start`.
Tensor segments(const char* class_name, ScatterKind kind, double start, const Tensor& data,
                const Tensor& ids, std::int64_t count) {
  return call_or_record(
      class_name, {data, ids}, {{"num_segments", count}, {"sorted", false}},
      [=](const Tensors& in) {
        Shape shape = in[0].shape();
        shape[0] = count;
        // Negative segments are dropped, not counted from the end.
        const Tensor place = where(less(in[1], 0), cast(count, in[1].dtype()), in[1]);
        const Tensor from = full(shape, cast(start, in[0].dtype()), in[0].dtype());
        return emit(scatter_op, {from, place, in[0]}, ScatterAttrs{kind});
      });
}

}  // namespace

Tensor segment_sum(const Tensor& data, const Tensor& segment_ids, std::int64_t num_segments) {
  return call_or_record(
      "SegmentSum", {data, segment_ids}, {{"num_segments", num_segments}, {"sorted", false}},
      [num_segments](const Tensors& in) {
        const Tensor past = cast(num_segments, in[1].dtype());
        const Tensor place = where(less(in[1], 0), past, in[1]);
        return emit(scatter_add_op, {place, in[0]}, ScatterAddAttrs{num_segments});
      });
}
Tensor segment_max(const Tensor& data, const Tensor& segment_ids, std::int64_t num_segments) {
  return segments("SegmentMax", ScatterKind::kMax, -std::numeric_limits<double>::infinity(), data,
                  segment_ids, num_segments);
}
Tensor segment_min(const Tensor& data, const Tensor& segment_ids, std::int64_t num_segments) {
  return segments("SegmentMin", ScatterKind::kMin, std::numeric_limits<double>::infinity(), data,
                  segment_ids, num_segments);
}
Tensor segment_prod(const Tensor& data, const Tensor& segment_ids, std::int64_t num_segments) {
  return segments("SegmentProd", ScatterKind::kMultiply, 1, data, segment_ids, num_segments);
}

}  // namespace keras::ops
