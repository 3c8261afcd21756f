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
  if (xs.empty()) throw ValueError("stack: needs at least one tensor.");
  const auto join = [options](const Tensors& in) {
    Tensors expanded;
    for (const auto& x : in) {
      if (x.shape() != in[0].shape())
        throw ShapeError(str("stack: all tensors must have one shape; received ", in[0].shape(),
                             " and ", x.shape(), "."));
      expanded.push_back(expand_dims(x, {.axis = options.axis}));
    }
    const int axis = normalize_axis("stack", options.axis, in[0].rank() + 1);
    return concatenate(expanded, {.axis = axis});
  };
  if (!any_symbolic(xs)) return join(xs);
  return record_op(
      "Stack", xs, {{"axis", options.axis}},
      [join](const Tensors& in) { return Tensors{join(in)}; }, list_argument(xs.size()))[0];
}

namespace {

using PadWidth = std::vector<std::pair<std::int64_t, std::int64_t>>;

Tensor pad_with_constant(const Tensor& x, const PadWidth& pad_width, double value) {
  PadAttrs attrs;
  attrs.value = value;
  for (const auto& [low, high] : pad_width) {
    if (low < 0 || high < 0) throw ValueError("pad: pad_width must not be negative.");
    attrs.low.push_back(low);
    attrs.high.push_back(high);
    attrs.interior.push_back(0);
  }
  return emit(pad_op, {x}, std::move(attrs));
}

/// Which element stands at a place before or after an axis.
std::int64_t source_of(std::int64_t place, std::int64_t size, const std::string& mode) {
  if (mode == "edge") return std::clamp<std::int64_t>(place, 0, size - 1);
  if (mode == "wrap") return (place % size + size) % size;
  // Mirrored, over and over: "reflect" does not repeat the elements at the ends.
  const std::int64_t period =
      mode == "reflect" ? std::max<std::int64_t>(2 * size - 2, 1) : 2 * size;
  const std::int64_t turned = (place % period + period) % period;
  if (turned < size) return turned;
  return mode == "reflect" ? period - turned : period - 1 - turned;
}

Tensor pad_with_elements(const Tensor& x, const PadWidth& pad_width, const std::string& mode) {
  Tensor out = x;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto& [low, high] = pad_width[static_cast<std::size_t>(axis)];
    const std::int64_t size = x.shape()[axis];
    if (low == 0 && high == 0) continue;
    if (size == 0) throw ValueError(str("pad: axis ", axis, " has no elements to pad with."));
    std::vector<std::int32_t> places;
    for (std::int64_t i = -low; i < size + high; ++i)
      places.push_back(static_cast<std::int32_t>(source_of(i, size, mode)));
    out = take(out, Tensor::from(places, {low + size + high}), {.axis = axis});
  }
  return out;
}

}  // namespace

Tensor pad(const Tensor& x, const PadWidth& pad_width, PadOptions options) {
  if (options.mode != "constant" && options.mode != "edge" && options.mode != "reflect" &&
      options.mode != "symmetric" && options.mode != "wrap")
    throw ValueError(
        str("pad: mode must be \"constant\", \"edge\", \"reflect\", "
            "\"symmetric\" or \"wrap\", received \"",
            options.mode, "\"."));
  Config widths = Config::list();
  for (const auto& [low, high] : pad_width) widths.as_list().push_back(Config::list({low, high}));
  return call_or_record(
      "Pad", {x}, {{"pad_width", widths}, {"mode", options.mode}}, [=](const Tensors& in) {
        if (static_cast<int>(pad_width.size()) != in[0].rank())
          throw ValueError(str("pad: pad_width must have one entry an axis (", in[0].rank(),
                               "), received ", pad_width.size(), "."));
        if (options.mode == "constant")
          return pad_with_constant(in[0], pad_width, options.constant_values);
        return pad_with_elements(in[0], pad_width, options.mode);
      });
}

Tensor pad(const Tensor& x, std::int64_t pad_width, PadOptions options) {
  return pad(x, PadWidth(static_cast<std::size_t>(x.rank()), {pad_width, pad_width}),
             std::move(options));
}

Tensor slice_axis(const Tensor& x, int axis, std::int64_t start, std::int64_t stop,
                  std::int64_t step) {
  const int along = normalize_axis("slice", axis, x.rank());
  if (x.is_symbolic()) {
    std::vector<Index> key(static_cast<std::size_t>(along), Slice{});
    key.push_back(Slice{start, stop, step});
    return get_item(x, key);
  }
  SliceAttrs attrs;
  for (int i = 0; i < x.rank(); ++i) {
    attrs.start.push_back(i == along ? start : 0);
    attrs.stop.push_back(i == along ? stop : x.shape()[i]);
    attrs.step.push_back(i == along ? step : 1);
  }
  return emit(slice_op, {x}, std::move(attrs));
}

namespace {

Tensors parts(const Tensor& x, const std::vector<std::int64_t>& indices, int axis) {
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

Tensors equal_parts(const Tensor& x, int sections, int axis) {
  const std::int64_t size = x.shape()[axis];
  if (sections < 1 || size % sections != 0)
    throw ValueError(str("split: axis ", axis, " of size ", size, " cannot be cut into ", sections,
                         " equal parts."));
  std::vector<std::int64_t> indices;
  for (int i = 1; i < sections; ++i) indices.push_back(size / sections * i);
  return parts(x, indices, axis);
}

}  // namespace

Tensors split(const Tensor& x, const std::vector<std::int64_t>& indices, SplitOptions options) {
  const int axis = normalize_axis("split", options.axis, x.rank());
  if (!x.is_symbolic()) return parts(x, indices, axis);
  return record_op("Split", {x},
                   {{"indices_or_sections", Config::list_of(indices)}, {"axis", options.axis}},
                   [=](const Tensors& in) { return parts(in[0], indices, axis); });
}

Tensors split(const Tensor& x, int sections, SplitOptions options) {
  const int axis = normalize_axis("split", options.axis, x.rank());
  if (!x.is_symbolic()) return equal_parts(x, sections, axis);
  if (x.shape()[axis] == kUnknown)
    throw ValueError(str("split: axis ", axis, " of shape ", x.shape(),
                         " is unknown: it cannot be cut into equal parts."));
  return record_op("Split", {x}, {{"indices_or_sections", sections}, {"axis", options.axis}},
                   [=](const Tensors& in) { return equal_parts(in[0], sections, axis); });
}

Tensor flip(const Tensor& x, FlipOptions options) {
  return call_or_record(
      "Flip", {x}, {{"axis", axes_config(options.axis)}}, [options](const Tensors& in) {
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
  return call_or_record(
      "Squeeze", {x}, {{"axis", axes_config(options.axis)}}, [options](const Tensors& in) {
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

Tensor ravel(const Tensor& x) {
  return call_or_record("Ravel", {x}, Config::dict(),
                        [](const Tensors& in) { return reshape(in[0], {in[0].size()}); });
}

Tensor swapaxes(const Tensor& x, int axis1, int axis2) {
  return call_or_record(
      "Swapaxes", {x}, {{"axis1", axis1}, {"axis2", axis2}}, [=](const Tensors& in) {
        const int rank = in[0].rank();
        std::vector<int> order(static_cast<std::size_t>(rank));
        std::iota(order.begin(), order.end(), 0);
        std::swap(order[static_cast<std::size_t>(normalize_axis("swapaxes", axis1, rank))],
                  order[static_cast<std::size_t>(normalize_axis("swapaxes", axis2, rank))]);
        return transpose(in[0], {.axes = order});
      });
}

namespace {

Tensor repeated(const Tensor& source, std::int64_t repeats, int axis) {
  if (repeats < 0)
    throw ValueError(str("repeat: repeats must not be negative, received ", repeats, "."));
  Shape wide = source.shape();
  wide.insert(axis + 1, 1);
  Shape spread = wide;
  spread[axis + 1] = repeats;
  Shape out = source.shape();
  out[axis] *= repeats;
  return reshape(broadcast_to(reshape(source, wide), spread), out);
}

/// Element i of an axis repeats[i] times.
Tensor repeated(const Tensor& source, const std::vector<std::int64_t>& repeats, int axis) {
  if (static_cast<std::int64_t>(repeats.size()) != source.shape()[axis])
    throw ValueError(str("repeat: repeats has ", repeats.size(), " entries, but axis ", axis,
                         " of shape ", source.shape(), " has size ", source.shape()[axis], "."));
  std::vector<std::int32_t> places;
  for (std::size_t i = 0; i < repeats.size(); ++i)
    for (std::int64_t k = 0; k < repeats[i]; ++k) places.push_back(static_cast<std::int32_t>(i));
  const auto count = static_cast<std::int64_t>(places.size());
  return take(source, Tensor::from(places, {count}), {.axis = axis});
}

template <typename Repeats>
Tensor repeat_or_record(const Tensor& x, const Repeats& repeats, Config written,
                        const RepeatOptions& o) {
  const Config axis = o.axis ? Config(*o.axis) : Config();
  return call_or_record(
      "Repeat", {x}, {{"repeats", std::move(written)}, {"axis", axis}}, [=](const Tensors& in) {
        const Tensor source = o.axis ? in[0] : ravel(in[0]);
        return repeated(source, repeats,
                        normalize_axis("repeat", o.axis.value_or(0), source.rank()));
      });
}

}  // namespace

Tensor repeat(const Tensor& x, std::int64_t repeats, RepeatOptions options) {
  return repeat_or_record(x, repeats, repeats, options);
}

Tensor repeat(const Tensor& x, const std::vector<std::int64_t>& repeats, RepeatOptions options) {
  return repeat_or_record(x, repeats, Config::list_of(repeats), options);
}

Tensor tile(const Tensor& x, const std::vector<std::int64_t>& repeats) {
  return call_or_record("Tile", {x}, {{"repeats", Config::list_of(repeats)}},
                        [repeats](const Tensors& in) {
                          Shape shape = in[0].shape();
                          std::vector<std::int64_t> times = repeats;
                          while (shape.rank() < static_cast<int>(times.size())) shape.insert(0, 1);
                          while (static_cast<int>(times.size()) < shape.rank())
                            times.insert(times.begin(), 1);
                          Shape wide, spread, out;
                          for (int axis = 0; axis < shape.rank(); ++axis) {
                            const std::int64_t count = times[static_cast<std::size_t>(axis)];
                            for (const auto dim : {std::int64_t{1}, shape[axis]})
                              wide.push_back(dim);
                            for (const auto dim : {count, shape[axis]}) spread.push_back(dim);
                            out.push_back(count * shape[axis]);
                          }
                          return reshape(broadcast_to(reshape(in[0], wide), spread), out);
                        });
}

}  // namespace keras::ops
