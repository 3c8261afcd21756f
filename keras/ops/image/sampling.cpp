#include "keras/ops/image/sampling.h"

#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops::image {
namespace {

constexpr double kFarAway = 1e9;

/// A whole coordinate brought inside, and whether it was there before (where that matters).
struct Place {
  Tensor index, valid;
};

Place inside(const Tensor& index, std::int64_t size, const std::string& fill_mode) {
  const auto length = static_cast<double>(size);
  Place place;
  if (fill_mode == "wrap") {
    place.index = mod(index, length);
  } else if (fill_mode == "reflect") {
    const Tensor at = mod(index, 2 * length);
    place.index = minimum(at, 2 * length - 1 - at);
  } else if (fill_mode == "mirror" && size > 1) {
    place.index = abs(mod(index + (length - 1), 2 * (length - 1)) - (length - 1));
  } else {
    place.index = clip(index, 0.0, length - 1);
    if (fill_mode == "constant") place.valid = equal(place.index, index);
  }
  place.index = cast(place.index, DType::kInt32);
  return place;
}

Tensor round_half_away(const Tensor& x) { return sign(x) * floor(abs(x) + 0.5); }

/// A table of pixels, (all pixels, channels), that are found by coordinates along some axes.
struct Table {
  Tensor pixels;
  Tensor first;  ///< the place of each image's first pixel, where there are several
  std::vector<std::int64_t> sizes;
};

Tensor look_up(const Table& table, const Tensors& indices, const SamplingOptions& options) {
  Tensor place, valid;
  for (std::size_t axis = 0; axis < indices.size(); ++axis) {
    const Place next = inside(indices[axis], table.sizes[axis], options.fill_mode);
    const Tensor size = full_like(next.index, static_cast<double>(table.sizes[axis]));
    place = place.defined() ? place * size + next.index : next.index;
    if (next.valid.defined()) valid = valid.defined() ? logical_and(valid, next.valid) : next.valid;
  }
  if (table.first.defined()) place = table.first + place;
  const Tensor found = take(table.pixels, place, {.axis = 0});
  if (!valid.defined()) return found;
  const Tensor fill = cast(Tensor(options.fill_value), found.dtype());
  return where(expand_dims(valid, {.axis = -1}), found, fill);
}

/// The sum over the corners around each place of their values times their shares.
Tensor interpolate(const Table& table, const Tensors& coordinates, const SamplingOptions& options) {
  Tensors low, share;
  for (const Tensor& at : coordinates) {
    low.push_back(floor(at));
    share.push_back(cast(expand_dims(at - low.back(), {.axis = -1}), table.pixels.dtype()));
  }
  Tensor total;
  for (std::size_t corner = 0; corner < std::size_t{1} << low.size(); ++corner) {
    Tensors indices;
    Tensor weight;
    for (std::size_t axis = 0; axis < low.size(); ++axis) {
      const bool upper = (corner >> axis) & 1;
      indices.push_back(upper ? low[axis] + 1.0 : low[axis]);
      const Tensor part = upper ? share[axis] : 1.0 - share[axis];
      weight = weight.defined() ? weight * part : part;
    }
    const Tensor value = look_up(table, indices, options) * weight;
    total = total.defined() ? total + value : value;
  }
  return total;
}

/// Whole numbers are interpolated as floats and rounded.
Tensor sample(Table table, Tensors coordinates, const SamplingOptions& options) {
  const DType dtype = table.pixels.dtype();
  if (!is_float(dtype)) table.pixels = cast(table.pixels, DType::kFloat32);
  for (Tensor& at : coordinates)
    at = nan_to_num(at, {.nan = -kFarAway, .posinf = kFarAway, .neginf = -kFarAway});
  Tensor found;
  if (options.order == 1) {
    found = interpolate(table, coordinates, options);
  } else {
    for (Tensor& at : coordinates) at = round_half_away(at);
    found = look_up(table, coordinates, options);
  }
  return is_float(dtype) ? found : cast(round_half_away(found), dtype);
}

Tensor map_values(const Tensor& inputs, const Tensor& given, const SamplingOptions& options) {
  const Tensor coordinates = is_float(given.dtype()) ? given : cast(given, DType::kFloat32);
  Tensors parts;
  for (const Tensor& part : split(coordinates, static_cast<int>(coordinates.shape()[0])))
    parts.push_back(squeeze(part, {.axis = 0}));
  const Table table{reshape(inputs, {-1, 1}), {}, inputs.shape().dims()};
  return squeeze(sample(table, parts, options), {.axis = -1});
}

}  // namespace

void check_fill_mode(const std::string& mode) {
  if (mode != "constant" && mode != "nearest" && mode != "wrap" && mode != "mirror" &&
      mode != "reflect")
    throw ValueError(
        str("Invalid value for argument `fill_mode`. Expected of one {'constant', 'nearest', "
            "'wrap', 'mirror', 'reflect'}. Received: fill_mode=",
            mode));
}

int interpolation_order(const std::string& interpolation) {
  if (interpolation != "nearest" && interpolation != "bilinear")
    throw ValueError(
        str("Invalid value for argument `interpolation`. Expected of one {'nearest', 'bilinear'}. "
            "Received: interpolation=",
            interpolation));
  return interpolation == "bilinear" ? 1 : 0;
}

Tensor sample_images(const Tensor& images, const Tensor& row, const Tensor& column,
                     const SamplingOptions& options) {
  const std::int64_t batch = images.shape()[0], height = images.shape()[1],
                     width = images.shape()[2], channels = images.shape()[3];
  const Tensor first = reshape(arange(batch), {batch, 1, 1}) *
                       Tensor::of<std::int32_t>({static_cast<std::int32_t>(height * width)});
  const Table table{reshape(images, {batch * height * width, channels}), first, {height, width}};
  return sample(table, {row, column}, options);
}

Tensor project_images(const Tensor& images, const Projection& p, const SamplingOptions& options) {
  const std::int64_t height = images.shape()[1], width = images.shape()[2];
  const Tensor y = reshape(arange(0, height, 1, DType::kFloat32), {1, height, 1});
  const Tensor x = reshape(arange(0, width, 1, DType::kFloat32), {1, 1, width});
  Tensor row = p.b0 * x + p.b1 * y + p.b2;
  Tensor column = p.a0 * x + p.a1 * y + p.a2;
  if (p.c0.defined()) {
    const Tensor k = p.c0 * x + p.c1 * y + 1.0;
    row = row / k;
    column = column / k;
  }
  return sample_images(images, row, column, options);
}

Tensor map_coordinates(const Tensor& inputs, const Tensor& coordinates, int order,
                       MapCoordinatesOptions options) {
  if (coordinates.rank() < 2)
    throw ShapeError(
        str("Invalid coordinates rank: expected at least rank 2. Received input with shape: ",
            coordinates.shape()));
  if (coordinates.shape()[0] != inputs.rank())
    throw ShapeError(
        str("First dim of `coordinates` must be the same as the rank of `inputs`. Received inputs "
            "with shape: ",
            inputs.shape(), " and coordinate leading dim of ", coordinates.shape()[0]));
  check_fill_mode(options.fill_mode);
  if (order != 0 && order != 1)
    throw ValueError(
        str("Invalid value for argument `order`. Expected one of [0, 1]. Received: order=", order));
  return call_or_record(
      "MapCoordinates", {inputs, coordinates},
      {{"order", order}, {"fill_mode", options.fill_mode}, {"fill_value", options.fill_value}},
      [=](const Tensors& in) {
        return map_values(in[0], in[1], {order, options.fill_mode, options.fill_value});
      });
}

}  // namespace keras::ops::image
