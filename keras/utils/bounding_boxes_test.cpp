#include "keras/utils/bounding_boxes.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "tests/support/tensors.h"

namespace keras::utils::bounding_boxes {
namespace {

using testing::expect_error;
using testing::expect_values;

Tensor boxes() {
  return Tensor::from(std::vector<float>{1, 1, 4, 5, 6, 0, 9, 3, 0, 2, 7, 6, 2, 2, 3, 3},
                      {2, 2, 4});
}

// Values are those of Keras.

TEST(BoundingBoxes, AreConvertedBothWays) {
  const Tensor xyxy = Tensor::from(std::vector<float>{1, 2, 5, 8}, {1, 4});
  const std::pair<const char*, std::vector<float>> expected[] = {
      {"xyxy", {1, 2, 5, 8}},
      {"yxyx", {2, 1, 8, 5}},
      {"xywh", {1, 2, 4, 6}},
      {"center_xywh", {3, 5, 4, 6}},
      {"center_yxhw", {5, 3, 6, 4}},
      {"rel_xyxy", {0.1f, 0.125f, 0.5f, 0.5f}},
      {"rel_yxyx", {0.125f, 0.1f, 0.5f, 0.5f}},
      {"rel_xywh", {0.1f, 0.125f, 0.4f, 0.375f}},
      {"rel_center_xywh", {0.3f, 0.3125f, 0.4f, 0.375f}}};
  for (const auto& [format, values] : expected) {
    SCOPED_TRACE(format);
    const Tensor other = convert_format(xyxy, "xyxy", format, {.height = 16, .width = 10});
    expect_values(other, {1, 4}, values, 1e-6f);
    for (const auto& [back, others] : expected)
      expect_values(convert_format(other, format, back, {.height = 16, .width = 10}), {1, 4},
                    others, 1e-6f);
  }
  const Tensor whole = Tensor::from(std::vector<std::int32_t>{1, 2, 5, 8}, {4});
  EXPECT_EQ(convert_format(whole, "XYXY", "xywh").dtype(), DType::kFloat32);
}

TEST(BoundingBoxes, RefuseBadFormats) {
  expect_error<ValueError>([] { convert_format(boxes(), "xyxy", "corners"); },
                           "Invalid source or target format. Received: corners");
  expect_error<ValueError>([] { convert_format(boxes(), "xyxy", "rel_xyxy", {.height = 3}); },
                           "must receive `height` and `width`");
  expect_error<ValueError>(
      [] {
        convert_format(Tensor::of<float>({1, 2}), "xyxy", "xywh");
      },
      "last dimension of 4. Received: boxes.shape=(2,)");
  expect_error<ValueError>([] { crop(boxes(), 0, 0, 1, 1, "xywh"); },
                           "crop: boxes must have the format \"xyxy\"");
  expect_error<ValueError>([] { clip_to_image_size({boxes()}); },
                           "`height` and `width` must be set");
}

TEST(BoundingBoxes, AreCutAtThePicturesEdges) {
  const BoundingBoxes given{Tensor::from(std::vector<float>{-1, 2, 5, 9, 11, 2, 12, 4}, {1, 2, 4}),
                            Tensor::from(std::vector<std::int32_t>{5, 6}, {1, 2})};
  const BoundingBoxes out = clip_to_image_size(given, {.height = 8, .width = 10});
  expect_values(out.boxes, {1, 2, 4}, {0, 2, 5, 8, 10, 2, 10, 4});
  expect_values(out.labels, {1, 2}, {5, -1});
  EXPECT_EQ(out.labels.dtype(), DType::kInt32);
  const BoundingBoxes shares{Tensor::from(std::vector<float>{-1, 0.5f, 0.25f, 2}, {1, 4})};
  expect_values(clip_to_image_size(shares, {.bounding_box_format = "rel_xyxy"}).boxes, {1, 4},
                {0, 0.5f, 0.25f, 1});
}

TEST(BoundingBoxes, FollowThePicture) {
  expect_values(crop(boxes(), 1, 2, 3, 4), {2, 2, 4},
                {0, 0, 2, 3, 4, 0, 4, 2, 0, 1, 4, 3, 0, 1, 1, 2});
  expect_values(pad(boxes(), 1, 2), {2, 2, 4}, {3, 2, 6, 6, 8, 1, 11, 4, 2, 3, 9, 7, 4, 3, 5, 4});
  const AffineChange change{.angle = Tensor::of<float>({30, -45}),
                            .translate_x = Tensor::of<float>({0.1f, -0.2f}),
                            .translate_y = Tensor::of<float>({0.2f, 0.1f}),
                            .scale = Tensor::of<float>({1.2f, 0.8f}),
                            .shear_x = Tensor::of<float>({5, 10}),
                            .shear_y = Tensor::of<float>({-7, 3})};
  expect_values(affine_transform(boxes(), change, 6, 8), {2, 2, 4},
                {1.1725649f, 1.1440980f, 7.2191291f, 7.1891418f, 6.0025263f, -3.4594693f,
                 11.3646145f, 1.6200144f, -0.6421597f, -0.4171262f, 4.4674959f, 5.8943529f,
                 1.6927669f, 0.7735375f, 2.6246464f, 1.9049083f},
                1e-5f);
}

}  // namespace
}  // namespace keras::utils::bounding_boxes
