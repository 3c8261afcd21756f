#include <cmath>
#include <numbers>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

/// `num` steps from start to stop; the last one is stop itself, without rounding errors.
Tensor evenly_spaced(const Tensor& start, const Tensor& stop, const SpaceOptions& o) {
  if (o.num < 0) throw ValueError(str("linspace: num must not be negative, received ", o.num, "."));
  const DType dtype = to_float_dtype(common_dtype(start, stop));
  const Shape ends = broadcast_shapes(start.shape(), stop.shape(), "linspace");
  const int axis = normalize_axis("linspace", o.axis, ends.rank() + 1);
  Shape column(std::vector<std::int64_t>(static_cast<std::size_t>(ends.rank() + 1), 1));
  column[axis] = o.num;
  const auto widened = [&](const Tensor& end) {
    return expand_dims(broadcast_to(cast(end, dtype), ends), {.axis = axis});
  };
  const std::int64_t gaps = o.endpoint ? o.num - 1 : o.num;
  const Tensor index = iota(column, axis, dtype);
  const Tensor part = index / static_cast<double>(std::max<std::int64_t>(gaps, 1));
  const Tensor first = widened(start), last = widened(stop);
  const Tensor line = first * (1 - part) + last * part;
  if (!o.endpoint || o.num < 2) return line;
  return where(equal(index, cast(gaps, dtype)), last, line);
}

Tensor in_dtype(const Tensor& x, const std::optional<DType>& dtype) {
  return dtype ? cast(x, *dtype) : x;
}

/// A function of the place in a window of a length, from 0 to 2π.
template <typename Function>
Tensor window(std::int64_t count, Function function) {
  if (count <= 1) return ones({std::max<std::int64_t>(count, 0)});
  std::vector<float> values;
  for (std::int64_t i = 0; i < count; ++i)
    values.push_back(static_cast<float>(
        function(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(count - 1))));
  return Tensor::from(values, {count});
}

}  // namespace

Tensor linspace(const Tensor& start, const Tensor& stop, SpaceOptions o) {
  const Config dtype = o.dtype ? Config(dtype_name(*o.dtype)) : Config();
  return call_or_record(
      "Linspace", {start, stop},
      {{"num", o.num},
       {"endpoint", o.endpoint},
       {"retstep", false},
       {"dtype", dtype},
       {"axis", o.axis}},
      [o](const Tensors& in) { return in_dtype(evenly_spaced(in[0], in[1], o), o.dtype); });
}

Tensor logspace(const Tensor& start, const Tensor& stop, LogspaceOptions o) {
  const SpaceOptions line{.num = o.num, .endpoint = o.endpoint, .dtype = {}, .axis = o.axis};
  const Config dtype = o.dtype ? Config(dtype_name(*o.dtype)) : Config();
  return call_or_record("Logspace", {start, stop},
                        {{"num", o.num},
                         {"endpoint", o.endpoint},
                         {"base", o.base},
                         {"dtype", dtype},
                         {"axis", o.axis}},
                        [o, line](const Tensors& in) {
                          const Tensor exponents = evenly_spaced(in[0], in[1], line);
                          return in_dtype(power(cast(o.base, exponents.dtype()), exponents),
                                          o.dtype);
                        });
}

Tensor geomspace(const Tensor& start, const Tensor& stop, SpaceOptions o) {
  const Config dtype = o.dtype ? Config(dtype_name(*o.dtype)) : Config();
  return call_or_record(
      "Geomspace", {start, stop},
      {{"num", o.num}, {"endpoint", o.endpoint}, {"dtype", dtype}, {"axis", o.axis}},
      [o](const Tensors& in) {
        // Both ends have one sign; it goes in front of the powers.
        const Tensor exponents = evenly_spaced(log(absolute(in[0])), log(absolute(in[1])), o);
        const Tensor side = expand_dims(sign(cast(in[0], exponents.dtype())), {.axis = o.axis});
        return in_dtype(side * exp(exponents), o.dtype);
      });
}

Tensor eye(std::int64_t N, EyeOptions o) {
  const std::int64_t columns = o.M.value_or(N);
  return cast(equal(iota({N, columns}, 0) + o.k, iota({N, columns}, 1)), o.dtype);
}

Tensor identity(std::int64_t n, DType dtype) { return eye(n, {.dtype = dtype}); }

Tensor tri(std::int64_t N, EyeOptions o) {
  const std::int64_t columns = o.M.value_or(N);
  return cast(greater_equal(iota({N, columns}, 0) + o.k, iota({N, columns}, 1)), o.dtype);
}

Tensor full_like(const Tensor& x, const Tensor& fill_value, std::optional<DType> dtype) {
  const Config name = dtype ? Config(dtype_name(*dtype)) : Config();
  return call_or_record("FullLike", {x, fill_value}, {{"dtype", name}}, [=](const Tensors& in) {
    return full(in[0].shape(), in[1], dtype.value_or(in[0].dtype()));
  });
}

Tensor empty(const Shape& shape, DType dtype) { return zeros(shape, dtype); }
Tensor empty_like(const Tensor& x, std::optional<DType> dtype) { return zeros_like(x, dtype); }
Tensor copy(const Tensor& x) {
  return call_or_record("Copy", {x}, Config::dict(), [](const Tensors& in) { return in[0]; });
}

Tensors meshgrid(const Tensors& xs, MeshgridOptions o) {
  if (o.indexing != "xy" && o.indexing != "ij")
    throw ValueError(
        str("meshgrid: Valid values for indexing are 'xy' and 'ij'; received '", o.indexing, "'."));
  const auto grid = [o](const Tensors& in) {
    Shape sizes;
    for (const auto& x : in) sizes.push_back(x.size());
    // "xy" swaps the first two axes: rows follow the second vector.
    const bool swapped = o.indexing == "xy" && in.size() > 1;
    const auto axis_of = [&](int i) { return swapped && i < 2 ? 1 - i : i; };
    Shape shape = sizes;
    for (int i = 0; i < sizes.rank(); ++i) shape[axis_of(i)] = sizes[i];
    Tensors out;
    for (int i = 0; i < sizes.rank(); ++i) {
      Shape column(std::vector<std::int64_t>(in.size(), 1));
      column[axis_of(i)] = sizes[i];
      out.push_back(broadcast_to(reshape(in[static_cast<std::size_t>(i)], column), shape));
    }
    return out;
  };
  if (!any_symbolic(xs)) return grid(xs);
  return record_op("Meshgrid", xs, {{"indexing", o.indexing}}, grid);
}

Tensor vander(const Tensor& x, VanderOptions o) {
  const Config columns = o.N ? Config(*o.N) : Config();
  return call_or_record("Vander", {x}, {{"N", columns}, {"increasing", o.increasing}},
                        [o](const Tensors& in) {
                          const std::int64_t count = o.N.value_or(in[0].size());
                          const Tensor rising = arange(count, in[0].dtype());
                          const Tensor exponents = o.increasing ? rising : (count - 1) - rising;
                          return power(expand_dims(in[0], {.axis = -1}), exponents);
                        });
}

Tensor bartlett(std::int64_t x) {
  return window(x, [](double angle) { return 1 - std::fabs(angle / std::numbers::pi - 1); });
}
Tensor hamming(std::int64_t x) {
  return window(x, [](double angle) { return 0.54 - 0.46 * std::cos(angle); });
}
Tensor hanning(std::int64_t x) {
  return window(x, [](double angle) { return 0.5 - 0.5 * std::cos(angle); });
}
Tensor blackman(std::int64_t x) {
  return window(
      x, [](double angle) { return 0.42 - 0.5 * std::cos(angle) + 0.08 * std::cos(2 * angle); });
}

}  // namespace keras::ops
