#include <limits>
#include <string>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

enum class NanRule { kPropagate, kIgnore };

void check_method(const std::string& method) {
  for (const char* known : {"linear", "lower", "higher", "midpoint", "nearest"})
    if (method == known) return;
  throw ValueError(str("Invalid method: ", method,
                       ". Available methods are: linear, lower, higher, midpoint, nearest."));
}

/// The reduced axes as one, the last.
Tensor rows_of(const Tensor& x, const std::vector<int>& axes) {
  std::vector<int> order;
  Shape shape;
  std::int64_t reduced = 1;
  for (int axis = 0, next = 0; axis < x.rank(); ++axis) {
    if (next < static_cast<int>(axes.size()) && axes[static_cast<std::size_t>(next)] == axis) {
      ++next;
      reduced *= x.shape()[axis];
    } else {
      order.push_back(axis);
      shape.push_back(x.shape()[axis]);
    }
  }
  order.insert(order.end(), axes.begin(), axes.end());
  shape.push_back(reduced);
  return reshape(transpose(x, {.axes = order}), shape);
}

/// Between the two neighbours of a place in sorted values.
Tensor interpolate(const Tensor& sorted, const Tensor& place, const std::string& method) {
  const Tensor below = floor(place), above = ceil(place);
  const auto at = [&](const Tensor& index) {
    const Tensor inside = maximum(cast(index, DType::kInt32), 0);
    return take_along_axis(sorted, inside, {.axis = -1});
  };
  if (method == "lower") return at(below);
  if (method == "higher") return at(above);
  if (method == "nearest") return at(round(place));
  if (method == "midpoint") return (at(below) + at(above)) * 0.5;
  const Tensor weight = place - below;
  return at(below) * (1 - weight) + at(above) * weight;
}

Tensor quantile_of(const Tensor& given, const Tensor& q, const QuantileOptions& o, NanRule rule) {
  const DType dtype = to_float_dtype(given.dtype());
  const Tensor x = cast(given, dtype);
  const auto axes = normalize_axes("quantile", o.axis.value(), x.rank());
  const Tensor rows = rows_of(x, axes);
  const int last = rows.rank() - 1;
  if (rows.shape()[last] == 0) throw ValueError("quantile: needs at least one element.");
  const Tensor sorted = sort(rows);
  Tensor count = sum(cast(logical_not(isnan(rows)), dtype), {.axis = last, .keepdims = true});
  const Tensor spoiled = rule == NanRule::kIgnore
                             ? equal(count, 0)
                             : less(count, static_cast<double>(rows.shape()[last]));
  const Tensor levels = ravel(cast(q, dtype));
  const Tensor found = interpolate(sorted, (count - 1) * levels, o.method);
  const Tensor values = where(spoiled, cast(kNan, dtype), found);
  // The levels' axes come first.
  Shape shape = q.shape();
  for (int axis = 0, next = 0; axis < x.rank(); ++axis) {
    const bool reduced =
        next < static_cast<int>(axes.size()) && axes[static_cast<std::size_t>(next)] == axis;
    next += reduced;
    if (!reduced) shape.push_back(x.shape()[axis]);
    if (reduced && o.keepdims) shape.push_back(1);
  }
  return reshape(moveaxis(values, -1, 0), shape);
}

Tensor quantile_or_record(const char* class_name, const Tensor& x, const Tensor& q,
                          const QuantileOptions& o, NanRule rule, double scale) {
  check_method(o.method);
  return call_or_record(
      class_name, {x, q},
      {{"axis", axes_config(o.axis)}, {"method", o.method}, {"keepdims", o.keepdims}},
      [=](const Tensors& in) {
        const Tensor level = cast(in[1], to_float_dtype(in[0].dtype()));
        return quantile_of(in[0], scale == 1 ? level : level * scale, o, rule);
      });
}

Tensor median_or_record(const char* class_name, const Tensor& x, const ReduceOptions& o,
                        NanRule rule) {
  return call_or_record(class_name, {x}, {{"axis", axes_config(o.axis)}, {"keepdims", o.keepdims}},
                        [=](const Tensors& in) {
                          return quantile_of(in[0], 0.5, {.axis = o.axis, .keepdims = o.keepdims},
                                             rule);
                        });
}

}  // namespace

Tensor quantile(const Tensor& x, const Tensor& q, QuantileOptions o) {
  return quantile_or_record("Quantile", x, q, o, NanRule::kPropagate, 1);
}
Tensor percentile(const Tensor& x, const Tensor& q, QuantileOptions o) {
  return quantile_or_record("Percentile", x, q, o, NanRule::kPropagate, 0.01);
}
Tensor nanquantile(const Tensor& x, const Tensor& q, QuantileOptions o) {
  return quantile_or_record("Nanquantile", x, q, o, NanRule::kIgnore, 1);
}
Tensor nanpercentile(const Tensor& x, const Tensor& q, QuantileOptions o) {
  return quantile_or_record("Nanpercentile", x, q, o, NanRule::kIgnore, 0.01);
}
Tensor median(const Tensor& x, ReduceOptions o) {
  return median_or_record("Median", x, o, NanRule::kPropagate);
}
Tensor nanmedian(const Tensor& x, ReduceOptions o) {
  return median_or_record("Nanmedian", x, o, NanRule::kIgnore);
}

}  // namespace keras::ops
