#include <algorithm>
#include <numeric>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"
#include "keras/ops/shape/layout.h"

namespace keras::ops {
namespace {

Config shape_config(const Shape& shape) { return Config::list_of(shape); }

/// A shape with its -1, if any, worked out.
Shape resolved(const Shape& shape, const Shape& from) {
  Shape out = shape;
  int open = -1;
  std::int64_t known = 1;
  for (int axis = 0; axis < out.rank(); ++axis) {
    if (out[axis] >= 0) {
      known *= out[axis];
    } else if (out[axis] == -1 && open < 0) {
      open = axis;
    } else {
      throw ValueError(str("reshape: at most one dimension may be -1, received ", shape, "."));
    }
  }
  if (open >= 0) {
    if (known == 0 || from.size() % known != 0)
      throw ShapeError(str("cannot reshape a tensor of shape ", from, " into shape ", shape, "."));
    out[open] = from.size() / known;
  }
  return out;
}

std::vector<int> order_of(const Axes& axes, int rank) {
  std::vector<int> order(static_cast<std::size_t>(rank));
  if (axes.all()) {
    std::iota(order.rbegin(), order.rend(), 0);
    return order;
  }
  if (static_cast<int>(axes.value()->size()) != rank)
    throw ValueError(str("transpose: axes must name each of the ", rank, " axes once."));
  std::vector<bool> seen(order.size(), false);
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = normalize_axis("transpose", (*axes.value())[i], rank);
    if (seen[static_cast<std::size_t>(order[i])])
      throw ValueError(str("transpose: axis ", order[i], " is named twice."));
    seen[static_cast<std::size_t>(order[i])] = true;
  }
  return order;
}

}  // namespace

Tensor reshape(const Tensor& x, const Shape& newshape) {
  return call_or_record("Reshape", {x}, {{"newshape", shape_config(newshape)}},
                        [newshape](const Tensors& in) {
                          Shape shape = resolved(newshape, in[0].shape());
                          if (shape == in[0].shape()) return in[0];
                          return emit(reshape_op, {in[0]}, ReshapeAttrs{std::move(shape)});
                        });
}

Tensor transpose(const Tensor& x, TransposeOptions options) {
  const Config axes = options.axes.all() ? Config() : Config::list_of(*options.axes.value());
  return call_or_record("Transpose", {x}, {{"axes", axes}}, [options](const Tensors& in) {
    return emit(transpose_op, {in[0]}, TransposeAttrs{order_of(options.axes, in[0].rank())});
  });
}

Tensor broadcast_to(const Tensor& x, const Shape& shape) {
  return call_or_record("BroadcastTo", {x}, {{"shape", shape_config(shape)}},
                        [shape](const Tensors& in) {
                          if (shape == in[0].shape()) return in[0];
                          return emit(broadcast_to_op, {in[0]}, BroadcastAttrs{shape});
                        });
}

Tensor concatenate(const Tensors& xs, ConcatenateOptions options) {
  if (xs.empty()) throw ValueError("concatenate: needs at least one tensor.");
  const auto join = [options](const Tensors& in) {
    DType dtype = in[0].dtype();
    for (const auto& x : in) dtype = promote(dtype, x.dtype());
    Tensors cast_inputs;
    for (const auto& x : in) cast_inputs.push_back(cast(x, dtype));
    return emit(concatenate_op, std::move(cast_inputs),
                ConcatenateAttrs{normalize_axis("concatenate", options.axis, in[0].rank())});
  };
  if (!any_symbolic(xs)) return join(xs);
  return record_op(
      "Concatenate", xs, {{"axis", options.axis}},
      [join](const Tensors& in) { return Tensors{join(in)}; }, list_argument(xs.size()))[0];
}

Tensor stack(const Tensors& xs, StackOptions options) {
  Tensors expanded;
  for (const auto& x : xs) expanded.push_back(expand_dims(x, {.axis = options.axis}));
  return concatenate(expanded, {.axis = options.axis});
}

Tensor pad(const Tensor& x, const std::vector<std::pair<std::int64_t, std::int64_t>>& pad_width,
           PadOptions options) {
  if (options.mode != "constant")
    throw ValueError(str("pad: mode must be \"constant\", received \"", options.mode, "\"."));
  Config widths = Config::list();
  for (const auto& [low, high] : pad_width) widths.as_list().push_back(Config::list({low, high}));
  return call_or_record(
      "Pad", {x}, {{"pad_width", widths}, {"mode", "constant"}}, [=](const Tensors& in) {
        if (static_cast<int>(pad_width.size()) != in[0].rank())
          throw ValueError(str("pad: pad_width must have one entry an axis (", in[0].rank(),
                               "), received ", pad_width.size(), "."));
        PadAttrs attrs;
        attrs.value = options.constant_values;
        for (const auto& [low, high] : pad_width) {
          attrs.low.push_back(low);
          attrs.high.push_back(high);
          attrs.interior.push_back(0);
        }
        return emit(pad_op, {in[0]}, std::move(attrs));
      });
}

Tensor slice_axis(const Tensor& x, int axis, std::int64_t start, std::int64_t stop,
                  std::int64_t step) {
  SliceAttrs attrs;
  const int along = normalize_axis("slice", axis, x.rank());
  for (int i = 0; i < x.rank(); ++i) {
    attrs.start.push_back(i == along ? start : 0);
    attrs.stop.push_back(i == along ? stop : x.shape()[i]);
    attrs.step.push_back(i == along ? step : 1);
  }
  return emit(slice_op, {x}, std::move(attrs));
}

Tensors split(const Tensor& x, const std::vector<std::int64_t>& indices, SplitOptions options) {
  const int axis = normalize_axis("split", options.axis, x.rank());
  Tensors out;
  std::int64_t first = 0;
  const std::int64_t size = x.shape()[axis];
  for (std::size_t i = 0; i <= indices.size(); ++i) {
    const std::int64_t last =
        i < indices.size() ? std::clamp<std::int64_t>(indices[i], 0, size) : size;
    out.push_back(slice_axis(x, axis, std::min(first, last), last));
    first = last;
  }
  return out;
}

Tensors split(const Tensor& x, int sections, SplitOptions options) {
  const int axis = normalize_axis("split", options.axis, x.rank());
  const std::int64_t size = x.shape()[axis];
  if (sections < 1 || size % sections != 0)
    throw ValueError(str("split: axis ", axis, " of size ", size, " cannot be cut into ", sections,
                         " equal parts."));
  std::vector<std::int64_t> indices;
  for (int i = 1; i < sections; ++i) indices.push_back(size / sections * i);
  return split(x, indices, options);
}

Tensor flip(const Tensor& x, FlipOptions options) {
  return call_or_record("Flip", {x}, Config::dict(), [options](const Tensors& in) {
    return emit(flip_op, {in[0]},
                FlipAttrs{normalize_axes("flip", options.axis.value(), in[0].rank())});
  });
}

Tensor expand_dims(const Tensor& x, ExpandDimsOptions options) {
  return call_or_record("ExpandDims", {x}, {{"axis", options.axis}}, [options](const Tensors& in) {
    const int axis = normalize_axis("expand_dims", options.axis, in[0].rank() + 1);
    Shape shape = in[0].shape();
    shape.insert(axis, 1);
    return reshape(in[0], shape);
  });
}

Tensor squeeze(const Tensor& x, SqueezeOptions options) {
  return call_or_record("Squeeze", {x}, Config::dict(), [options](const Tensors& in) {
    Shape shape = in[0].shape();
    std::vector<int> axes;
    if (options.axis.all()) {
      for (int axis = 0; axis < shape.rank(); ++axis)
        if (shape[axis] == 1) axes.push_back(axis);
    } else {
      axes = normalize_axes("squeeze", options.axis.value(), shape.rank());
    }
    for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
      if (shape[*axis] != 1)
        throw ShapeError(str("squeeze: axis ", *axis, " of shape ", in[0].shape(), " has size ",
                             shape[*axis], ", not 1."));
      shape.erase(*axis);
    }
    return reshape(in[0], shape);
  });
}

Tensor ravel(const Tensor& x) { return reshape(x, {-1}); }

Tensor swapaxes(const Tensor& x, int axis1, int axis2) {
  std::vector<int> order(static_cast<std::size_t>(x.rank()));
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[static_cast<std::size_t>(normalize_axis("swapaxes", axis1, x.rank()))],
            order[static_cast<std::size_t>(normalize_axis("swapaxes", axis2, x.rank()))]);
  return transpose(x, {.axes = order});
}

Tensor repeat(const Tensor& x, std::int64_t repeats, RepeatOptions options) {
  const Tensor source = options.axis ? x : ravel(x);
  const int axis = normalize_axis("repeat", options.axis.value_or(0), source.rank());
  Shape wide = source.shape();
  wide.insert(axis + 1, 1);
  Shape spread = wide;
  spread[axis + 1] = repeats;
  Shape out = source.shape();
  out[axis] *= repeats;
  return reshape(broadcast_to(reshape(source, wide), spread), out);
}

Tensor tile(const Tensor& x, const std::vector<std::int64_t>& repeats) {
  Shape shape = x.shape();
  std::vector<std::int64_t> times = repeats;
  while (shape.rank() < static_cast<int>(times.size())) shape.insert(0, 1);
  while (static_cast<int>(times.size()) < shape.rank()) times.insert(times.begin(), 1);
  Shape wide, spread, out;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const std::int64_t count = times[static_cast<std::size_t>(axis)];
    for (const auto dim : {std::int64_t{1}, shape[axis]}) wide.push_back(dim);
    for (const auto dim : {count, shape[axis]}) spread.push_back(dim);
    out.push_back(count * shape[axis]);
  }
  return reshape(broadcast_to(reshape(x, wide), spread), out);
}

}  // namespace keras::ops
