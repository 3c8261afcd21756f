#include "keras/utils/bounding_box_overlap.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras::utils::bounding_boxes {
namespace {

using testing::expect_error;
using testing::expect_values;

Tensor boxes() {
  return Tensor::from(std::vector<float>{1, 1, 4, 5, 6, 0, 9, 3, -1, -1, -1, -1}, {3, 4});
}
Tensor two_boxes() { return ops::slice_axis(boxes(), 0, 0, 2); }
Tensor others() { return Tensor::from(std::vector<float>{0, 2, 7, 6, 2, 2, 3, 3}, {2, 4}); }

// Values are those of Keras.

TEST(BoundingBoxOverlap, IsThatOfAllPairs) {
  expect_values(compute_iou(boxes(), others(), "xyxy"), {3, 2},
                {0.2903226f, 0.0833333f, 0.0277778f, 0, 0, 0}, 1e-6f);
  expect_values(compute_iou(ops::stack({boxes(), boxes() + 1.0}), others(), "center_xywh"),
                {2, 3, 2},
                {0.4090909f, 0.3488372f, 0.078125f, 0.0588235f, 0, 0, 0.5f, 0.3f, 0.0789474f,
                 0.0828729f, 0, 0},
                1e-6f);
  expect_values(compute_iou(boxes() / 10.0, others() / 10.0, "rel_xyxy",
                            {.image_shape = ImageShape{20, 30, 3}}),
                {3, 2}, {0.2903226f, 0.0833333f, 0.0277778f, 0, 0, 0}, 1e-6f);
  expect_values(compute_iou(boxes(), boxes(), "xyxy", {.use_masking = true}), {3, 3},
                {1, 0, -1, 0, 1, -1, -1, -1, -1}, 1e-6f);
  expect_error<ValueError>(
      [] {
        compute_iou(Tensor::of<float>({1, 2, 3, 4}), others(), "xyxy");
      },
      "compute_iou() expects boxes1 to be batched, or to be unbatched");
  expect_error<ValueError>([] { compute_iou(boxes(), others(), "rel_xyxy"); },
                           "must receive `height` and `width`");
}

TEST(BoundingBoxOverlap, CountsCentresAndProportions) {
  expect_values(compute_ciou(two_boxes(), others(), "xyxy"), {2}, {0.2574306f, -0.4482759f}, 1e-6f);
  expect_error<ValueError>([] { compute_ciou(two_boxes(), others(), "rel_xyxy"); },
                           "must have an absolute format");
}

TEST(BoundingBoxDeltas, AreKerass) {
  expect_values(encode_box_to_deltas(two_boxes(), others(), "xyxy", "xywh"), {2, 4},
                {0.5f, 0.3333333f, 0.4054651f, 0.8472978f, 0.6666667f, -1.3333334f, 0, 0}, 1e-6f);
  const BoxDeltaOptions options{.encoding_format = "center_xywh",
                                .variance = std::array<double, 4>{0.1, 0.1, 0.2, 0.2}};
  const Tensor both = ops::stack({others(), others() + 1.0});
  const Tensor deltas = encode_box_to_deltas(two_boxes(), both, "xyxy", "xyxy", options);
  expect_values(deltas, {2, 2, 4},
                {3.3333335f, 2.5f, 4.2364893f, 0, -16.666668f, 3.3333335f, -5.4930615f, -5.4930615f,
                 6.666667f, 5, 4.2364893f, 0, -13.333334f, 6.666667f, -5.4930615f, -5.4930615f},
                1e-6f);
  expect_values(decode_deltas_to_boxes(two_boxes(), deltas, "xyxy", "xyxy", options), {2, 2, 4},
                both.to_vector<float>());
  const Tensor given =
      Tensor::from(std::vector<float>{0.1f, 0.2f, 0.3f, -0.4f, 0, -0.5f, 0.2f, 0.1f}, {2, 4});
  expect_values(decode_deltas_to_boxes(two_boxes(), given, "xyxy", "rel_xyxy",
                                       {.variance = std::array<double, 4>{0.1, 0.1, 0.2, 0.2},
                                        .image_shape = ImageShape{10, 20, 3}}),
                {2, 4},
                {0.0587663f, 0.0916327f, 0.1972337f, 0.5163674f, 0.2909849f, -0.0061216f,
                 0.4440151f, 0.3061216f},
                1e-6f);
  expect_error<ValueError>(
      [] {
        encode_box_to_deltas(two_boxes(), others(), "xyxy", "xyxy", {.encoding_format = "xyxy"});
      },
      "`encoding_format` should be one of 'center_xywh' or 'center_yxhw', got xyxy");
}

}  // namespace
}  // namespace keras::utils::bounding_boxes
