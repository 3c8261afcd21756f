#include <algorithm>
#include <limits>
#include <numbers>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/image/batches.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"

namespace keras::ops::image {
namespace {

/// The weight of an element at a distance, which is not negative.
using Filter = Tensor (*)(const Tensor& x);

Tensor triangle(const Tensor& x) { return maximum(1.0 - x, 0.0); }

/// Keys, "Cubic convolution interpolation for digital image processing" (1981), with a = -0.5.
Tensor cubic(const Tensor& x) {
  const Tensor near = ((1.5 * x - 2.5) * x) * x + 1.0;
  const Tensor far = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0;
  return where(greater_equal(x, 2.0), zeros_like(x), where(greater_equal(x, 1.0), far, near));
}

/// A sinc in the window of a wider one.
template <int kRadius>
Tensor lanczos(const Tensor& x) {
  const double pi = std::numbers::pi;
  const Tensor one = ones_like(x);
  const Tensor safe = where(greater(x, 1e-3), x, one);
  const Tensor y = sin(safe * pi) * sin(safe * (pi / kRadius)) * kRadius / (square(safe) * pi * pi);
  return where(greater(x, kRadius), zeros_like(x), where(greater(x, 1e-3), y, one));
}

struct NamedFilter {
  const char* name;
  Filter filter;
};
constexpr NamedFilter kFilters[] = {
    {"linear", triangle},     {"bilinear", triangle},   {"trilinear", triangle},
    {"cubic", cubic},         {"bicubic", cubic},       {"tricubic", cubic},
    {"lanczos3", lanczos<3>}, {"lanczos5", lanczos<5>},
};

Filter filter_of(const char* argument, const std::string& name) {
  for (const NamedFilter& known : kFilters)
    if (name == known.name) return known.filter;
  std::vector<std::string> names;
  for (const NamedFilter& known : kFilters) names.emplace_back(known.name);
  throw ValueError(str("Invalid value for argument `", argument, "`. Expected of one (",
                       join(names, ", "), "). Received: ", argument, "=", name));
}

/// What each of `in` elements of an axis counts for each of `out` places, as (out, in).
Tensor weights(std::int64_t in, std::int64_t out, const Tensor& scale, const Tensor& translation,
               Filter filter, bool antialias) {
  const DType dtype = scale.dtype();
  const Tensor inverse = 1.0 / scale;
  const Tensor places = (cast(arange(out), dtype) + 0.5) * inverse - translation * inverse - 0.5;
  const Tensor column = reshape(places, {out, 1});
  Tensor distance = abs(column - reshape(cast(arange(in), dtype), {1, in}));
  if (antialias) distance = distance / maximum(inverse, 1.0);
  const Tensor raw = filter(distance);
  const Tensor total = sum(raw, {.axis = 1, .keepdims = true});
  const Tensor counts = logical_and(
      greater(abs(total), 1000 * static_cast<double>(std::numeric_limits<float>::epsilon())),
      logical_and(greater_equal(column, -0.5), less_equal(column, static_cast<double>(in) - 0.5)));
  const Tensor safe = where(equal(total, 0), ones_like(total), total);
  return where(counts, raw / safe, zeros_like(raw));
}

/// x with one axis multiplied by a matrix (out, in).
Tensor multiply_axis(const Tensor& x, const Tensor& matrix, int axis) {
  const Shape& shape = x.shape();
  Shape out = shape;
  out[axis] = matrix.shape()[0];
  const std::int64_t before = shape.slice(0, axis).size();
  const Tensor rows = reshape(x, {before, shape[axis], shape.slice(axis + 1).size()});
  return reshape(matmul(cast(matrix, x.dtype()), rows), out);
}

Tensor nearest(const Tensor& x, int axis, std::int64_t out) {
  const std::int64_t in = x.shape()[axis];
  std::vector<std::int64_t> places;
  for (std::int64_t i = 0; i < out; ++i)
    places.push_back(static_cast<std::int64_t>((static_cast<float>(i) + 0.5f) *
                                               static_cast<float>(in) / static_cast<float>(out)));
  return take(x, Tensor::from(places, {out}), {.axis = axis});
}

Tensor crop_to_proportions(const Tensor& x, const ImageAxes& axes,
                           const std::vector<std::int64_t>& size) {
  const std::int64_t height = x.shape()[axes.height], width = x.shape()[axes.width];
  const std::int64_t crop_height =
      std::max<std::int64_t>(std::min(height, width * size[0] / size[1]), 1);
  const std::int64_t crop_width =
      std::max<std::int64_t>(std::min(width, height * size[1] / size[0]), 1);
  const std::int64_t top = (height - crop_height) / 2, left = (width - crop_width) / 2;
  return slice_axis(slice_axis(x, axes.height, top, top + crop_height), axes.width, left,
                    left + crop_width);
}

/// The same width on both sides of one axis, as Keras pads, even where an odd number is missing.
Tensor pad_to_proportions(const Tensor& x, const ImageAxes& axes,
                          const std::vector<std::int64_t>& size, double fill_value) {
  const std::int64_t height = x.shape()[axes.height], width = x.shape()[axes.width];
  const std::int64_t top = (std::max(height, width * size[0] / size[1]) - height) / 2;
  const std::int64_t left = (std::max(width, height * size[1] / size[0]) - width) / 2;
  std::vector<std::pair<std::int64_t, std::int64_t>> sides(static_cast<std::size_t>(x.rank()));
  if (top > 0)
    sides[static_cast<std::size_t>(axes.height)] = {top, top};
  else
    sides[static_cast<std::size_t>(axes.width)] = {left, left};
  return pad(x, sides, {.constant_values = fill_value});
}

Tensor interpolate(const Tensor& x, const ImageAxes& axes, const std::vector<std::int64_t>& size,
                   const ResizeOptions& options) {
  const DType dtype = x.dtype() == DType::kFloat64 ? DType::kFloat64 : DType::kFloat32;
  Tensor y = cast(x, to_float_dtype(x.dtype()));
  for (const auto& [axis, out] :
       {std::pair(axes.height, size[0]), std::pair(axes.width, size[1])}) {
    const std::int64_t in = y.shape()[axis];
    if (in == out) continue;
    const Tensor scale =
        cast(Tensor::of<double>({static_cast<double>(out) / static_cast<double>(in)}), dtype);
    y = multiply_axis(y,
                      weights(in, out, scale, zeros_like(scale),
                              filter_of("interpolation", options.interpolation), options.antialias),
                      axis);
  }
  if (is_integer(x.dtype())) y = round(y);
  return y.dtype() == x.dtype() ? y : saturate_cast(y, x.dtype());
}

Tensor resize_of_values(const Tensor& images, const std::vector<std::int64_t>& size,
                        const ResizeOptions& options) {
  const ImageAxes axes(images, options.data_format);
  Tensor x = images;
  if (options.crop_to_aspect_ratio) x = crop_to_proportions(x, axes, size);
  if (options.pad_to_aspect_ratio) x = pad_to_proportions(x, axes, size, options.fill_value);
  if (options.interpolation == "nearest")
    return nearest(nearest(x, axes.height, size[0]), axes.width, size[1]);
  return interpolate(x, axes, size, options);
}

void check_resize(const Tensor& images, const std::vector<std::int64_t>& size,
                  const ResizeOptions& options) {
  if (size.size() != 2)
    throw ValueError(
        str("Expected `size` to be a tuple of 2 integers. Received: size=", Shape(size)));
  if (size[0] <= 0 || size[1] <= 0)
    throw ValueError(
        str("`size` must have positive height and width. Received: size=", Shape(size)));
  check_image_rank(images);
  if (options.pad_to_aspect_ratio && options.crop_to_aspect_ratio)
    throw ValueError("Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.");
  if (options.fill_mode != "constant")
    throw ValueError(
        str("Invalid value for argument `fill_mode`. Only `'constant'` is supported. Received: "
            "fill_mode=",
            options.fill_mode));
  constexpr const char* kKnown[] = {"bilinear", "nearest", "lanczos3", "lanczos5", "bicubic"};
  if (std::find(std::begin(kKnown), std::end(kKnown), options.interpolation) == std::end(kKnown))
    throw ValueError(
        str("Invalid value for argument `interpolation`. Expected of one ('bilinear', 'nearest', "
            "'lanczos3', 'lanczos5', 'bicubic'). Received: interpolation=",
            options.interpolation));
}

Tensor scale_and_translate_of_values(const Tensors& in, const Shape& output_shape,
                                     const std::vector<int>& spatial_dims,
                                     const std::string& method, bool antialias) {
  Tensor y = cast(in[0], to_float_dtype(in[0].dtype()));
  const DType dtype = to_float_dtype(promote(in[1].dtype(), in[2].dtype()));
  const Filter filter = filter_of("method", method);
  for (std::size_t i = 0; i < spatial_dims.size(); ++i) {
    const int axis = normalize_axis("scale_and_translate", spatial_dims[i], y.rank());
    const auto at = static_cast<std::int64_t>(i);
    const auto number = [&](const Tensor& all) {
      return slice_axis(cast(all, dtype), 0, at, at + 1);
    };
    y = multiply_axis(y,
                      weights(y.shape()[axis], output_shape[axis], number(in[1]), number(in[2]),
                              filter, antialias),
                      axis);
  }
  if (y.shape() != output_shape)
    throw ShapeError(str("scale_and_translate: `output_shape` ", output_shape,
                         " differs from the images' ", in[0].shape(),
                         " in axes that are not in `spatial_dims`."));
  return y;
}

}  // namespace

Tensor resize(const Tensor& images, const std::vector<std::int64_t>& size, ResizeOptions options) {
  check_resize(images, size, options);
  options.data_format = standardize_data_format(options.data_format);
  const Config config{{"size", Config::list_of(size)},
                      {"interpolation", options.interpolation},
                      {"antialias", options.antialias},
                      {"crop_to_aspect_ratio", options.crop_to_aspect_ratio},
                      {"pad_to_aspect_ratio", options.pad_to_aspect_ratio},
                      {"fill_mode", options.fill_mode},
                      {"fill_value", options.fill_value},
                      {"data_format", options.data_format}};
  return record_unary("Resize", images, config,
                      [=](const Tensor& x) { return resize_of_values(x, size, options); });
}

Tensor scale_and_translate(const Tensor& images, const Shape& output_shape, const Tensor& scale,
                           const Tensor& translation, const std::vector<int>& spatial_dims,
                           const std::string& method, ScaleAndTranslateOptions options) {
  filter_of("method", method);
  const auto function = [=](const Tensors& in) {
    return Tensors{
        scale_and_translate_of_values(in, output_shape, spatial_dims, method, options.antialias)};
  };
  const Tensors in{images, scale, translation};
  if (!any_symbolic(in)) return function(in)[0];
  const auto reference = [](std::int64_t index) { return Config{{"tensor", index}}; };
  return record_op("ScaleAndTranslate", in,
                   {{"spatial_dims", Config::list_of(spatial_dims)},
                    {"method", method},
                    {"antialias", options.antialias}},
                   function,
                   {{"args", Config::list({reference(0), Config::list_of(output_shape.dims()),
                                           reference(1), reference(2)})},
                    {"kwargs", Config::dict()}})[0];
}

}  // namespace keras::ops::image
