#include "keras/layers/preprocessing/max_num_bounding_boxes.h"

#include <gtest/gtest.h>

#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;

LabelledImages photo() {
  return {ops::zeros({1, 4, 4, 3}),
          {},
          {ops::reshape(ops::arange(0, 12, 1, DType::kFloat32), {1, 3, 4}),
           Tensor::from(std::vector<std::int64_t>{1, 2, 3}, {1, 3})}};
}

// Values are those of Keras.

TEST(MaxNumBoundingBoxes, CutsBoxes) {
  const LabelledImages out = MaxNumBoundingBoxes(2, {.bounding_box_format = "xyxy"})(photo());
  expect_values(out.bounding_boxes.boxes, {1, 2, 4}, {0, 1, 2, 3, 4, 5, 6, 7});
  expect_values(out.bounding_boxes.labels, {1, 2}, {1, 2});
  EXPECT_EQ(out.bounding_boxes.labels.dtype(), DType::kInt64);
  EXPECT_EQ(out.images.shape(), (Shape{1, 4, 4, 3}));
}

TEST(MaxNumBoundingBoxes, PadsBoxes) {
  const MaxNumBoundingBoxes layer(5, {.fill_value = -7, .bounding_box_format = "xyxy"});
  const LabelledImages out = layer(photo());
  expect_values(out.bounding_boxes.boxes, {1, 5, 4},
                {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -7, -7, -7, -7, -7, -7, -7, -7});
  expect_values(out.bounding_boxes.labels, {1, 5}, {1, 2, 3, -7, -7});
}

TEST(MaxNumBoundingBoxes, LetsNoneBeLeft) {
  const LabelledImages out = MaxNumBoundingBoxes(0, {.bounding_box_format = "xyxy"})(photo());
  EXPECT_EQ(out.bounding_boxes.boxes.shape(), (Shape{1, 0, 4}));
  EXPECT_EQ(out.bounding_boxes.labels.shape(), (Shape{1, 0}));
}

TEST(MaxNumBoundingBoxes, LeavesImagesAlone) {
  const Tensor images = photo().images;
  expect_values(MaxNumBoundingBoxes(2)(images), images.shape(), images.to_vector<float>());
  EXPECT_FALSE(MaxNumBoundingBoxes(2)({.images = images}).bounding_boxes.boxes.defined());
}

TEST(MaxNumBoundingBoxes, ConfigIsKeras) {
  testing::expect_config_keys(MaxNumBoundingBoxes(2), {"data_format", "max_number"});
  expect_config_round_trip(
      MaxNumBoundingBoxes(3, {.fill_value = 0, .bounding_box_format = "rel_xyxy"}));
}

TEST(MaxNumBoundingBoxes, RefusesBadArguments) {
  expect_error<ValueError>([] { MaxNumBoundingBoxes(-1); }, "Received: max_number=-1");
  expect_error<ValueError>([] { MaxNumBoundingBoxes(2)(photo()); },
                           "you didn't specify a bounding box format");
  expect_error<ShapeError>(
      [] {
        LabelledImages data = photo();
        data.bounding_boxes.labels = ops::zeros({1, 2});
        MaxNumBoundingBoxes(2, {.bounding_box_format = "xyxy"})(data);
      },
      "labels.shape=(1, 2)");
}

}  // namespace
}  // namespace keras::layers
