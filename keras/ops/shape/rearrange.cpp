#include <algorithm>
#include <numeric>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

/// A function of a list of tensors that gives one.
template <typename Function>
Tensor join_or_record(const char* class_name, const Tensors& xs, Function function) {
  if (xs.empty()) throw ValueError(str(class_name, ": needs at least one tensor."));
  if (!any_symbolic(xs)) return function(xs);
  return record_op(
      class_name, xs, Config::dict(),
      [function](const Tensors& in) { return Tensors{function(in)}; }, list_argument(xs.size()))[0];
}

/// A tensor of at least so many axes: new ones in front.
Tensor at_least(const Tensor& x, int rank) {
  Shape shape = x.shape();
  while (shape.rank() < rank) shape.insert(0, 1);
  return reshape(x, shape);
}

Tensor rolled(const Tensor& x, std::int64_t shift, int axis) {
  const std::int64_t size = x.shape()[axis];
  if (size == 0) return x;
  const std::int64_t cut = ((-shift) % size + size) % size;
  if (cut == 0) return x;
  return concatenate({slice_axis(x, axis, cut, size), slice_axis(x, axis, 0, cut)}, {.axis = axis});
}

std::vector<int> normalized(const char* where, const std::vector<int>& axes, int rank) {
  std::vector<int> out;
  for (const int axis : axes) out.push_back(normalize_axis(where, axis, rank));
  return out;
}

Tensor moved(const Tensor& x, const std::vector<int>& source, const std::vector<int>& destination) {
  if (source.size() != destination.size())
    throw ValueError(
        str("moveaxis: source and destination must have the same number of axes; "
            "received ",
            source.size(), " and ", destination.size(), "."));
  const std::vector<int> from = normalized("moveaxis", source, x.rank());
  const std::vector<int> to = normalized("moveaxis", destination, x.rank());
  std::vector<int> order(static_cast<std::size_t>(x.rank()), -1);
  for (std::size_t i = 0; i < from.size(); ++i) order[static_cast<std::size_t>(to[i])] = from[i];
  int next = 0;
  for (int& axis : order) {
    if (axis >= 0) continue;
    while (std::find(from.begin(), from.end(), next) != from.end()) ++next;
    axis = next++;
  }
  return transpose(x, {.axes = order});
}

/// The diagonals of the matrices in the last two axes.
Tensor last_diagonal(const Tensor& x, std::int64_t offset) {
  const std::int64_t rows = x.shape()[-2], columns = x.shape()[-1];
  const std::int64_t row = offset < 0 ? -offset : 0, column = offset > 0 ? offset : 0;
  const std::int64_t length = std::max<std::int64_t>(0, std::min(rows - row, columns - column));
  const Shape flat = x.shape().slice(0, x.rank() - 2).concat({rows * columns});
  if (length == 0) return slice_axis(reshape(x, flat), flat.rank() - 1, 0, 0);
  const std::int64_t first = row * columns + column;
  return slice_axis(reshape(x, flat), flat.rank() - 1, first,
                    first + (length - 1) * (columns + 1) + 1, columns + 1);
}

Tensor matrix_with_diagonal(const Tensor& x, std::int64_t k) {
  const std::int64_t size = x.size() + (k < 0 ? -k : k);
  const Tensor column = pad(reshape(x, {x.size(), 1}), {{k < 0 ? -k : 0, k > 0 ? k : 0}, {0, 0}});
  const Tensor on_diagonal = eye(size, {.k = k, .dtype = DType::kBool});
  return where(on_diagonal, column, zeros_like(column));
}

Tensor triangle(const char* class_name, const Tensor& x, std::int64_t k, bool lower) {
  return call_or_record(class_name, {x}, {{"k", k}}, [=](const Tensors& in) {
    if (in[0].rank() < 2)
      throw ShapeError(str(lower ? "tril" : "triu", ": needs at least two axes, received shape ",
                           in[0].shape(), "."));
    const Tensor below = tri(
        in[0].shape()[-2], {.M = in[0].shape()[-1], .k = lower ? k : k - 1, .dtype = DType::kBool});
    const Tensor nothing = zeros({}, in[0].dtype());
    return lower ? where(below, in[0], nothing) : where(below, nothing, in[0]);
  });
}

}  // namespace

Tensor hstack(const Tensors& xs) {
  return join_or_record("Hstack", xs, [](const Tensors& in) {
    Tensors parts;
    for (const auto& x : in) parts.push_back(at_least(x, 1));
    return concatenate(parts, {.axis = parts[0].rank() == 1 ? 0 : 1});
  });
}

Tensor vstack(const Tensors& xs) {
  return join_or_record("Vstack", xs, [](const Tensors& in) {
    Tensors parts;
    for (const auto& x : in) parts.push_back(at_least(x, 2));
    return concatenate(parts, {.axis = 0});
  });
}

Tensor dstack(const Tensors& xs) {
  return join_or_record("Dstack", xs, [](const Tensors& in) {
    Tensors parts;
    for (const auto& x : in) {
      const Tensor matrix = at_least(x, 2);
      parts.push_back(matrix.rank() > 2 ? matrix : expand_dims(matrix, {.axis = 2}));
    }
    return concatenate(parts, {.axis = 2});
  });
}

Tensors hsplit(const Tensor& x, int sections) {
  return split(x, sections, {.axis = x.rank() == 1 ? 0 : 1});
}
Tensors vsplit(const Tensor& x, int sections) { return split(x, sections, {.axis = 0}); }
Tensors dsplit(const Tensor& x, int sections) { return split(x, sections, {.axis = 2}); }

Tensors array_split(const Tensor& x, int sections, SplitOptions o) {
  const int axis = normalize_axis("array_split", o.axis, x.rank());
  if (sections < 1)
    throw ValueError(
        str("array_split: the number of sections must be larger than 0, received ", sections, "."));
  const auto cut = [=](const Tensors& in) {
    // The first (size mod sections) parts have one element more.
    const std::int64_t size = in[0].shape()[axis];
    std::vector<std::int64_t> indices;
    std::int64_t next = 0;
    for (int i = 0; i + 1 < sections; ++i) {
      next += size / sections + (i < size % sections ? 1 : 0);
      indices.push_back(next);
    }
    return split(in[0], indices, {.axis = axis});
  };
  if (!x.is_symbolic()) return cut({x});
  return record_op("ArraySplit", {x}, {{"indices_or_sections", sections}, {"axis", o.axis}}, cut);
}

Tensors unstack(const Tensor& x, UnstackOptions o) {
  const int axis = normalize_axis("unstack", o.axis, x.rank());
  const std::int64_t count = o.num.value_or(x.shape()[axis]);
  if (x.shape()[axis] != kUnknown && count != x.shape()[axis])
    throw ValueError(str("unstack: num is ", count, ", but axis ", axis, " of shape ", x.shape(),
                         " has size ", x.shape()[axis], "."));
  if (count == kUnknown)
    throw ValueError(str("Cannot infer argument `num` from shape ", x.shape(),
                         ". Either provide a tensor with a concrete shape in the `axis` dimension "
                         "or explicitly pass the `num` argument."));
  const auto cut = [=](const Tensors& in) {
    Tensors out;
    for (std::int64_t i = 0; i < count; ++i)
      out.push_back(squeeze(slice_axis(in[0], axis, i, i + 1), {.axis = axis}));
    return out;
  };
  if (!x.is_symbolic()) return cut({x});
  return record_op("Unstack", {x}, {{"num", count}, {"axis", o.axis}}, cut);
}

Tensor append(const Tensor& x1, const Tensor& x2, AppendOptions o) {
  const Config axis = o.axis ? Config(*o.axis) : Config();
  return call_or_record("Append", {x1, x2}, {{"axis", axis}}, [o](const Tensors& in) {
    if (!o.axis) return concatenate({ravel(in[0]), ravel(in[1])});
    return concatenate(in, {.axis = *o.axis});
  });
}

Tensor roll(const Tensor& x, const std::vector<std::int64_t>& shift, RollOptions o) {
  const Config amount = shift.size() == 1 ? Config(shift[0]) : Config::list_of(shift);
  return call_or_record(
      "Roll", {x}, {{"shift", amount}, {"axis", axes_config(o.axis)}}, [=](const Tensors& in) {
        if (o.axis.all()) {
          std::int64_t total = 0;
          for (const auto step : shift) total += step;
          return reshape(rolled(ravel(in[0]), total, 0), in[0].shape());
        }
        const auto axes = normalized("roll", *o.axis.value(), in[0].rank());
        if (shift.size() != 1 && shift.size() != axes.size())
          throw ValueError(
              str("roll: shift and axis must have the same number of entries; received ",
                  shift.size(), " and ", axes.size(), "."));
        Tensor out = in[0];
        for (std::size_t i = 0; i < axes.size(); ++i)
          out = rolled(out, shift[shift.size() == 1 ? 0 : i], axes[i]);
        return out;
      });
}

Tensor roll(const Tensor& x, std::int64_t shift, RollOptions o) {
  return roll(x, std::vector<std::int64_t>{shift}, std::move(o));
}

Tensor moveaxis(const Tensor& x, const std::vector<int>& source,
                const std::vector<int>& destination) {
  const auto config = [](const std::vector<int>& axes) {
    return axes.size() == 1 ? Config(axes[0]) : Config::list_of(axes);
  };
  return call_or_record("Moveaxis", {x},
                        {{"source", config(source)}, {"destination", config(destination)}},
                        [=](const Tensors& in) { return moved(in[0], source, destination); });
}

Tensor moveaxis(const Tensor& x, int source, int destination) {
  return moveaxis(x, std::vector<int>{source}, std::vector<int>{destination});
}

Tensor fliplr(const Tensor& x) { return flip(x, {.axis = 1}); }
Tensor flipud(const Tensor& x) { return flip(x, {.axis = 0}); }

Tensor rot90(const Tensor& array, Rot90Options o) {
  return call_or_record("Rot90", {array},
                        {{"k", o.k}, {"axes", Config::list({o.axes.first, o.axes.second})}},
                        [o](const Tensors& in) {
                          const int first = normalize_axis("rot90", o.axes.first, in[0].rank());
                          const int second = normalize_axis("rot90", o.axes.second, in[0].rank());
                          if (first == second)
                            throw ValueError("rot90: the two axes must be different.");
                          switch ((o.k % 4 + 4) % 4) {
                            case 1:
                              return swapaxes(flip(in[0], {.axis = second}), first, second);
                            case 2:
                              return flip(in[0], {.axis = {first, second}});
                            case 3:
                              return flip(swapaxes(in[0], first, second), {.axis = second});
                            default:
                              return in[0];
                          }
                        });
}

Tensor diagonal(const Tensor& x, DiagonalOptions o) {
  return call_or_record(
      "Diagonal", {x}, {{"offset", o.offset}, {"axis1", o.axis1}, {"axis2", o.axis2}},
      [o](const Tensors& in) {
        if (in[0].rank() < 2)
          throw ValueError(
              str("`diagonal` requires an array of at least two "
                  "dimensions, but `x` is of shape ",
                  in[0].shape(), "."));
        return last_diagonal(moved(in[0], {o.axis1, o.axis2}, {-2, -1}), o.offset);
      });
}

Tensor trace(const Tensor& x, DiagonalOptions o) {
  return call_or_record("Trace", {x},
                        {{"offset", o.offset}, {"axis1", o.axis1}, {"axis2", o.axis2}},
                        [o](const Tensors& in) { return sum(diagonal(in[0], o), {.axis = -1}); });
}

Tensor diag(const Tensor& x, DiagOptions o) {
  return call_or_record("Diag", {x}, {{"k", o.k}}, [o](const Tensors& in) {
    if (in[0].rank() == 1) return matrix_with_diagonal(in[0], o.k);
    if (in[0].rank() == 2) return last_diagonal(in[0], o.k);
    throw ValueError(str("`x` must be 1-D or 2-D, but received shape ", in[0].shape(), "."));
  });
}

Tensor diagflat(const Tensor& x, DiagOptions o) {
  return call_or_record("Diagflat", {x}, {{"k", o.k}},
                        [o](const Tensors& in) { return matrix_with_diagonal(ravel(in[0]), o.k); });
}

Tensor tril(const Tensor& x, DiagOptions o) { return triangle("Tril", x, o.k, true); }
Tensor triu(const Tensor& x, DiagOptions o) { return triangle("Triu", x, o.k, false); }

Tensors unravel_index(const Tensor& indices, const Shape& shape) {
  const auto split_up = [shape](const Tensors& in) {
    Tensors out;
    const Tensor place = where(less(in[0], 0), in[0] + shape.size(), in[0]);
    std::int64_t inner = shape.size();
    for (const std::int64_t size : shape) {
      inner /= std::max<std::int64_t>(size, 1);
      out.push_back(mod(floor_divide(place, inner), size));
    }
    return out;
  };
  if (!indices.is_symbolic()) return split_up({indices});
  return record_op("UnravelIndex", {indices}, {{"shape", Config::list_of(shape)}}, split_up);
}

}  // namespace keras::ops
