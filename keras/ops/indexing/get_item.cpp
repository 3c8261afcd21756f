#include <algorithm>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/indexing/indexing.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"
#include "keras/ops/shape/layout.h"

namespace keras::ops {
namespace {

Config optional_config(const std::optional<std::int64_t>& value) {
  return value ? Config(*value) : Config();
}

/// As Keras serializes an entry of a key.
Config index_config(const Index& index) {
  if (const auto* position = index.as<std::int64_t>()) return *position;
  if (const auto* slice = index.as<Slice>())
    return {{"class_name", "__slice__"},
            {"config",
             {{"start", optional_config(slice->start)},
              {"stop", optional_config(slice->stop)},
              {"step", optional_config(slice->step)}}}};
  if (index.as<Ellipsis>()) return {{"class_name", "__ellipsis__"}, {"config", Config::dict()}};
  if (index.as<NewAxis>()) return nullptr;
  throw ValueError("get_item: a symbolic tensor takes no tensor in its key.", "use ops::take.");
}

/// What a key does, axis by axis: a slice with positive steps, then flips, then a reshape, then at
/// most one `take`.
class Selection {
 public:
  Selection(const Shape& shape, const std::vector<Index>& key) : shape_(shape) {
    int named = 0, rests = 0;
    for (const auto& index : key) {
      rests += index.as<Ellipsis>() != nullptr;
      named += !index.as<Ellipsis>() && !index.as<NewAxis>();
    }
    if (rests > 1) throw ValueError("get_item: Slice should only have one ellipsis.");
    if (named > shape.rank())
      throw ValueError(str("get_item: Array has shape ", shape, " but slice has too many indices (",
                           named, ")."));
    for (const auto& index : key) {
      if (index.as<Ellipsis>()) {
        for (int i = named; i < shape.rank(); ++i) keep();
      } else {
        apply(index);
      }
    }
    while (axis_ < shape.rank()) keep();
  }

  Tensor of(const Tensor& x) const {
    Tensor out = emit(slice_op, {x}, slice_);
    if (!flips_.empty()) out = emit(flip_op, {out}, FlipAttrs{flips_});
    out = reshape(out, result_);
    return taken_.defined() ? ops::take(out, taken_, {.axis = taken_axis_}) : out;
  }

 private:
  void apply(const Index& index) {
    if (index.as<NewAxis>()) {
      result_.push_back(1);
    } else if (const auto* position = index.as<std::int64_t>()) {
      pick(*position);
    } else if (const auto* slice = index.as<Slice>()) {
      cut(*slice);
    } else {
      if (taken_.defined()) throw ValueError("get_item: a key takes one tensor at most.");
      taken_ = *index.as<Tensor>();
      taken_axis_ = result_.rank();
      keep();
    }
  }

  void add(std::int64_t start, std::int64_t stop, std::int64_t step) {
    slice_.start.push_back(start);
    slice_.stop.push_back(stop);
    slice_.step.push_back(step);
    ++axis_;
  }

  void keep() {
    result_.push_back(shape_[axis_]);
    add(0, shape_[axis_], 1);
  }

  void pick(std::int64_t position) {
    const std::int64_t size = shape_[axis_];
    const std::int64_t from_front = position < 0 ? position + size : position;
    if (from_front < 0 || from_front >= size)
      throw ValueError(str("get_item: Array has shape ", shape_, " but out-of-bounds index ",
                           position, " was requested for axis ", axis_, "."));
    add(from_front, from_front + 1, 1);
  }

  void cut(const Slice& slice) {
    const std::int64_t size = shape_[axis_];
    const std::int64_t step = slice.step.value_or(1);
    if (step == 0) throw ValueError("get_item: a slice's step must not be 0.");
    // Python's rules: bounds count from the end when negative and are clamped to the axis.
    const auto bound = [&](const std::optional<std::int64_t>& given, std::int64_t fallback) {
      if (!given) return fallback;
      const std::int64_t from_front = *given < 0 ? *given + size : *given;
      return step > 0 ? std::clamp<std::int64_t>(from_front, 0, size)
                      : std::clamp<std::int64_t>(from_front, -1, size - 1);
    };
    const std::int64_t start = bound(slice.start, step > 0 ? 0 : size - 1);
    const std::int64_t stop = bound(slice.stop, step > 0 ? size : -1);
    const std::int64_t stride = step > 0 ? step : -step;
    const std::int64_t distance = step > 0 ? stop - start : start - stop;
    const std::int64_t count = distance <= 0 ? 0 : (distance + stride - 1) / stride;
    result_.push_back(count);
    if (step < 0 && count > 1) flips_.push_back(axis_);
    const std::int64_t first = step > 0 ? start : start - (count - 1) * stride;
    if (count == 0) {
      add(0, 0, 1);
    } else {
      add(first, first + (count - 1) * stride + 1, stride);
    }
  }

  const Shape& shape_;
  SliceAttrs slice_;
  std::vector<int> flips_;
  Shape result_;
  Tensor taken_;
  int taken_axis_ = 0;
  int axis_ = 0;
};

}  // namespace

Tensor get_item(const Tensor& x, const std::vector<Index>& key) {
  const auto select = [key](const Tensors& in) { return Selection(in[0].shape(), key).of(in[0]); };
  if (!x.is_symbolic()) return select({x});
  Config entries = Config::list();
  for (const auto& index : key) entries.as_list().push_back(index_config(index));
  const Config written = key.size() == 1 ? entries.at(std::size_t{0}) : entries;
  return record_op(
      "GetItem", {x}, Config::dict(), [select](const Tensors& in) { return Tensors{select(in)}; },
      {{"args", Config::list({{{"tensor", 0}}, written})}, {"kwargs", Config::dict()}})[0];
}

namespace {

void check_starts(const char* where, const Shape& shape, std::size_t starts, int sizes) {
  if (static_cast<int>(starts) != shape.rank() || sizes != shape.rank())
    throw ValueError(str(where,
                         ": the start indices and the sizes must have one number for each "
                         "axis of inputs, of shape ",
                         shape, "; received ", starts, " and ", sizes, "."));
}

/// Where a piece of an axis starts: moved, as JAX does it, so that it lies inside of the axis.
std::int64_t clamped_start(const char* where, std::int64_t start, std::int64_t size,
                           std::int64_t piece) {
  if (piece < 0 || piece > size)
    throw ShapeError(
        str(where, ": a piece of ", piece, " elements does not fit into an axis of ", size, "."));
  return std::clamp<std::int64_t>(start < 0 ? start + size : start, 0, size - piece);
}

Tensor slice_of(const Tensor& x, const std::vector<std::int64_t>& starts, const Shape& shape) {
  check_starts("slice", x.shape(), starts.size(), shape.rank());
  SliceAttrs attrs;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const std::int64_t given = starts[static_cast<std::size_t>(axis)];
    const std::int64_t piece = shape[axis] == -1 ? x.shape()[axis] - given : shape[axis];
    const std::int64_t start = clamped_start("slice", given, x.shape()[axis], piece);
    attrs.start.push_back(start);
    attrs.stop.push_back(start + piece);
    attrs.step.push_back(1);
  }
  return emit(slice_op, {x}, std::move(attrs));
}

Tensor slice_update_of(const Tensor& x, const std::vector<std::int64_t>& starts,
                       const Tensor& updates) {
  check_starts("slice_update", x.shape(), starts.size(), updates.rank());
  PadAttrs pad;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const std::int64_t piece = updates.shape()[axis];
    const std::int64_t start = clamped_start("slice_update", starts[static_cast<std::size_t>(axis)],
                                             x.shape()[axis], piece);
    pad.low.push_back(start);
    pad.high.push_back(x.shape()[axis] - start - piece);
    pad.interior.push_back(0);
  }
  const Tensor inside = emit(pad_op, {ones(updates.shape(), DType::kBool)}, pad);
  return where(inside, emit(pad_op, {cast(updates, x.dtype())}, pad), x);
}

/// The start of one axis's piece from a tensor of starts, clamped.
Tensor start_of(const Tensor& starts, int axis, std::int64_t size, std::int64_t piece) {
  const Tensor given = reshape(slice_axis(starts, 0, axis, axis + 1), {});
  const Tensor from_front = where(less(given, 0), given + size, given);
  return clip(from_front, 0, size - piece);
}

Tensor slice_at(const Tensor& x, const Tensor& starts, const Shape& shape) {
  check_starts("slice", x.shape(), static_cast<std::size_t>(starts.size()), shape.rank());
  Tensor out = x;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    clamped_start("slice", 0, x.shape()[axis], shape[axis]);
    const Tensor start = start_of(starts, axis, x.shape()[axis], shape[axis]);
    out = take(out, start + arange(shape[axis], start.dtype()), {.axis = axis});
  }
  return out;
}

Tensor slice_update_at(const Tensor& x, const Tensor& starts, const Tensor& updates) {
  check_starts("slice_update", x.shape(), static_cast<std::size_t>(starts.size()), updates.rank());
  Tensor placed = cast(updates, x.dtype());
  Tensor inside = ones(x.shape(), DType::kBool);
  for (int axis = 0; axis < x.rank(); ++axis) {
    const std::int64_t size = x.shape()[axis], piece = updates.shape()[axis];
    clamped_start("slice_update", 0, size, piece);
    if (piece == 0) return x;
    Shape column(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1));
    column[axis] = size;
    const Tensor start = start_of(starts, axis, size, piece);
    const Tensor place = arange(size, start.dtype()) - start;
    placed = take(placed, clip(place, 0, piece - 1), {.axis = axis});
    inside = logical_and(inside,
                         reshape(logical_and(greater_equal(place, 0), less(place, piece)), column));
  }
  return where(inside, placed, x);
}

Config with_starts(const std::vector<std::int64_t>& starts, int tensors) {
  Config args = Config::list({{{"tensor", 0}}, Config::list_of(starts)});
  if (tensors == 2) args.as_list().push_back({{"tensor", 1}});
  return {{"args", args}, {"kwargs", Config::dict()}};
}

}  // namespace

Tensor slice(const Tensor& inputs, const StartIndices& start_indices, const Shape& shape) {
  const Config config = {{"shape", Config::list_of(shape)}};
  if (start_indices.tensor().defined())
    return call_or_record("Slice", {inputs, start_indices.tensor()}, config,
                          [shape](const Tensors& in) { return slice_at(in[0], in[1], shape); });
  const auto& starts = start_indices.numbers();
  if (!inputs.is_symbolic()) return slice_of(inputs, starts, shape);
  return record_op(
      "Slice", {inputs}, config,
      [starts = starts, shape](const Tensors& in) {
        return Tensors{slice_of(in[0], starts, shape)};
      },
      with_starts(starts, 1))[0];
}

Tensor slice_update(const Tensor& inputs, const StartIndices& start_indices,
                    const Tensor& updates) {
  if (start_indices.tensor().defined())
    return call_or_record("SliceUpdate", {inputs, start_indices.tensor(), updates}, Config::dict(),
                          [](const Tensors& in) { return slice_update_at(in[0], in[1], in[2]); });
  const auto& starts = start_indices.numbers();
  if (!any_symbolic({inputs, updates})) return slice_update_of(inputs, starts, updates);
  return record_op(
      "SliceUpdate", {inputs, updates}, Config::dict(),
      [starts = starts](const Tensors& in) {
        return Tensors{slice_update_of(in[0], starts, in[1])};
      },
      with_starts(starts, 2))[0];
}

}  // namespace keras::ops
