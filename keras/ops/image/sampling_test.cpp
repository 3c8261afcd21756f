#include "keras/ops/image/sampling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "keras/engine/error.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/numpy.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::ops::image {
namespace {

using testing::distinct;
using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;
using testing::ramp;

Tensor transform() { return Tensor::of<float>({1.1f, 0.2f, -0.3f, -0.1f, 0.9f, 0.4f, 0, 0}); }
/// One channel of ramp({1, 3, 4, 2}).
Tensor photo() { return slice_axis(ramp({1, 3, 4, 2}), -1, 0, 1); }
Tensor corners() { return Tensor::from(std::vector<float>{0, 0, 3, 0, 0, 2, 3, 2}, {4, 2}); }
Tensor moved_corners() {
  return corners() +
         Tensor::from(std::vector<float>{0.3f, 0.2f, -0.4f, 0.1f, 0.2f, -0.3f, 0.5f, 0.2f}, {4, 2});
}
Tensor places() {
  return Tensor::from(std::vector<float>{0.2f, 1.7f, 2, -0.6f, 0.5f, 3.2f, 1.1f, 2}, {2, 4});
}

// Values are those of Keras with JAX.

TEST(AffineTransform, FillsAsKeras) {
  expect_values(affine_transform(photo(), transform(), {.fill_mode = "constant", .fill_value = 2}),
                {1, 3, 4, 1},
                {-0.205f, -0.575f, 0.2250001f, 1.025f, -0.6325f, -0.2f, 0.5725f, 1.4f, -0.1399999f,
                 0.3349999f, 0.1499997f, 0.2000011f});
  expect_values(affine_transform(photo(), transform(), {.fill_mode = "nearest", .fill_value = 2}),
                {1, 3, 4, 1},
                {-1.15f, -0.575f, 0.2250001f, 1.025f, -0.925f, -0.2f, 0.5725f, 1.25f, -0.675f,
                 0.15f, 0.1499997f, -0.9999999f});
  expect_values(affine_transform(photo(), transform(), {.fill_mode = "wrap", .fill_value = 2}),
                {1, 3, 4, 1},
                {-0.475f, -0.575f, 0.2250001f, 1.024999f, -0.7825f, -0.2f, 0.5725f, 0.7999994f,
                 -0.775f, 0.1000001f, 0.1499997f, -0.9099998f});
  expect_values(affine_transform(photo(), transform(), {.fill_mode = "mirror", .fill_value = 2}),
                {1, 3, 4, 1},
                {-0.925f, -0.575f, 0.2250001f, 1.025f, -0.85f, -0.2f, 0.5725f, 1.1f, -0.725f,
                 0.1250001f, 0.1499997f, -0.3099993f});
  expect_values(affine_transform(photo(), transform(), {.fill_mode = "reflect", .fill_value = 2}),
                {1, 3, 4, 1},
                {-1.15f, -0.575f, 0.2250001f, 1.025f, -0.925f, -0.2f, 0.5725f, 1.25f, -0.675f,
                 0.15f, 0.1499997f, -0.9999999f});
  expect_values(affine_transform(photo(), transform(), {.interpolation = "nearest"}), {1, 3, 4, 1},
                {-1.25f, -0.5f, 0.25f, 1, -1, -0.25f, 0.5f, 1.25f, -0.75f, 0, 0.75f, -1.25f});
}

TEST(AffineTransform, TakesATransformForEachImage) {
  const Tensor second = transform() * Tensor::of<float>({1, 1, 1, 1, 1, -1, 0, 0});
  const Tensor x = transpose(ramp({2, 2, 2, 2}), {.axes = {0, 3, 1, 2}});
  expect_values(
      affine_transform(x, stack({transform(), second}), {.data_format = "channels_first"}),
      {2, 2, 2, 2},
      {-0.455f, -0.2f, 0.1575f, 0.8000001f, 7.450581e-09f, 0.725f, -0.4725f, 0, -0.42f, -0.2f,
       -0.225f, 0.3499999f, 0.315f, -0.425f, 0.1125f, -0.65f});
}

TEST(PerspectiveTransform, IsKerass) {
  expect_values(perspective_transform(ramp({1, 3, 4, 2}), expand_dims(corners(), {.axis = 0}),
                                      expand_dims(moved_corners(), {.axis = 0})),
                {1, 3, 4, 2},
                {-0.3088772f,  0.1235509f,  -0.3012707f, 0.7436963f,  0.4480457f,  -0.3654968f,
                 0.5106307f,   0,           -0.5966367f, 0.50858f,    -0.2105498f, -1.21055f,
                 0.5756598f,   -0.3980407f, 1.130271f,   0.2575467f,  -0.394245f,  0.52566f,
                 -0.04383639f, -0.7251254f, 0.653107f,   -0.3248367f, -0.4954821f, 0.2521172f});
  expect_values(perspective_transform(squeeze(photo(), {.axis = 0}), corners(), moved_corners(),
                                      {.interpolation = "nearest", .fill_value = -1}),
                {3, 4, 1},
                {-1, -0.5f, 0.25f, 1, -1, -0.25f, 0.5f, 1.25f, -0.75f, 0, 0.75f, -1.25f});
}

TEST(MapCoordinates, IsKerass) {
  expect_values(
      map_coordinates(ramp({3, 4}), places(), 1, {.fill_mode = "constant", .fill_value = 0.5}), {4},
      {-0.35f, -0.6f, 0.65f, 0.1f});
  expect_values(
      map_coordinates(ramp({3, 4}), places(), 1, {.fill_mode = "nearest", .fill_value = 0.5}), {4},
      {-0.35f, -0.8750001f, 0.65f, -0.5f});
  expect_values(
      map_coordinates(ramp({3, 4}), places(), 1, {.fill_mode = "wrap", .fill_value = 0.5}), {4},
      {-0.35f, -0.825f, 0.65f, -0.35f});
  expect_values(
      map_coordinates(ramp({3, 4}), places(), 1, {.fill_mode = "mirror", .fill_value = 0.5}), {4},
      {-0.35f, -0.675f, 0.65f, 0.4f});
  expect_values(
      map_coordinates(ramp({3, 4}), places(), 1, {.fill_mode = "reflect", .fill_value = 0.5}), {4},
      {-0.35f, -0.8750001f, 0.65f, -0.5f});
  expect_values(map_coordinates(ramp({3, 4}), places(), 0, {.fill_mode = "nearest"}), {4},
                {0.5f, -1.25f, 0.75f, -0.5f});
  const Tensor whole = reshape(arange(12), {3, 4}) * 5;
  const Tensor y = map_coordinates(whole, places(), 1, {.fill_mode = "nearest"});
  EXPECT_EQ(y.dtype(), DType::kInt32);
  expect_values(cast(y, DType::kFloat32), {4}, {7, 49, 46, 10});
}

TEST(MapCoordinates, PassesOverPlacesThatAreNowhere) {
  const Tensor at = Tensor::from(std::vector<float>{NAN, INFINITY, -INFINITY, 1e20f}, {1, 4});
  expect_values(map_coordinates(ramp({3}), at, 1, {.fill_value = 7}), {4}, {7, 7, 7, 7});
}

TEST(GaussianBlur, IsKerass) {
  const GaussianBlurOptions options{.kernel_size = {3, 5}, .sigma = {0.5, 1.5}};
  const Tensor x = ramp({1, 3, 4, 2});
  const Tensor expected = gaussian_blur(x, options);
  expect_values(expected, {1, 3, 4, 2},
                {-0.564048f,  0.3424371f,  -0.204511f,  -0.02920364f, 0.2448493f,  -0.2804722f,
                 0.3716393f,  0.0542814f,  -0.6182181f, 0.415831f,    -0.1899608f, -0.2210829f,
                 0.3114193f,  -0.3114193f, 0.2817793f,  0.1090322f,   -0.4872061f, 0.3689002f,
                 -0.1185094f, -0.3154536f, 0.2804722f,  -0.2448493f,  0.07622963f, 0.1311233f});
  expect_values(gaussian_blur(squeeze(x, {.axis = 0}), options), {3, 4, 2},
                expected.to_vector<float>());
  GaussianBlurOptions first = options;
  first.data_format = "channels_first";
  const Tensor y = gaussian_blur(transpose(x, {.axes = {0, 3, 1, 2}}), first);
  expect_values(transpose(y, {.axes = {0, 2, 3, 1}}), expected.shape(),
                expected.to_vector<float>());
}

TEST(SobelEdges, AreKerass) {
  const Tensor x = ramp({1, 3, 3, 2});
  const Tensor expected = sobel_edges(x);
  expect_values(expected, {1, 3, 3, 2, 2},
                {1,      -2,     0.75f,  3.25f,  -1.25f, 1.75f, 0.25f, -3.75f, -1.5f,
                 2,      -1.75f, -3.25f, 5.25f,  -1.25f, -3,    3,     4.25f,  -2.25f,
                 -1.25f, -2.25f, -0.25f, 1.25f,  2.5f,   -3,    -1,    1.5f,   -0.75f,
                 1.25f,  1.25f,  -3.75f, -0.25f, 1.75f,  1.5f,  -1.5f, 1.75f,  -1.25f});
  const Tensor y = sobel_edges(transpose(x, {.axes = {0, 3, 1, 2}}), {"channels_first"});
  expect_values(transpose(y, {.axes = {0, 2, 3, 1, 4}}), expected.shape(),
                expected.to_vector<float>());
}

TEST(ElasticTransform, ShiftsNearPixelsAlike) {
  const Tensor x = reshape(arange(0, 32 * 32, 1, DType::kFloat32), {1, 32, 32, 1});
  const ElasticTransformOptions options{.alpha = 2, .sigma = 3, .seed = 1};
  const Tensor y = elastic_transform(x, options);
  EXPECT_EQ(y.shape(), x.shape());
  EXPECT_EQ(y.to_vector<float>(), elastic_transform(x, options).to_vector<float>());
  EXPECT_NE(y.to_vector<float>(), x.to_vector<float>());
  // Inside, the picture is a plane: differences of neighbours tell how differently they moved.
  const Tensor steps = diff(slice_axis(slice_axis(y, 1, 8, 24), 2, 8, 24), {.axis = 2});
  EXPECT_LT(max(abs(steps - 1.0)).item<float>(), 40.0f);
  const Tensor none = elastic_transform(x, {.alpha = 0, .sigma = 3, .seed = 1});
  EXPECT_EQ(none.to_vector<float>(), x.to_vector<float>());
}

TEST(ImageSampling, HasGradients) {
  // No coordinate is whole: there the gradients jump.
  const Tensor numbers = Tensor::of<double>({1.1, 0.2, -0.35, -0.1, 0.9, 0.43, 0, 0});
  expect_gradients(
      [](const Tensors& in) { return affine_transform(in[0], in[1], {.fill_mode = "mirror"}); },
      {distinct({1, 2, 2, 1}), numbers});
  expect_gradients(
      [](const Tensors& in) { return map_coordinates(in[0], in[1], 1); },
      {distinct({2, 3}), Tensor::from(std::vector<double>{0.3, 0.6, 1.2, 0.7}, {2, 2})});
  expect_gradients([](const Tensors& in) { return gaussian_blur(in[0]); },
                   {distinct({1, 2, 2, 1})});
  expect_gradients([](const Tensors& in) { return sobel_edges(in[0]); }, {distinct({1, 2, 2, 1})});
}

TEST(ImageSampling, RefusesBadArguments) {
  const Tensor x = photo();
  expect_error<ShapeError>(
      [&] {
        affine_transform(ramp({3, 4}), transform());
      },
      "Invalid images rank");
  expect_error<ShapeError>([&] { affine_transform(x, ramp({1, 6})); }, "Invalid transform rank");
  expect_error<ValueError>([&] { affine_transform(x, transform(), {.interpolation = "cubic"}); },
                           "interpolation=cubic");
  expect_error<ValueError>([&] { affine_transform(x, transform(), {.fill_mode = "edge"}); },
                           "fill_mode=edge");
  expect_error<ShapeError>(
      [&] {
        perspective_transform(x, ramp({3, 2}), ramp({3, 2}));
      },
      "Invalid start_points shape");
  expect_error<ShapeError>(
      [&] {
        perspective_transform(x, ramp({4, 2}), ramp({1, 4, 2}));
      },
      "must have the same shape");
  expect_error<ShapeError>(
      [] {
        map_coordinates(ramp({3, 4}), ramp({3, 4}), 1);
      },
      "First dim of `coordinates` must be the same as the rank of `inputs`");
  expect_error<ShapeError>([] { map_coordinates(ramp({3}), ramp({1}), 1); },
                           "Invalid coordinates rank");
  expect_error<ValueError>(
      [] {
        map_coordinates(ramp({3, 4}), ramp({2, 4}), 3);
      },
      "Received: order=3");
  expect_error<ValueError>(
      [&] {
        gaussian_blur(x, {.kernel_size = {0, 3}});
      },
      "kernel_size=(0, 3)");
  expect_error<ValueError>([&] { elastic_transform(x, {.sigma = 0}); }, "`sigma` must be positive");
  expect_error<ShapeError>([] { sobel_edges(ramp({3, 4, 1})); }, "expected rank 4");
}

}  // namespace
}  // namespace keras::ops::image
