#include "keras/ops/image.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::ops::image {
namespace {

using testing::distinct;
using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;
using testing::ramp;

Tensor colors() { return abs(ramp({1, 2, 2, 3})) / 1.25; }

TEST(Image, ResizesAsKeras) {
  const Tensor x = ramp({1, 3, 4, 1});
  expect_values(resize(x, {2, 5}), {1, 2, 5, 1},
                {-0.875f, -0.1312499f, 0.03125f, 0.1937499f, 0.9375f, -0.6875f, 0.05625005f,
                 0.21875f, -0.2375f, -0.9375f});
  expect_values(resize(x, {2, 5}, {.interpolation = "nearest"}), {1, 2, 5, 1},
                {-1.25f, 0.5f, -0.5f, -0.5f, 1.25f, -1, 0.75f, -0.25f, -0.25f, -1.25f});
  expect_values(resize(x, {4, 3}, {.interpolation = "bicubic"}), {1, 4, 3, 1},
                {-1.100375f, -0.006529851f, 1.087315f, -0.2511444f, 0.05751579f, 0.5612768f,
                 -0.1402931f, 0.2445773f, -0.4084899f, -0.8373152f, 0.4373834f, -1.214026f});
  expect_values(resize(x, {4, 4}, {.interpolation = "lanczos3"}), {1, 4, 4, 1},
                {-1.38476f, 0.6226246f, -0.63476f, 1.310677f, -0.1979344f, -0.4407237f, 0.5520654f,
                 0.6932907f, -0.05927628f, -0.3020655f, 0.6907237f, -0.6932907f, -1.122625f,
                 0.88476f, -0.3726245f, -1.310677f});
}

TEST(Image, ResizesWithWiderFilters) {
  const Tensor x = ramp({1, 3, 4, 1});
  expect_values(resize(x, {2, 2}, {.interpolation = "bicubic", .antialias = true}), {1, 2, 2, 1},
                {-0.3315784f, 0.4555387f, -0.08843669f, -0.2425133f});
  expect_values(resize(ramp({3, 4, 1}), {2, 4}, {.interpolation = "lanczos5", .antialias = true}),
                {2, 4, 1},
                {-0.6257694f, -0.05942216f, 0.1242306f, 0.9259578f, -0.4405779f, 0.1257694f,
                 0.3094222f, -0.9259578f});
}

TEST(Image, ResizesToOtherProportions) {
  const Tensor x = ramp({1, 3, 4, 1});
  expect_values(resize(x, {2, 2}, {.crop_to_aspect_ratio = true}), {1, 2, 2, 1},
                {-0.609375f, -0.046875f, -0.421875f, 0.140625f});
  expect_values(
      resize(x, {4, 4}, {.interpolation = "nearest", .pad_to_aspect_ratio = true, .fill_value = 2}),
      {1, 4, 4, 1},
      {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, 1, 0, 0.25f, -0.75f, 1, 0, -1, 0.75f, -0.25f,
       -1.25f});
}

TEST(Image, ResizedBytesAreRoundedAndStayInRange) {
  const Tensor x = cast(Tensor::from(std::vector<float>{10, 250, 3}, {1, 3, 1}), DType::kUint8);
  const Tensor y = resize(x, {1, 5}, {.interpolation = "bicubic"});
  EXPECT_EQ(y.dtype(), DType::kUint8);
  expect_values(cast(y, DType::kFloat32), {1, 5, 1}, {0, 105, 250, 100, 0});
}

TEST(Image, ResizesChannelsFirst) {
  const Tensor x = ramp({2, 3, 4, 2});
  const Tensor expected = resize(x, {5, 3}, {.interpolation = "bicubic"});
  const Tensor y = resize(transpose(x, {.axes = {0, 3, 1, 2}}), {5, 3},
                          {.interpolation = "bicubic", .data_format = "channels_first"});
  expect_values(transpose(y, {.axes = {0, 2, 3, 1}}), expected.shape(),
                expected.to_vector<float>());
}

TEST(Image, ScalesAndTranslates) {
  expect_values(scale_and_translate(ramp({3, 4}), {4, 4}, Tensor::of<float>({2, 0.5f}),
                                    Tensor::of<float>({0.5f, 1}), {0, 1}, "linear"),
                {4, 4},
                {0, -0.3928572f, 0.3928572f, 0, 0, -0.3928572f, 0.3928572f, 0, 0, -0.2321429f,
                 0.3571429f, 0, 0, -0.07142858f, 0.3214286f, 0});
  expect_values(scale_and_translate(ramp({3, 4}), {3, 4}, Tensor::of<float>({0.5f}),
                                    Tensor::of<float>({0.25f}), {1}, "cubic", {.antialias = false}),
                {3, 4}, {-1.25f, -0.5f, 0, 0, 0.25f, 1, 0, 0, -1, -0.25f, 0, 0});
}

TEST(Image, Colors) {
  expect_values(rgb_to_grayscale(colors()), {1, 2, 2, 1}, {0.5793f, 0.4847f, 0.33032f, 0.41074f});
  expect_values(rgb_to_hsv(colors()), {1, 2, 2, 3},
                {0, 0.6f, 1, 0.9166667f, 0.8f, 1, 0.8333333f, 1, 0.8f, 0.75f, 0.8f, 1});
  expect_values(hsv_to_rgb(colors()), {1, 2, 2, 3},
                {0.4f, 0.24f, 0.24f, 0.6f, 0.48f, 0.48f, 0.8f, 0.8f, 0.8f, 0.8f, 0.88f, 1});
  const Tensor bytes = rgb_to_grayscale(cast(colors() * 200, DType::kUint8));
  EXPECT_EQ(bytes.dtype(), DType::kUint8);
  expect_values(cast(bytes, DType::kFloat32), {1, 2, 2, 1}, {115, 96, 66, 82});
  EXPECT_EQ(rgb_to_hsv(ramp({3, 2, 5}), {"channels_first"}).shape(), (Shape{3, 2, 5}));
}

TEST(Image, PadsAndCrops) {
  expect_values(
      pad_images(ramp({1, 2, 2, 1}),
                 {.top_padding = 1, .left_padding = 0, .target_height = 4, .target_width = 3}),
      {1, 4, 3, 1}, {0, 0, 0, -1.25f, 0.5f, 0, -0.5f, 1.25f, 0, 0, 0, 0});
  expect_values(
      crop_images(ramp({1, 3, 4, 1}),
                  {.top_cropping = 1, .left_cropping = 1, .right_cropping = 1, .target_height = 2}),
      {1, 2, 2, 1}, {-0.75f, 1, 0.75f, -0.25f});
}

TEST(Image, ExtractsPatches) {
  expect_values(extract_patches(ramp({1, 3, 4, 2}), 2), {1, 1, 2, 8},
                {-1.25f, 0.5f, -0.5f, 1.25f, -1, 0.75f, -0.25f, -1.25f, 0.25f, -0.75f, 1, 0, 0.5f,
                 -0.5f, 1.25f, 0.25f});
  expect_values(extract_patches(ramp({3, 3, 1}), {2, 2}, {.strides = 2, .padding = "same"}),
                {2, 2, 4},
                {-1.25f, 0.5f, 1.25f, 0.25f, -0.5f, 0, -0.75f, 0, 1, 0, 0, 0, -1, 0, 0, 0});
  expect_values(extract_patches(ramp({1, 3, 3, 1}), 2, {.strides = 1, .dilation_rate = 2}),
                {1, 1, 1, 4}, {-1.25f, -0.5f, 1, -1});
  expect_values(extract_patches_3d(ramp({1, 2, 2, 2, 1}), {1, 2, 2}), {1, 2, 1, 1, 4},
                {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, 1, 0});
}

TEST(Image, ShapesOfSymbolicTensors) {
  const Tensor x = engine::make_symbolic({{kUnknown, 6, 8, 3}, DType::kFloat32},
                                         std::make_shared<OperationHistory>());
  EXPECT_EQ(resize(x, {3, 5}).shape(), (Shape{kUnknown, 3, 5, 3}));
  EXPECT_EQ(rgb_to_grayscale(x).shape(), (Shape{kUnknown, 6, 8, 1}));
  EXPECT_EQ(extract_patches(x, 2).shape(), (Shape{kUnknown, 3, 4, 12}));
  EXPECT_EQ(
      crop_images(x, {.top_cropping = 1, .left_cropping = 2, .target_height = 3, .target_width = 4})
          .shape(),
      (Shape{kUnknown, 3, 4, 3}));
}

TEST(Image, Gradients) {
  const Shape shape{1, 3, 4, 3};
  for (const char* interpolation : {"nearest", "bilinear", "bicubic", "lanczos3"})
    expect_gradients(
        [=](const Tensors& in) {
          return resize(in[0], {2, 5}, {.interpolation = interpolation});
        },
        {distinct(shape)});
  expect_gradients([](const Tensors& in) { return rgb_to_hsv(in[0]); },
                   {abs(distinct({1, 2, 1, 3})) + 0.1});
  expect_gradients([](const Tensors& in) { return hsv_to_rgb(in[0]); },
                   {abs(distinct({1, 2, 1, 3})) / 4 + 0.1});
  expect_gradients([](const Tensors& in) { return extract_patches(in[0], 2, {.padding = "same"}); },
                   {distinct(shape)});
  expect_gradients(
      [](const Tensors& in) {
        return pad_images(
            in[0], {.top_padding = 1, .left_padding = 2, .bottom_padding = 0, .right_padding = 1});
      },
      {distinct(shape)});
}

TEST(Image, RefusesBadArguments) {
  const Tensor x = ramp({1, 3, 4, 2});
  expect_error<ShapeError>([] { resize(ramp({3, 4}), {2, 2}); }, "Invalid images rank");
  expect_error<ValueError>([&] { resize(x, {2}); }, "Expected `size` to be a tuple of 2 integers");
  expect_error<ValueError>(
      [&] {
        resize(x, {0, 2});
      },
      "`size` must have positive height and width");
  expect_error<ValueError>(
      [&] {
        resize(x, {2, 2}, {.interpolation = "area"});
      },
      "interpolation=area");
  expect_error<ValueError>([&] { resize(x, {2, 2}, {.fill_mode = "wrap"}); }, "fill_mode=wrap");
  expect_error<ValueError>(
      [&] {
        resize(x, {2, 2}, {.crop_to_aspect_ratio = true, .pad_to_aspect_ratio = true});
      },
      "Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.");
  expect_error<ValueError>([&] { rgb_to_grayscale(x); }, "Invalid channel size");
  expect_error<ValueError>([&] { rgb_to_hsv(x); },
                           "must have 3 channels, but received images with 2");
  expect_error<ValueError>(
      [] {
        hsv_to_rgb(ones({2, 2, 3}, DType::kInt32));
      },
      "expected float dtype");
  expect_error<ValueError>(
      [&] { pad_images(x, {.top_padding = 1}); },
      "Must specify exactly two of top_padding, bottom_padding, target_height");
  expect_error<ValueError>(
      [&] {
        crop_images(
            x, {.top_cropping = -1, .left_cropping = 0, .target_height = 1, .target_width = 1});
      },
      "top_cropping must be >= 0. Received: top_cropping=-1");
  expect_error<ValueError>(
      [&] {
        crop_images(x,
                    {.top_cropping = 1, .left_cropping = 0, .target_height = 3, .target_width = 1});
      },
      "bottom_cropping must be >= 0");
  expect_error<ShapeError>([&] { extract_patches(x, 5); }, "do not fit into images");
  expect_error<ValueError>(
      [] {
        scale_and_translate(ramp({3, 4}), {3, 4}, 1.0f, 0.0f, {0}, "nearest");
      },
      "method=nearest");
}

}  // namespace
}  // namespace keras::ops::image
