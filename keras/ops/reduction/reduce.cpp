#include "keras/ops/reduction/reduce.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"
#include "keras/ops/shape/layout.h"

namespace keras::ops {
namespace {

using engine::Backward;

Shape reduced_shape(const Shape& shape, const std::vector<int>& axes, bool keepdims) {
  Shape out = shape;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    if (keepdims) {
      out[*axis] = 1;
    } else {
      out.erase(*axis);
    }
  }
  return out;
}

/// A reduced tensor with its axes back, each of size 1.
Tensor with_axes(const Tensor& y, const Tensor& x, const ReduceAttrs& attrs) {
  return reshape(y, reduced_shape(x.shape(), attrs.axes, true));
}

Tensor extremum_gradient(const Backward& b, const ReduceAttrs& attrs) {
  const Tensor& x = b.input(0);
  const Tensor hit = cast(equal(x, with_axes(b.output(0), x, attrs)), x.dtype());
  const Tensor hits = emit(reduce_op, {hit}, ReduceAttrs{ReduceKind::kSum, attrs.axes, true});
  return with_axes(b.cotangent(0), x, attrs) * hit / hits;
}

/// The products of all other elements, from both sides, so that zeros do no harm.
Tensor product_gradient(const Backward& b, const ReduceAttrs& attrs) {
  const Tensor& x = b.input(0);
  std::vector<int> order;
  std::int64_t reduced = 1;
  std::vector<int> kept;
  for (int axis = 0, next = 0; axis < x.rank(); ++axis) {
    if (next < static_cast<int>(attrs.axes.size()) &&
        attrs.axes[static_cast<std::size_t>(next)] == axis) {
      ++next;
      reduced *= x.shape()[axis];
    } else {
      kept.push_back(axis);
    }
  }
  order = kept;
  order.insert(order.end(), attrs.axes.begin(), attrs.axes.end());
  const Tensor turned = transpose(x, {.axes = order});
  const Tensor rows = reshape(turned, {reduced == 0 ? 0 : x.size() / reduced, reduced});
  const auto exclusive = [&](bool reverse) {
    const Tensor running = emit(cumulative_op, {rows}, CumulativeAttrs{true, 1, reverse});
    const Tensor one = ones({rows.shape()[0], 1}, x.dtype());
    const int last = static_cast<int>(reduced) - 1;
    return reverse ? concatenate({slice_axis(running, 1, 1, reduced), one}, {.axis = 1})
                   : concatenate({one, slice_axis(running, 1, 0, last)}, {.axis = 1});
  };
  const Tensor others = reshape(exclusive(false) * exclusive(true), turned.shape());
  std::vector<int> back(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    back[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
  return transpose(others, {.axes = back}) * with_axes(b.cotangent(0), x, attrs);
}

/// Moves elements along an axis by so many places; `fill` comes in at the side that they leave.
Tensor shifted(const Tensor& x, int axis, std::int64_t places, double fill) {
  PadAttrs pad;
  const auto rank = static_cast<std::size_t>(x.rank());
  pad.low = pad.high = pad.interior = std::vector<std::int64_t>(rank, 0);
  pad.low[static_cast<std::size_t>(axis)] = places;
  pad.high[static_cast<std::size_t>(axis)] = -places;
  pad.value = fill;
  return emit(pad_op, {x}, std::move(pad));
}

/// With p[i] the product before i: dx[i] = p[i] s[i], where s[i] = dy[i] + x[i + 1] s[i + 1]. The
/// recurrence is solved by doubling, without a division, so that zeros do no harm.
Tensor running_product_gradient(const Backward& b, const CumulativeAttrs& attrs) {
  const int axis = attrs.axis;
  const std::int64_t size = b.input(0).shape()[axis];
  // Running backwards is the mirror image.
  const std::int64_t onward = attrs.reverse ? -1 : 1;
  const Tensor before = shifted(b.output(0), axis, onward, 1);
  Tensor factor = shifted(b.input(0), axis, -onward, 0);
  Tensor total = b.cotangent(0);
  for (std::int64_t step = 1; step < size; step *= 2) {
    total = total + factor * shifted(total, axis, -onward * step, 0);
    factor = factor * shifted(factor, axis, -onward * step, 0);
  }
  return before * total;
}

Tensors reduce_gradient(const Backward& b, const ReduceAttrs& attrs) {
  switch (attrs.kind) {
    case ReduceKind::kSum:
      return {broadcast_to(with_axes(b.cotangent(0), b.input(0), attrs), b.input(0).shape())};
    case ReduceKind::kProd:
      return {product_gradient(b, attrs)};
    case ReduceKind::kMax:
    case ReduceKind::kMin:
      return {extremum_gradient(b, attrs)};
    case ReduceKind::kAny:
    case ReduceKind::kAll:
      break;
  }
  return Tensors(1);
}

}  // namespace

const engine::Op reduce_op = engine::define_op<ReduceAttrs>({
    .name = "reduce",
    .infer =
        [](const Specs& in, const ReduceAttrs& attrs) {
          if (attrs.kind == ReduceKind::kMax || attrs.kind == ReduceKind::kMin)
            for (const int axis : attrs.axes)
              if (in[0].shape[axis] == 0)
                throw ValueError("max and min need at least one element along each axis.");
          return Specs{{reduced_shape(in[0].shape, attrs.axes, attrs.keepdims), in[0].dtype}};
        },
    .gradient = reduce_gradient,
    .simplify = [](const engine::SimplifyView&,
                   const ReduceAttrs& attrs) { return attrs.axes.empty() ? 0 : -1; },
});

const engine::Op arg_reduce_op = engine::define_op<ArgReduceAttrs>({
    .name = "arg_reduce",
    .infer =
        [](const Specs& in, const ArgReduceAttrs& attrs) {
          if (in[0].shape[attrs.axis] == 0)
            throw ValueError("argmax and argmin need at least one element.");
          return Specs{{reduced_shape(in[0].shape, {attrs.axis}, false), DType::kInt32}};
        },
    .gradient = [](const Backward&, const ArgReduceAttrs&) { return Tensors(1); },
});

const engine::Op cumulative_op = engine::define_op<CumulativeAttrs>({
    .name = "cumulative",
    .infer = [](const Specs& in, const CumulativeAttrs&) { return in; },
    .gradient =
        [](const Backward& b, const CumulativeAttrs& attrs) {
          if (attrs.product) return Tensors{running_product_gradient(b, attrs)};
          const CumulativeAttrs turned{false, attrs.axis, !attrs.reverse};
          return Tensors{emit(cumulative_op, {b.cotangent(0)}, turned)};
        },
});

namespace {

Tensor reduce(const char* class_name, ReduceKind kind, const Tensor& x, const ReduceOptions& o,
              DType (*result)(DType)) {
  return call_or_record(class_name, {x}, {{"axis", axes_config(o.axis)}, {"keepdims", o.keepdims}},
                        [=](const Tensors& in) {
                          auto axes = normalize_axes(class_name, o.axis.value(), in[0].rank());
                          return emit(reduce_op, {cast(in[0], result(in[0].dtype()))},
                                      ReduceAttrs{kind, std::move(axes), o.keepdims});
                        });
}

/// Sums of narrow integers are taken in 32 bits.
DType accumulated(DType dtype) {
  switch (dtype) {
    case DType::kBool:
    case DType::kInt8:
    case DType::kInt16:
      return DType::kInt32;
    case DType::kUint8:
    case DType::kUint16:
      return DType::kUint32;
    default:
      return dtype;
  }
}
DType truth(DType) { return DType::kBool; }

std::int64_t reduced_count(const Tensor& x, const Axes& axes) {
  std::int64_t count = 1;
  for (const int axis : normalize_axes("mean", axes.value(), x.rank())) count *= x.shape()[axis];
  return count;
}

Tensor extremum(const char* class_name, ReduceKind kind, const Tensor& x, const ExtremumOptions& o,
                Tensor (*with)(const Tensor&, const Tensor&)) {
  const Config initial = o.initial ? Config(*o.initial) : Config();
  return call_or_record(
      class_name, {x},
      {{"axis", axes_config(o.axis)}, {"keepdims", o.keepdims}, {"initial", initial}},
      [=](const Tensors& in) {
        auto axes = normalize_axes(class_name, o.axis.value(), in[0].rank());
        const Tensor found =
            emit(reduce_op, {in[0]}, ReduceAttrs{kind, std::move(axes), o.keepdims});
        return o.initial ? with(found, cast(Tensor(*o.initial), found.dtype())) : found;
      });
}

Tensor mean_of_values(const Tensor& x, const ReduceOptions& o) {
  const DType dtype = to_float_dtype(x.dtype());
  // Sums of 16-bit floats would lose their last digits.
  const bool narrow = dtype == DType::kFloat16 || dtype == DType::kBfloat16;
  const Tensor total = sum(cast(x, narrow ? DType::kFloat32 : dtype), o);
  return cast(total / static_cast<double>(reduced_count(x, o.axis)), dtype);
}

Tensor var_of_values(const Tensor& x, const ReduceOptions& o) {
  const DType dtype = to_float_dtype(x.dtype());
  const bool narrow = dtype == DType::kFloat16 || dtype == DType::kBfloat16;
  const Tensor wide = cast(x, narrow ? DType::kFloat32 : dtype);
  const Tensor centered = wide - mean(wide, {.axis = o.axis, .keepdims = true});
  return cast(mean(square(centered), o), dtype);
}

}  // namespace

Tensor sum(const Tensor& x, ReduceOptions o) {
  return reduce("Sum", ReduceKind::kSum, x, o, accumulated);
}
Tensor prod(const Tensor& x, ReduceOptions o) {
  return reduce("Prod", ReduceKind::kProd, x, o, accumulated);
}
Tensor max(const Tensor& x, ExtremumOptions o) {
  return extremum("Max", ReduceKind::kMax, x, o, maximum);
}
Tensor min(const Tensor& x, ExtremumOptions o) {
  return extremum("Min", ReduceKind::kMin, x, o, minimum);
}
Tensor any(const Tensor& x, ReduceOptions o) {
  return reduce("Any", ReduceKind::kAny, x, o, truth);
}
Tensor all(const Tensor& x, ReduceOptions o) {
  return reduce("All", ReduceKind::kAll, x, o, truth);
}
Tensor mean(const Tensor& x, ReduceOptions o) {
  return call_or_record("Mean", {x}, {{"axis", axes_config(o.axis)}, {"keepdims", o.keepdims}},
                        [o](const Tensors& in) { return mean_of_values(in[0], o); });
}
Tensor var(const Tensor& x, ReduceOptions o) {
  return call_or_record("Var", {x}, {{"axis", axes_config(o.axis)}, {"keepdims", o.keepdims}},
                        [o](const Tensors& in) { return var_of_values(in[0], o); });
}
Tensor std(const Tensor& x, ReduceOptions o) {
  return call_or_record("Std", {x}, {{"axis", axes_config(o.axis)}, {"keepdims", o.keepdims}},
                        [o](const Tensors& in) { return sqrt(var_of_values(in[0], o)); });
}

namespace {

Tensor arg_reduce(const char* class_name, bool largest, const Tensor& x,
                  const ArgReduceOptions& o) {
  const Config axis = o.axis ? Config(*o.axis) : Config();
  return call_or_record(
      class_name, {x}, {{"axis", axis}, {"keepdims", o.keepdims}}, [=](const Tensors& in) {
        const Tensor flat = o.axis ? in[0] : reshape(in[0], {in[0].size()});
        const int along = normalize_axis(class_name, o.axis.value_or(0), flat.rank());
        const Tensor index = emit(arg_reduce_op, {flat}, ArgReduceAttrs{largest, along});
        if (!o.keepdims) return index;
        Shape shape = in[0].shape();
        for (int i = 0; i < shape.rank(); ++i)
          if (!o.axis || i == along) shape[i] = 1;
        return reshape(index, shape);
      });
}

Tensor cumulative(const char* class_name, bool product, const Tensor& x,
                  const CumulativeOptions& o) {
  const Config axis = o.axis ? Config(*o.axis) : Config();
  return call_or_record(class_name, {x}, {{"axis", axis}}, [=](const Tensors& in) {
    const Tensor flat = o.axis ? in[0] : reshape(in[0], {in[0].size()});
    const int along = normalize_axis(class_name, o.axis.value_or(0), flat.rank());
    const DType dtype = flat.dtype() == DType::kBool ? DType::kInt32 : flat.dtype();
    return emit(cumulative_op, {cast(flat, dtype)}, CumulativeAttrs{product, along, false});
  });
}

}  // namespace

Tensor argmax(const Tensor& x, ArgReduceOptions o) { return arg_reduce("Argmax", true, x, o); }
Tensor argmin(const Tensor& x, ArgReduceOptions o) { return arg_reduce("Argmin", false, x, o); }
Tensor cumsum(const Tensor& x, CumulativeOptions o) { return cumulative("Cumsum", false, x, o); }
Tensor cumprod(const Tensor& x, CumulativeOptions o) { return cumulative("Cumprod", true, x, o); }

}  // namespace keras::ops
