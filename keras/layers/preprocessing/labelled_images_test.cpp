#include "keras/layers/preprocessing/labelled_images.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/runtime/compiled_function.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/preprocessing/center_crop.h"
#include "keras/layers/preprocessing/color_correction.h"
#include "keras/layers/preprocessing/image_mixing.h"
#include "keras/layers/preprocessing/pipeline.h"
#include "keras/layers/preprocessing/random_brightness.h"
#include "keras/layers/preprocessing/random_crop.h"
#include "keras/layers/preprocessing/random_filters.h"
#include "keras/layers/preprocessing/random_flip.h"
#include "keras/layers/preprocessing/random_geometry.h"
#include "keras/layers/preprocessing/random_rotation.h"
#include "keras/layers/preprocessing/random_translation.h"
#include "keras/layers/preprocessing/random_zoom.h"
#include "keras/layers/preprocessing/rescaling.h"
#include "keras/layers/preprocessing/resizing.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/utils/random_seed.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_error;
using testing::expect_values;
using Labels = std::vector<float>;

constexpr std::int64_t kRows = 6, kColumns = 8, kCount = 2 * kRows * kColumns;

Tensor classes() {
  return ops::cast(ops::mod(ops::reshape(ops::arange(kCount), {2, kRows, kColumns, 1}), 5),
                   DType::kUint8);
}

/// Two pictures with two boxes each, the second of which leaves the picture.
LabelledImages scene(const std::string& format = "xyxy") {
  const Tensor boxes =
      Tensor::from(std::vector<float>{1, 1, 4, 5, 6, 0, 9, 3, 0, 2, 7, 6, 2, 2, 3, 3}, {2, 2, 4});
  LabelledImages data;
  data.images = ops::cast(classes(), DType::kFloat32);
  data.bounding_boxes.boxes = utils::bounding_boxes::convert_format(
      boxes, "xyxy", format, {.height = kRows, .width = kColumns});
  data.bounding_boxes.labels = Tensor::from(std::vector<std::int32_t>{1, 2, 3, 4}, {2, 2});
  data.segmentation_masks = classes();
  return data;
}

/// Values are those of Keras.
void expect_boxes(const ImageLayer& layer, const std::string& format,
                  const std::vector<float>& boxes, const Labels& labels = {1, 2, 3, 4}) {
  const LabelledImages out = layer(scene(format));
  expect_values(out.bounding_boxes.boxes, {2, 2, 4}, boxes, 2e-5f);
  expect_values(out.bounding_boxes.labels, {2, 2}, labels);
  EXPECT_EQ(out.bounding_boxes.labels.dtype(), DType::kInt32);
}

TEST(LabelledImages, TurnBoxesAndMasks) {
  const RandomRotation turn({0.1, 0.1}, {.fill_mode = "constant", .bounding_box_format = "xyxy"});
  expect_boxes(turn, "xyxy",
               {0.59578f, 0.992582f, 5.373972f, 5.992005f, 4.05308f, 0, 8, 1.435045f, 0.374548f,
                0.038243f, 8, 6, 1.992582f, 2.389384f, 3.389384f, 3.786186f});
  const Tensor masks = turn(scene()).segmentation_masks;
  EXPECT_EQ(masks.dtype(), DType::kUint8);
  expect_values(masks, {2, kRows, kColumns, 1},
                {0, 0, 4, 0, 3, 4, 3, 0, 0, 2, 3, 2, 1, 2, 0, 1, 1, 0, 1, 4, 0, 4, 3, 4,
                 3, 4, 3, 2, 3, 1, 2, 1, 1, 2, 0, 1, 0, 4, 0, 0, 0, 4, 3, 4, 2, 3, 0, 0,
                 0, 0, 2, 3, 1, 2, 1, 0, 0, 0, 1, 0, 4, 0, 3, 4, 4, 3, 4, 2, 3, 2, 1, 2,
                 1, 2, 1, 0, 1, 4, 0, 4, 4, 0, 3, 4, 3, 2, 3, 0, 0, 2, 1, 2, 0, 1, 0, 0});
}

TEST(LabelledImages, ShiftAndZoomBoxes) {
  expect_boxes(
      RandomTranslation({0.25, 0.25}, {-0.125, -0.125}, {.bounding_box_format = "center_xywh"}),
      "center_xywh", {1.5f, 4.25f, 3, 3.5f, 6.5f, 3, 3, 3, 3, 4.75f, 6, 2.5f, 1.5f, 4, 1, 1});
  expect_boxes(RandomZoom({-0.4, -0.4}, {.width_factor = RandomRange{0.25, 0.25},
                                         .bounding_box_format = "rel_xywh"}),
               "rel_xywh",
               {0.1875f, 0, 0.3f, 1, 0.6875f, 0, 0.3f, 0.555556f, 0.0875f, 0.277778f, 0.7f,
                0.722222f, 0.2875f, 0.277778f, 0.1f, 0.277778f});
}

/// A layer that changes each picture in one of two ways.
void expect_one_of_two(const ImageLayer& layer, const std::string& format,
                       const std::vector<float>& first, const std::vector<float>& second) {
  const auto found = layer(scene(format)).bounding_boxes.boxes.to_vector<float>();
  for (std::size_t begin = 0; begin < found.size(); begin += 8) {
    bool is_first = true;
    for (std::size_t i = begin; i < begin + 8; ++i)
      is_first = is_first && std::abs(found[i] - first[i]) < 1e-4f;
    for (std::size_t i = begin; i < begin + 8; ++i)
      EXPECT_NEAR(found[i], is_first ? first[i] : second[i], 1e-5f) << "element " << i;
  }
}

TEST(LabelledImages, FlipAndShearBoxes) {
  const std::vector<float> stays = {1, 1, 3, 4, 6, 0, 3, 3, 0, 2, 7, 4, 2, 2, 1, 1};
  const std::pair<const char*, std::vector<float>> flips[] = {
      {"horizontal", {4, 1, 3, 4, 0, 0, 2, 3, 1, 2, 7, 4, 5, 2, 1, 1}},
      {"vertical", {1, 1, 3, 4, 6, 3, 3, 3, 0, 0, 7, 4, 2, 3, 1, 1}},
      {"horizontal_and_vertical", {4, 1, 3, 4, 0, 3, 2, 3, 1, 0, 7, 4, 5, 3, 1, 1}}};
  for (const auto& [mode, flipped] : flips)
    for (const int seed : {1, 2, 3})
      expect_one_of_two(RandomFlip({.mode = mode, .seed = seed, .bounding_box_format = "xywh"}),
                        "xywh", flipped, stays);
  for (const int seed : {1, 2, 3})
    expect_one_of_two(
        RandomShear({.x_factor = {0.3, 0.3},
                     .y_factor = {0.2, 0.2},
                     .seed = seed,
                     .bounding_box_format = "xyxy"}),
        "xyxy",
        {0, 0.46f, 3.6f, 5.15f, 4.8f, 0, 8, 2.28f, 0, 1.07f, 6.2f, 6, 0.8f, 1.67f, 2.2f, 2.88f},
        {1.4f, 1.21f, 6, 5.9f, 6, 0.9f, 8, 4.53f, 0.8f, 2.12f, 8, 6, 2.8f, 2.42f, 4.2f, 3.63f});
}

TEST(LabelledImages, CutAndResizeBoxes) {
  expect_boxes(CenterCrop(4, 5, {.bounding_box_format = "xywh"}), "xywh",
               {0, 0, 3, 4, 5, 0, 0, 2, 0, 1, 5, 3, 1, 1, 1, 1}, {1, -1, 3, 4});
  expect_boxes(CenterCrop(8, 4, {.bounding_box_format = "rel_yxyx"}), "rel_yxyx",
               {0.166667f, 0, 0.833333f, 0.666667f, 0, 1, 0.5f, 1, 0.333333f, 0, 1, 1, 0.333333f, 0,
                0.5f, 0.333333f},
               {1, -1, 3, 4});
  expect_boxes(Resizing(3, 12, {.bounding_box_format = "yxyx"}), "yxyx",
               {0.5f, 1.5f, 2.5f, 6, 0, 9, 1.5f, 12, 1, 0, 3, 10.5f, 1, 3, 1.5f, 4.5f});
  expect_boxes(Resizing(9, 9, {.pad_to_aspect_ratio = true, .bounding_box_format = "xyxy"}), "xyxy",
               {1.125f, 2.125f, 4.5f, 6.625f, 6.75f, 1, 9, 4.375f, 0, 3.25f, 7.875f, 7.75f, 2.25f,
                3.25f, 3.375f, 4.375f});
  expect_boxes(
      Resizing(9, 9, {.crop_to_aspect_ratio = true, .bounding_box_format = "center_yxhw"}),
      "center_yxhw",
      {4.5f, 2.75f, 6, 4.5f, 2.25f, 8.5f, 4.5f, 1, 6, 4.5f, 6, 9, 3.75f, 2.75f, 1.5f, 1.5f});
  LabelledImages filled = scene();
  filled.bounding_boxes.boxes = ops::zeros({2, 2, 4}) - 1.0;
  const Resizing resize(9, 9, {.pad_to_aspect_ratio = true, .bounding_box_format = "xyxy"});
  expect_values(resize(filled).bounding_boxes.boxes, {2, 2, 4}, std::vector<float>(16, 0.0f));
}

/// Where the pixels of a layer's images lie, so that boxes around single pixels can be followed.
TEST(LabelledImages, CropsOfBoxesAreThoseOfPixels) {
  std::vector<float> pixels(static_cast<std::size_t>(kCount / 2));
  pixels[2 * kColumns + 3] = 1;  // row 2, column 3
  LabelledImages data{Tensor::from(pixels, {1, kRows, kColumns, 1})};
  data.bounding_boxes.boxes = Tensor::from(std::vector<float>{3, 2, 4, 3}, {1, 1, 4});
  data.bounding_boxes.labels = Tensor::from(std::vector<std::int32_t>{7}, {1, 1});
  bool seen = false, gone = false;
  for (int seed = 0; seed < 12; ++seed) {
    const LabelledImages out =
        RandomCrop(4, 3, {.seed = seed, .bounding_box_format = "xyxy"})(data);
    const auto values = out.images.to_vector<float>();
    const auto box = out.bounding_boxes.boxes.to_vector<float>();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] == 0) continue;
      seen = true;
      EXPECT_EQ(box,
                (std::vector<float>{static_cast<float>(i % 3), static_cast<float>(i / 3),
                                    static_cast<float>(i % 3 + 1), static_cast<float>(i / 3 + 1)}));
    }
    gone = gone || out.bounding_boxes.labels.item<int>() == -1;
  }
  EXPECT_TRUE(seen && gone);
}

TEST(LabelledImages, PerspectiveMovesBoxesWithThePixels) {
  // A bright stretch and the box around it stay together.
  LabelledImages data{ops::zeros({1, 40, 40, 1})};
  const Tensor at = ops::arange(40);
  const Tensor inside =
      ops::cast(ops::logical_and(ops::greater_equal(at, 15), ops::less(at, 25)), DType::kFloat32);
  data.images = ops::reshape(inside, {1, 40, 1, 1}) * ops::reshape(inside, {1, 1, 40, 1});
  data.bounding_boxes.boxes = Tensor::from(std::vector<float>{15, 15, 24, 24}, {1, 1, 4});
  data.bounding_boxes.labels = Tensor::from(std::vector<std::int32_t>{7}, {1, 1});
  for (int seed = 0; seed < 6; ++seed) {
    const RandomPerspective layer(
        {.scale = 0.4, .interpolation = "nearest", .seed = seed, .bounding_box_format = "xyxy"});
    const LabelledImages out = layer(data);
    const auto values = out.images.to_vector<float>();
    float left = 40, top = 40, right = 0, bottom = 0;
    for (int i = 0; i < 1600; ++i) {
      if (values[static_cast<std::size_t>(i)] == 0) continue;
      left = std::min(left, static_cast<float>(i % 40));
      right = std::max(right, static_cast<float>(i % 40));
      top = std::min(top, static_cast<float>(i / 40));
      bottom = std::max(bottom, static_cast<float>(i / 40));
    }
    expect_values(out.bounding_boxes.boxes - Tensor::of<float>({left, top, right, bottom}),
                  {1, 1, 4}, {0, 0, 0, 0}, 1.6f);
  }
}

std::vector<ImageLayer> nearest_layers() {
  return {RandomFlip({.seed = 1}),
          RandomRotation(0.4, {.interpolation = "nearest", .seed = 1}),
          RandomTranslation(0.4, 0.4, {.interpolation = "nearest", .seed = 1}),
          RandomZoom(0.4, {.interpolation = "nearest", .seed = 1}),
          RandomShear({.x_factor = 0.5, .interpolation = "nearest", .seed = 1}),
          RandomPerspective({.interpolation = "nearest", .seed = 1}),
          RandomElasticTransform({.interpolation = "nearest", .seed = 1}),
          RandomCrop(4, 4, {.seed = 1}),
          CenterCrop(4, 5),
          Resizing(9, 4, {.interpolation = "nearest"}),
          MixUp({.alpha = 1, .seed = 1}),
          CutMix({.seed = 1})};
}

TEST(LabelledImages, MasksChangeAsImages) {
  for (const ImageLayer& layer : nearest_layers()) {
    SCOPED_TRACE(layer.name());
    const LabelledImages data{.images = scene().images, .segmentation_masks = classes()};
    const LabelledImages out = layer(data);
    expect_values(out.segmentation_masks, out.images.shape(), out.images.to_vector<float>());
    // So does a single picture.
    const Tensor image = ops::take(data.images, 0, {.axis = 0});
    const LabelledImages single =
        layer({.images = image, .segmentation_masks = ops::cast(image, DType::kInt32)});
    EXPECT_EQ(single.images.rank(), 3);
    expect_values(single.segmentation_masks, single.images.shape(),
                  single.images.to_vector<float>());
  }
}

TEST(LabelledImages, ColorsLeaveTheRestAlone) {
  utils::set_random_seed(3);
  for (const ImageLayer& layer :
       std::vector<ImageLayer>{RandomBrightness(0.5, {.bounding_box_format = "xyxy"}),
                               RandomErasing({.bounding_box_format = "xyxy"}),
                               Equalization({.bounding_box_format = "xyxy"})}) {
    const LabelledImages out = layer(scene());
    EXPECT_NE(out.images.to_vector<float>(), scene().images.to_vector<float>());
    EXPECT_EQ(out.bounding_boxes.boxes.to_vector<float>(),
              scene().bounding_boxes.boxes.to_vector<float>());
    EXPECT_EQ(out.segmentation_masks.to_vector<float>(), classes().to_vector<float>());
  }
}

TEST(MixUp, JoinsBoxes) {
  LabelledImages data = scene();
  data.labels = ops::eye(2);
  const LabelledImages out = MixUp({.alpha = 1, .seed = 4, .bounding_box_format = "xyxy"})(data);
  ASSERT_EQ(out.bounding_boxes.boxes.shape(), (Shape{2, 4, 4}));
  const auto labels = out.bounding_boxes.labels.to_vector<int>();
  const auto boxes = out.bounding_boxes.boxes.to_vector<float>();
  const auto given = data.bounding_boxes.boxes.to_vector<float>();
  for (std::size_t i = 0; i < labels.size(); ++i)
    for (std::size_t k = 0; k < 4; ++k)
      EXPECT_EQ(boxes[i * 4 + k], given[static_cast<std::size_t>(labels[i] - 1) * 4 + k]);
  EXPECT_EQ(std::vector<int>(labels.begin(), labels.begin() + 2), (std::vector<int>{1, 2}));
  EXPECT_EQ(std::vector<int>(labels.begin() + 4, labels.begin() + 6), (std::vector<int>{3, 4}));
}

TEST(RandAugment, MovesBoxesAndMasksWithImages) {
  for (int seed = 0; seed < 4; ++seed) {
    const RandAugment layer(
        {.factor = 0.3, .interpolation = "nearest", .seed = seed, .bounding_box_format = "xyxy"});
    const LabelledImages out = layer(scene());
    EXPECT_EQ(out.bounding_boxes.boxes.shape(), (Shape{2, 2, 4}));
    EXPECT_EQ(out.segmentation_masks.dtype(), DType::kUint8);
    EXPECT_EQ(out.bounding_boxes.labels.dtype(), DType::kInt32);
  }
  const LabelledImages mixed = AugMix({.seed = 1, .bounding_box_format = "xyxy"})(scene());
  EXPECT_EQ(mixed.segmentation_masks.shape(), classes().shape());
  EXPECT_EQ(mixed.bounding_boxes.boxes.to_vector<float>(),
            scene().bounding_boxes.boxes.to_vector<float>());
}

TEST(RandAugment, IsTheSameCompiled) {
  const auto expect_same = [](const Layer& a, const Layer& b) {
    const CompiledFunction compiled(
        [&](const Tensors& in) { return Tensors{a(in[0], {.training = true})}; });
    const Tensor x = scene().images * 50.0;
    for (int i = 0; i < 8; ++i)
      expect_values(compiled({x})[0], x.shape(), b(x, {.training = true}).to_vector<float>(),
                    1e-4f);
  };
  const RandAugmentOptions one_change{.num_ops = 1, .seed = 5};
  expect_same(RandAugment(one_change), RandAugment(one_change));
  const AugMixOptions one_chain{.num_chains = 1, .chain_depth = 2, .all_ops = false, .seed = 6};
  expect_same(AugMix(one_chain), AugMix(one_chain));
}

TEST(LabelledImages, GoThroughPipelines) {
  const Pipeline pipeline({Resizing(12, 16, {.bounding_box_format = "xyxy"}),
                           Pipeline({CenterCrop(8, 10, {.bounding_box_format = "xyxy"})})});
  const LabelledImages out = pipeline(scene());
  EXPECT_EQ(out.segmentation_masks.shape(), (Shape{2, 8, 10, 1}));
  expect_values(out.bounding_boxes.boxes, {2, 2, 4},
                {0, 0, 5, 8, 9, 0, 10, 4, 0, 2, 10, 8, 1, 2, 3, 4});
  expect_error<ValueError>([] { Pipeline({Rescaling(2)})(scene()); }, "changes images alone");
}

TEST(LabelledImages, StayAtInference) {
  const LabelledImages data = scene();
  const LabelledImages out =
      RandomTranslation(0.5, 0.5, {.bounding_box_format = "xyxy"})(data, {.training = false});
  EXPECT_EQ(out.bounding_boxes.boxes.to_vector<float>(),
            data.bounding_boxes.boxes.to_vector<float>());
  EXPECT_EQ(out.images.to_vector<float>(), data.images.to_vector<float>());
}

TEST(LabelledImages, KeepTheFormatInTheConfig) {
  testing::expect_config_round_trip(RandomFlip({.bounding_box_format = "xywh"}));
  testing::expect_config_round_trip(Resizing(3, 4, {.bounding_box_format = "rel_xyxy"}));
  testing::expect_config_round_trip(AutoContrast({.bounding_box_format = "xyxy"}));
  testing::expect_config_round_trip(MixUp({.bounding_box_format = "center_xywh"}));
  EXPECT_EQ(
      Resizing(3, 4, {.bounding_box_format = "yxyx"}).get_config().get("bounding_box_format", ""),
      "yxyx");
  EXPECT_FALSE(Resizing(3, 4).get_config().contains("bounding_box_format"));
}

TEST(LabelledImages, RefuseWhatDoesNotFit) {
  expect_error<ValueError>([] { RandomFlip()(scene()); },
                           "Pass a `bounding_box_format` argument to your RandomFlip layer");
  expect_error<ValueError>([] { CutMix({.bounding_box_format = "xyxy"})(scene()); },
                           "CutMix: bounding boxes cannot be mixed");
  expect_error<ValueError>([] { RandomElasticTransform({.bounding_box_format = "xyxy"})(scene()); },
                           "RandomElasticTransform: bounding boxes cannot be moved");
  expect_error<ShapeError>(
      [] {
        LabelledImages data = scene();
        data.bounding_boxes.labels = ops::zeros({2, 3});
        RandomFlip({.bounding_box_format = "xyxy"})(data);
      },
      "labels.shape=(2, 3)");
  expect_error<ShapeError>(
      [] {
        RandomFlip()({.images = scene().images, .segmentation_masks = ops::zeros({2, 6, 8})});
      },
      "segmentation_masks.shape=(2, 6, 8)");
  expect_error<ShapeError>(
      [] {
        RandomFlip()({.images = ops::zeros({2, 3})});
      },
      "images.shape=(2, 3)");
  expect_error<ValueError>(
      [] {
        RandomFlip()({.images = Input({4, 4, 3})});
      },
      "outside of models only");
}

}  // namespace
}  // namespace keras::layers
