#include <algorithm>
#include <functional>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/image/batches.h"
#include "keras/ops/image/sampling.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops::image {

Projection projection_of(const Tensor& numbers) {
  const auto at = [&](std::int64_t i) {
    return expand_dims(slice_axis(numbers, 1, i, i + 1), {.axis = -1});
  };
  return {at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)};
}

Tensor homographies(const Tensor& start, const Tensor& end) {
  const auto coordinate = [](const Tensor& points, std::int64_t i) {
    return slice_axis(points, -1, i, i + 1);
  };
  const Tensor sx = coordinate(start, 0), sy = coordinate(start, 1);
  const Tensor ex = coordinate(end, 0), ey = coordinate(end, 1);
  const Tensor zero = zeros_like(ex), one = ones_like(ex);
  const Tensor of_x =
      concatenate({ex, ey, one, zero, zero, zero, -sx * ex, -sx * ey}, {.axis = -1});
  const Tensor of_y =
      concatenate({zero, zero, zero, ex, ey, one, -sy * ex, -sy * ey}, {.axis = -1});
  const Tensor matrix = concatenate({of_x, of_y}, {.axis = 1});
  return squeeze(solve(matrix, concatenate({sx, sy}, {.axis = 1})), {.axis = -1});
}

namespace {

/// Calls a function of a batch with its channels last.
Tensor with_batch(const Tensor& images, const std::string& format,
                  const std::function<Tensor(const Tensor& images)>& function) {
  const bool first = format == "channels_first";
  Tensor x = images.rank() == 3 ? expand_dims(images, {.axis = 0}) : images;
  if (first) x = transpose(x, {.axes = {0, 2, 3, 1}});
  x = function(x);
  if (first) x = transpose(x, {.axes = {0, 3, 1, 2}});
  return images.rank() == 3 ? squeeze(x, {.axis = 0}) : x;
}

Tensor affine(const Tensor& images, const Tensor& given, const AffineTransformOptions& options) {
  Tensor transform = is_float(given.dtype()) ? given : cast(given, DType::kFloat32);
  if (transform.rank() == 1) transform = expand_dims(transform, {.axis = 0});
  const SamplingOptions sampling{interpolation_order(options.interpolation), options.fill_mode,
                                 options.fill_value};
  return with_batch(images, options.data_format, [&](const Tensor& x) {
    return project_images(x, projection_of(transform), sampling);
  });
}

Tensor perspective(const Tensors& in, const PerspectiveTransformOptions& options) {
  const auto points = [](const Tensor& given) {
    const Tensor x = cast(given, DType::kFloat32);
    return x.rank() == 2 ? expand_dims(x, {.axis = 0}) : x;
  };
  const Tensor transform = homographies(points(in[1]), points(in[2]));
  const SamplingOptions sampling{interpolation_order(options.interpolation), "constant",
                                 options.fill_value};
  return with_batch(in[0], options.data_format, [&](const Tensor& x) {
    return project_images(x, projection_of(transform), sampling);
  });
}

void check_points(const Tensor& start, const Tensor& end) {
  const auto check = [](const char* name, const Tensor& points) {
    const int rank = points.rank();
    if ((rank != 2 && rank != 3) || points.shape()[-2] != 4 || points.shape()[-1] != 2)
      throw ShapeError(str("Invalid ", name,
                           " shape: expected (4,2) for a single image or (N,4,2) for a batch. "
                           "Received shape: ",
                           points.shape()));
  };
  check("start_points", start);
  check("end_points", end);
  if (start.shape() != end.shape())
    throw ShapeError(
        str("start_points and end_points must have the same shape. Received start_points.shape=",
            start.shape(), ", end_points.shape=", end.shape()));
}

}  // namespace

Tensor elastic_images(const Tensor& images, const Tensor& noise, const Elasticity& how,
                      const ElasticTransformOptions& options) {
  const SamplingOptions sampling{interpolation_order(options.interpolation), options.fill_mode,
                                 options.fill_value};
  return with_batch(images, options.data_format, [&](const Tensor& x) {
    const std::int64_t height = x.shape()[1], width = x.shape()[2];
    // The shifts along rows and along columns are two channels.
    const Tensor blurred = blur_images(noise * how.sigma, {how.kernel_size, how.kernel_size},
                                       broadcast_to(how.sigma, {2}), "channels_last");
    const Tensors shifts = split(blurred * how.alpha, 2, {.axis = -1});
    const auto moved = [&](std::int64_t size, const Shape& shape, const Tensor& shift) {
      return reshape(arange(0, size, 1, DType::kFloat32), shape) + squeeze(shift, {.axis = -1});
    };
    return sample_images(x, moved(height, {1, height, 1}, shifts[0]),
                         moved(width, {1, 1, width}, shifts[1]), sampling);
  });
}

Tensor affine_transform(const Tensor& images, const Tensor& transform,
                        AffineTransformOptions options) {
  check_image_rank(images);
  if ((transform.rank() != 1 && transform.rank() != 2) || transform.shape()[-1] != 8)
    throw ShapeError(
        str("Invalid transform rank: expected rank 1 (single transform) or rank 2 (batch of "
            "transforms) of 8 numbers. Received input with shape: transform.shape=",
            transform.shape()));
  interpolation_order(options.interpolation);
  check_fill_mode(options.fill_mode);
  options.data_format = standardize_data_format(options.data_format);
  return call_or_record("AffineTransform", {images, transform},
                        {{"interpolation", options.interpolation},
                         {"fill_mode", options.fill_mode},
                         {"fill_value", options.fill_value},
                         {"data_format", options.data_format}},
                        [=](const Tensors& in) { return affine(in[0], in[1], options); });
}

Tensor perspective_transform(const Tensor& images, const Tensor& start_points,
                             const Tensor& end_points, PerspectiveTransformOptions options) {
  check_image_rank(images);
  check_points(start_points, end_points);
  interpolation_order(options.interpolation);
  options.data_format = standardize_data_format(options.data_format);
  return call_or_record("PerspectiveTransform", {images, start_points, end_points},
                        {{"interpolation", options.interpolation},
                         {"fill_value", options.fill_value},
                         {"data_format", options.data_format}},
                        [=](const Tensors& in) { return perspective(in, options); });
}

}  // namespace keras::ops::image
