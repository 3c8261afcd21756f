#include "keras/ops/indexing/indexing.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/indexing/gather.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"
#include "keras/ops/shape/layout.h"

namespace keras::ops {
namespace {

using engine::Backward;

void check_indices(const char* where, const TensorSpec& indices) {
  if (!is_integer(indices.dtype))
    throw DtypeError(str(where, ": indices must be integers, received ", indices, "."));
}

/// Brings one axis to the front.
Tensor axis_first(const Tensor& x, int axis) {
  std::vector<int> order = {axis};
  for (int i = 0; i < x.rank(); ++i)
    if (i != axis) order.push_back(i);
  return transpose(x, {.axes = order});
}

/// Brings the first axis to where `axis` says.
Tensor first_to(const Tensor& x, int axis) {
  std::vector<int> order;
  for (int i = 1; i < x.rank(); ++i) order.push_back(i);
  order.insert(order.begin() + axis, 0);
  return transpose(x, {.axes = order});
}

}  // namespace

const engine::Op take_op = engine::define_op<TakeAttrs>({
    .name = "take",
    .infer =
        [](const Specs& in, const TakeAttrs& attrs) {
          check_indices("take", in[1]);
          const Shape& shape = in[0].shape;
          return Specs{
              {shape.slice(0, attrs.axis).concat(in[1].shape).concat(shape.slice(attrs.axis + 1)),
               in[0].dtype}};
        },
    .gradient =
        [](const Backward& b, const TakeAttrs& attrs) {
          const Tensor &x = b.input(0), &indices = b.input(1);
          Tensors out(2);
          if (!b.needs(0)) return out;
          const std::int64_t count = indices.size();
          Shape rows = x.shape();
          rows[attrs.axis] = count;
          const Tensor updates = axis_first(reshape(b.cotangent(0), rows), attrs.axis);
          const Tensor sums = emit(scatter_add_op, {reshape(indices, {count}), updates},
                                   ScatterAddAttrs{x.shape()[attrs.axis]});
          out[0] = first_to(sums, attrs.axis);
          return out;
        },
});

const engine::Op scatter_add_op = engine::define_op<ScatterAddAttrs>({
    .name = "scatter_add",
    .infer =
        [](const Specs& in, const ScatterAddAttrs& attrs) {
          check_indices("scatter_add", in[0]);
          Shape shape = in[1].shape;
          shape[0] = attrs.size;
          return Specs{{shape, in[1].dtype}};
        },
    .gradient =
        [](const Backward& b, const ScatterAddAttrs&) {
          Tensors out(2);
          if (b.needs(1)) out[1] = rows_or_zeros(b.cotangent(0), b.input(0));
          return out;
        },
});

Tensor take(const Tensor& x, const Tensor& indices, TakeOptions options) {
  const Config axis = options.axis ? Config(*options.axis) : Config();
  return call_or_record("Take", {x, indices}, {{"axis", axis}}, [options](const Tensors& in) {
    const Tensor source = options.axis ? in[0] : ravel(in[0]);
    const int along = normalize_axis("take", options.axis.value_or(0), source.rank());
    const Tensor where = is_integer(in[1].dtype()) ? in[1] : cast(in[1], DType::kInt32);
    return emit(take_op, {source, where}, TakeAttrs{along});
  });
}

Tensor arange(std::int64_t stop, DType dtype) { return arange(0, stop, 1, dtype); }

Tensor arange(std::int64_t start, std::int64_t stop, std::int64_t step, DType dtype) {
  if (step == 0) throw ValueError("arange: step must not be 0.");
  const std::int64_t distance = step > 0 ? stop - start : start - stop;
  const std::int64_t stride = step > 0 ? step : -step;
  const std::int64_t count = distance <= 0 ? 0 : (distance + stride - 1) / stride;
  const Tensor steps = emit(iota_op, {}, IotaAttrs{{count}, 0, dtype});
  if (start == 0 && step == 1) return steps;
  return steps * cast(step, dtype) + cast(start, dtype);
}

Tensor iota(const Shape& shape, int axis, DType dtype) {
  return emit(iota_op, {}, IotaAttrs{shape, axis, dtype});
}

Tensor one_hot(const Tensor& x, std::int64_t num_classes, OneHotOptions options) {
  return call_or_record(
      "OneHot", {x}, {{"num_classes", num_classes}, {"axis", options.axis}},
      [=](const Tensors& in) {
        const int rank = in[0].rank() + 1;
        const int axis = normalize_axis("one_hot", options.axis, rank);
        Shape column = in[0].shape();
        column.insert(axis, 1);
        Shape classes(std::vector<std::int64_t>(static_cast<std::size_t>(rank), 1));
        classes[axis] = num_classes;
        const Tensor index = is_integer(in[0].dtype()) ? in[0] : cast(in[0], DType::kInt32);
        const Tensor hit = equal(reshape(index, column), iota(classes, axis, index.dtype()));
        return cast(hit, options.dtype);
      });
}

Tensor full(const Shape& shape, const Tensor& fill_value, DType dtype) {
  return broadcast_to(cast(fill_value, dtype), shape);
}
Tensor zeros(const Shape& shape, DType dtype) { return full(shape, 0, dtype); }
Tensor ones(const Shape& shape, DType dtype) { return full(shape, 1, dtype); }

namespace {

Tensor filled_like(const char* class_name, const Tensor& x, std::optional<DType> dtype, int value) {
  const Config name = dtype ? Config(dtype_name(*dtype)) : Config();
  return call_or_record(class_name, {x}, {{"dtype", name}}, [=](const Tensors& in) {
    return full(in[0].shape(), value, dtype.value_or(in[0].dtype()));
  });
}

}  // namespace

Tensor zeros_like(const Tensor& x, std::optional<DType> dtype) {
  return filled_like("ZerosLike", x, dtype, 0);
}
Tensor ones_like(const Tensor& x, std::optional<DType> dtype) {
  return filled_like("OnesLike", x, dtype, 1);
}

Tensor float_range(double start, double stop, double step, DType dtype) {
  if (step == 0) throw ValueError("arange: step must not be 0.");
  const auto count = static_cast<std::int64_t>(std::ceil((stop - start) / step));
  const Tensor places = emit(iota_op, {}, IotaAttrs{{std::max<std::int64_t>(count, 0)}, 0, dtype});
  return places * cast(Tensor::from(&step, {}), dtype) + cast(Tensor::from(&start, {}), dtype);
}

}  // namespace keras::ops
