#include <algorithm>
#include <limits>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/math.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Config reduce_config(const ReduceOptions& o) {
  return {{"axis", axes_config(o.axis)}, {"keepdims", o.keepdims}};
}

Tensor reduction(const char* class_name, const Tensor& x, const ReduceOptions& o,
                 Tensor (*function)(const Tensor& x, const ReduceOptions& o)) {
  return call_or_record(class_name, {x}, reduce_config(o),
                        [=](const Tensors& in) { return function(in[0], o); });
}

Tensor floats(const Tensor& x) { return cast(x, to_float_dtype(x.dtype())); }

/// x with another value in the place of NaN.
Tensor without_nan(const Tensor& x, double value) {
  return is_float(x.dtype()) ? where(isnan(x), cast(value, x.dtype()), x) : x;
}

/// How many elements are numbers.
Tensor number_count(const Tensor& x, const ReduceOptions& o) {
  return sum(cast(logical_not(isnan(x)), x.dtype()), o);
}

Tensor nan_mean(const Tensor& x, const ReduceOptions& o) {
  const Tensor values = floats(x);
  return sum(without_nan(values, 0), o) / number_count(values, o);
}

Tensor nan_var(const Tensor& x, const ReduceOptions& o) {
  const Tensor values = floats(x);
  const Tensor center = nan_mean(values, {.axis = o.axis, .keepdims = true});
  return nan_mean(square(values - center), o);
}

/// NaN where all elements are NaN.
Tensor nan_extremum(const Tensor& x, const ReduceOptions& o, bool largest) {
  const auto extremum = [&](const Tensor& of) { return largest ? amax(of, o) : amin(of, o); };
  if (!is_float(x.dtype())) return extremum(x);
  const Tensor filled = without_nan(x, largest ? -kInfinity : kInfinity);
  const Tensor none = all(isnan(x), o);
  return where(none, cast(kNan, x.dtype()), extremum(filled));
}

Tensor nan_arg_extremum(const char* class_name, const Tensor& x, const ArgReduceOptions& o,
                        bool largest) {
  const Config axis = o.axis ? Config(*o.axis) : Config();
  return call_or_record(
      class_name, {x}, {{"axis", axis}, {"keepdims", o.keepdims}}, [=](const Tensors& in) {
        if (!is_float(in[0].dtype())) return largest ? argmax(in[0], o) : argmin(in[0], o);
        const Tensor filled = without_nan(in[0], largest ? -kInfinity : kInfinity);
        const Axes along = o.axis ? Axes(*o.axis) : Axes();
        const Tensor none = all(isnan(in[0]), {.axis = along, .keepdims = o.keepdims});
        return where(none, -1, largest ? argmax(filled, o) : argmin(filled, o));
      });
}

Tensor logsumexp_of(const Tensor& x, const ReduceOptions& o) {
  const Tensor values = floats(x);
  const Tensor top = stop_gradient(max(values, {.axis = o.axis, .keepdims = true}));
  const Tensor shift = where(isfinite(top), top, zeros_like(top));
  const Tensor total = sum(exp(values - shift), o);
  return log(total) + reshape(shift, total.shape());
}

Tensor average_of(const Tensor& given, const Tensor& given_weights,
                  const std::optional<int>& axis) {
  const DType dtype = to_float_dtype(promote(given.dtype(), given_weights.dtype()));
  const Tensor x = cast(given, dtype);
  Tensor weights = cast(given_weights, dtype);
  const Axes along = axis ? Axes(*axis) : Axes();
  if (weights.shape() != x.shape()) {
    if (!axis || weights.rank() != 1 ||
        weights.shape()[0] != x.shape()[normalize_axis("average", *axis, x.rank())])
      throw ValueError(
          str("average: weights must have the shape of x, or one number for each "
              "element of the axis; received x of shape ",
              x.shape(), " and weights of shape ", weights.shape(), "."));
    Shape column(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1));
    column[*axis] = weights.size();
    weights = broadcast_to(reshape(weights, column), x.shape());
  }
  return sum(x * weights, {.axis = along}) / sum(weights, {.axis = along});
}

}  // namespace

Tensor amax(const Tensor& x, ReduceOptions o) {
  return reduction("Amax", x, o, [](const Tensor& v, const ReduceOptions& r) {
    return max(v, {.axis = r.axis, .keepdims = r.keepdims});
  });
}
Tensor amin(const Tensor& x, ReduceOptions o) {
  return reduction("Amin", x, o, [](const Tensor& v, const ReduceOptions& r) {
    return min(v, {.axis = r.axis, .keepdims = r.keepdims});
  });
}
Tensor ptp(const Tensor& x, ReduceOptions o) {
  return reduction("Ptp", x, o,
                   [](const Tensor& v, const ReduceOptions& r) { return amax(v, r) - amin(v, r); });
}
Tensor logsumexp(const Tensor& x, ReduceOptions o) {
  return reduction("Logsumexp", x, o, logsumexp_of);
}
Tensor nansum(const Tensor& x, ReduceOptions o) {
  return reduction("Nansum", x, o, [](const Tensor& v, const ReduceOptions& r) {
    return sum(without_nan(v, 0), r);
  });
}
Tensor nanprod(const Tensor& x, ReduceOptions o) {
  return reduction("Nanprod", x, o, [](const Tensor& v, const ReduceOptions& r) {
    return prod(without_nan(v, 1), r);
  });
}
Tensor nanmean(const Tensor& x, ReduceOptions o) { return reduction("Nanmean", x, o, nan_mean); }
Tensor nanvar(const Tensor& x, ReduceOptions o) { return reduction("Nanvar", x, o, nan_var); }
Tensor nanstd(const Tensor& x, ReduceOptions o) {
  return reduction("Nanstd", x, o,
                   [](const Tensor& v, const ReduceOptions& r) { return sqrt(nan_var(v, r)); });
}
Tensor nanmax(const Tensor& x, ReduceOptions o) {
  return reduction("Nanmax", x, o, [](const Tensor& v, const ReduceOptions& r) {
    return nan_extremum(v, r, true);
  });
}
Tensor nanmin(const Tensor& x, ReduceOptions o) {
  return reduction("Nanmin", x, o, [](const Tensor& v, const ReduceOptions& r) {
    return nan_extremum(v, r, false);
  });
}
Tensor nanargmax(const Tensor& x, ArgReduceOptions o) {
  return nan_arg_extremum("Nanargmax", x, o, true);
}
Tensor nanargmin(const Tensor& x, ArgReduceOptions o) {
  return nan_arg_extremum("Nanargmin", x, o, false);
}
Tensor nancumsum(const Tensor& x, CumulativeOptions o) {
  const Config axis = o.axis ? Config(*o.axis) : Config();
  return call_or_record("Nancumsum", {x}, {{"axis", axis}, {"dtype", nullptr}},
                        [o](const Tensors& in) { return cumsum(without_nan(in[0], 0), o); });
}
Tensor nancumprod(const Tensor& x, CumulativeOptions o) {
  const Config axis = o.axis ? Config(*o.axis) : Config();
  return call_or_record("Nancumprod", {x}, {{"axis", axis}, {"dtype", nullptr}},
                        [o](const Tensors& in) { return cumprod(without_nan(in[0], 1), o); });
}

Tensor count_nonzero(const Tensor& x, CountNonzeroOptions o) {
  return call_or_record("CountNonzero", {x}, {{"axis", axes_config(o.axis)}},
                        [o](const Tensors& in) {
                          return sum(cast(not_equal(in[0], 0), DType::kInt32), {.axis = o.axis});
                        });
}

Tensor average(const Tensor& x, AverageOptions o) {
  const Config axis = o.axis ? Config(*o.axis) : Config();
  if (!o.weights.defined())
    return call_or_record("Average", {x}, {{"axis", axis}}, [o](const Tensors& in) {
      return mean(in[0], {.axis = o.axis ? Axes(*o.axis) : Axes()});
    });
  return call_or_record("Average", {x, o.weights}, {{"axis", axis}},
                        [o](const Tensors& in) { return average_of(in[0], in[1], o.axis); });
}

Tensor diff(const Tensor& a, DiffOptions o) {
  if (o.n < 0) throw ValueError(str("diff: order `n` must be non-negative, received ", o.n, "."));
  return call_or_record("Diff", {a}, {{"n", o.n}, {"axis", o.axis}}, [o](const Tensors& in) {
    const int axis = normalize_axis("diff", o.axis, in[0].rank());
    Tensor out = in[0];
    for (int i = 0; i < o.n && out.shape()[axis] > 0; ++i) {
      const std::int64_t size = out.shape()[axis];
      const Tensor later = slice_axis(out, axis, 1, size);
      const Tensor earlier = slice_axis(out, axis, 0, size - 1);
      out = out.dtype() == DType::kBool ? not_equal(later, earlier) : later - earlier;
    }
    return out;
  });
}

Tensor trapezoid(const Tensor& y, TrapezoidOptions o) {
  return call_or_record(
      "Trapezoid", {y}, {{"x", nullptr}, {"dx", o.dx}, {"axis", o.axis}}, [o](const Tensors& in) {
        const Tensor values = floats(in[0]);
        const int axis = normalize_axis("trapezoid", o.axis, values.rank());
        const std::int64_t size = values.shape()[axis];
        const Tensor pairs = slice_axis(values, axis, 1, size) +
                             slice_axis(values, axis, 0, std::max<std::int64_t>(size - 1, 0));
        if (!o.x.defined()) return sum(pairs * (0.5 * o.dx), {.axis = axis});
        Tensor gaps = diff(o.x, {.axis = o.x.rank() == 1 ? 0 : axis});
        if (o.x.rank() == 1) {
          Shape column(std::vector<std::int64_t>(static_cast<std::size_t>(values.rank()), 1));
          column[axis] = gaps.size();
          gaps = reshape(gaps, column);
        }
        return sum(pairs * gaps * 0.5, {.axis = axis});
      });
}

Tensor bincount(const Tensor& x, BincountOptions o) {
  // How many counters there are depends on the values.
  std::int64_t count = o.minlength;
  for (const std::int64_t value : x.to_vector<std::int64_t>()) {
    if (value < 0) throw ValueError("bincount: x must not hold negative integers.");
    count = std::max(count, value + 1);
  }
  const Tensor weights = o.weights.defined() ? o.weights : ones(x.shape(), DType::kInt32);
  return segment_sum(weights, cast(x, DType::kInt32), count);
}

Histogram histogram(const Tensor& x, HistogramOptions o) {
  if (o.bins < 1)
    throw ValueError(
        str("Argument `bins` must be a non-negative integer. Received: bins=", o.bins));
  if (x.rank() != 1)
    throw ValueError(str("Input tensor must be 1-dimensional. Received: input.shape=", x.shape()));
  const Tensor values = floats(x);
  Tensor low = values.size() == 0 ? cast(0, values.dtype()) : min(values);
  Tensor high = values.size() == 0 ? cast(1, values.dtype()) : max(values);
  if (o.range) {
    if (o.range->second <= o.range->first)
      throw ValueError("histogram: range's end must be larger than its start.");
    low = cast(o.range->first, values.dtype());
    high = cast(o.range->second, values.dtype());
  }
  const Tensor flat = equal(low, high);
  const Tensor edges =
      linspace(where(flat, low - 0.5, low), where(flat, high + 0.5, high), {.num = o.bins + 1});
  // The last bin holds its right edge, too.
  const Tensor bin = searchsorted(edges, values, {.side = "right"}) - 1;
  const Tensor last = slice_axis(edges, 0, o.bins, o.bins + 1);
  const Tensor place = where(equal(values, last), cast(o.bins - 1, bin.dtype()), bin);
  return {segment_sum(ones_like(values), place, o.bins), edges};
}

}  // namespace keras::ops
