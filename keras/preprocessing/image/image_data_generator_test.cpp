#include "keras/preprocessing/image/image_data_generator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <string_view>

#include "keras/engine/error.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras::preprocessing::image {
namespace {

using Floats = std::vector<float>;

Tensor range(const Shape& shape, float step = 1, float start = 0) {
  Floats values(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = start + step * static_cast<float>(i);
  return Tensor::from(values, shape);
}

void expect_near(const Tensor& got, const Floats& expected, float tolerance = 1e-4f) {
  const Floats values = got.to_vector<float>();
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_NEAR(values[i], expected[i], tolerance) << "element " << i;
}

template <typename F>
std::string message_of(F&& function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void expect_message(const std::function<void()>& function, std::string_view words) {
  const std::string message = message_of(function);
  EXPECT_NE(message.find(words), std::string::npos) << message;
}

// All numbers here are those of Keras 3.15 with NumPy, SciPy and Pillow.

TEST(ImageDataGenerator, DrawsTheNumbersOfNumPy) {
  const ImageDataGenerator generator({.rotation_range = 20,
                                      .width_shift_range = 0.2,
                                      .height_shift_range = 3,
                                      .brightness_range = {{0.5, 1.5}},
                                      .shear_range = 10,
                                      .zoom_range = {0.8, 1.3},
                                      .channel_shift_range = 5,
                                      .horizontal_flip = true,
                                      .vertical_flip = true});
  const TransformParameters one = generator.get_random_transform({6, 8, 3}, 1);
  EXPECT_DOUBLE_EQ(one.theta, -3.319119811897039);
  EXPECT_EQ(one.tx, 0);
  EXPECT_DOUBLE_EQ(one.ty, -1.5996340005844965);
  EXPECT_DOUBLE_EQ(one.shear, -3.9533485473632046);
  EXPECT_DOUBLE_EQ(one.zx, 0.8733779454085566);
  EXPECT_DOUBLE_EQ(one.zy, 0.8461692973843989);
  EXPECT_TRUE(one.flip_horizontal);
  EXPECT_TRUE(one.flip_vertical);
  EXPECT_DOUBLE_EQ(*one.channel_shift_intensity, -1.0323252576933006);
  EXPECT_DOUBLE_EQ(*one.brightness, 1.038816734003357);
  const TransformParameters seven = generator.get_random_transform({6, 8, 3}, 7);
  EXPECT_EQ(seven.tx, -1);
  EXPECT_FALSE(seven.flip_horizontal);
  EXPECT_DOUBLE_EQ(*seven.brightness, 0.99988250082556);
  EXPECT_FALSE(generator.get_random_transform({6, 8, 3}) == seven);
}

TEST(ImageDataGenerator, ReadsShiftRangesAsKerasDoes) {
  const TransformParameters pixels =
      ImageDataGenerator({.width_shift_range = {-2, 0.5, 4}, .height_shift_range = 2.5})
          .get_random_transform({6, 8, 3}, 3);
  EXPECT_DOUBLE_EQ(pixels.tx, 0.2539895128728773);
  EXPECT_DOUBLE_EQ(pixels.ty, 0.5);
  const TransformParameters fraction =
      ImageDataGenerator({.width_shift_range = {0.1, 0.3}}).get_random_transform({6, 8, 3}, 3);
  EXPECT_DOUBLE_EQ(fraction.ty, -0.8);
  EXPECT_EQ(fraction.tx, 0);
}

TEST(ImageDataGenerator, FillsWhatLiesOutside) {
  const Tensor y = range({3, 4, 1});
  const std::map<std::pair<std::string, int>, Floats> expected = {
      {{"nearest", 0}, {1, 2, 3, 3, 1, 2, 3, 3, 1, 2, 3, 3}},
      {{"nearest", 1}, {1.25, 2.25, 3, 3, 1.25, 2.25, 3, 3, 1.25, 2.25, 3, 3}},
      {{"constant", 0}, Floats(12, -1)},
      {{"constant", 1}, Floats(12, -1)},
      {{"reflect", 0}, {5, 6, 7, 7, 9, 10, 11, 11, 9, 10, 11, 11}},
      {{"reflect", 1}, {3.25, 4.25, 5, 4.75, 7.25, 8.25, 9, 8.75, 9.25, 10.25, 11, 10.75}},
      {{"wrap", 0}, {5, 6, 4, 5, 9, 10, 8, 9, 5, 6, 4, 5}},
      {{"wrap", 1}, {3.25, 4.25, 2.25, 3.25, 7.25, 8.25, 6.25, 7.25, 3.25, 4.25, 2.25, 3.25}}};
  for (const auto& [how, values] : expected) {
    SCOPED_TRACE(how.first + std::to_string(how.second));
    const ImageDataGenerator generator(
        {.fill_mode = how.first, .cval = -1, .interpolation_order = how.second});
    expect_near(generator.apply_transform(y, {.tx = 1.25, .ty = -5.5}), values);
  }
  expect_near(ImageDataGenerator().apply_transform(y, {.theta = 90}),
              {4.5, 8.5, 10.5, 10.5, 3.5, 7.5, 9.5, 9.5, 2.5, 6.5, 8.5, 8.5});
}

TEST(ImageDataGenerator, FlipsInThePassOfTheTransform) {
  const ImageDataGenerator generator;
  const Tensor x = range({5, 7, 3});
  for (const double theta : {0.0, 33.0}) {
    const Tensor turned = generator.apply_transform(x, {.theta = theta});
    const Tensor both = generator.apply_transform(
        x, {.theta = theta, .flip_horizontal = true, .flip_vertical = true});
    EXPECT_EQ(both.to_vector<float>(),
              ops::flip(ops::flip(turned, {.axis = 0}), {.axis = 1}).to_vector<float>());
    const Tensor one = generator.apply_transform(x, {.theta = theta, .flip_horizontal = true});
    EXPECT_EQ(one.to_vector<float>(), ops::flip(turned, {.axis = 1}).to_vector<float>());
  }
}

TEST(ImageDataGenerator, LaysChannelsFirstWhereAsked) {
  const Tensor x = range({6, 5, 2});
  const TransformParameters p = {.theta = 20, .zx = 1.2, .flip_vertical = true};
  const Tensor last = ImageDataGenerator().apply_transform(x, p);
  const Tensor first = ImageDataGenerator({.data_format = "channels_first"})
                           .apply_transform(ops::transpose(x, {.axes = {2, 0, 1}}), p);
  EXPECT_EQ(ops::transpose(first, {.axes = {1, 2, 0}}).to_vector<float>(), last.to_vector<float>());
}

TEST(ImageDataGenerator, ChangesBrightnessAsPillowDoes) {
  const ImageDataGenerator generator;
  expect_near(generator.apply_transform(range({2, 2, 3}, 20), {.brightness = 0.73}),
              {0, 14, 29, 43, 58, 73, 87, 102, 116, 131, 146, 160});
  expect_near(generator.apply_transform(range({2, 2, 3}, 20, -30), {.brightness = 1.2}),
              {-30.0f, -6.705883f, 17.450981f, 40.745102f, 64.901962f, 89.058826f, 113.215698f,
               137.372559f, 161.529419f, 184.823532f, 190.0f, 190.0f});
  expect_near(generator.apply_transform(range({1, 2, 4}, 30), {.brightness = 1.5}),
              {0, 45, 90, 90, 180, 225, 255, 210});
  expect_message(
      [&] {
        generator.apply_transform(range({1, 2, 2}), {.brightness = 1.5});
      },
      "Unsupported channel number: 2");
}

TEST(ImageDataGenerator, FitsOnTransformedImages) {
  const ImageDataGenerator generator({.featurewise_center = true,
                                      .featurewise_std_normalization = true,
                                      .rotation_range = 30,
                                      .rescale = 0.5});
  EXPECT_FALSE(generator.mean().defined());
  generator.fit(range({5, 2, 2, 1}), {.augment = true, .rounds = 2, .seed = 4});
  expect_near(generator.mean(), {4.75f});
  expect_near(generator.std(), {2.8667572f});
  expect_near(generator.standardize(Tensor::from(Floats{9.5f}, {1, 1, 1})), {0.0f});
}

TEST(ImageDataGenerator, WhitensWithFewAndWithManyImages) {
  const Tensor few = Tensor::from(
      Floats{0.54881352186203f, 0.7151893377304077f, 0.6027633547782898f, 0.5448831915855408f,
             0.42365479469299316f, 0.6458941102027893f, 0.4375872015953064f, 0.891772985458374f,
             0.9636627435684204f, 0.3834415078163147f, 0.7917250394821167f, 0.5288949012756348f},
      {3, 2, 2, 1});
  const ImageDataGenerator generator({.zca_whitening = true, .zca_epsilon = 0.1});
  generator.fit(few);
  expect_near(
      generator.zca_whitening_matrix(),
      {1.570359f, -1.466830f, 0.403729f, -0.008781f, -1.466830f, 4.129996f, 4.379154f, 0.775735f,
       0.403729f, 4.379154f, 9.716857f, 4.320212f, -0.008781f, 0.775735f, 4.320212f, 6.567068f},
      2e-3f);
  // With as many images as values, whitening makes their products the unit matrix.
  Floats values(40 * 4);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>((i * i * 7 + i * 3) % 23) / 23.0f;
  const Tensor many = Tensor::from(values, {40, 2, 2, 1});
  const ImageDataGenerator whitening({.featurewise_center = true, .zca_whitening = true});
  whitening.fit(many);
  const Tensor white = ops::reshape(whitening.standardize(many), {40, 4});
  expect_near(ops::matmul(ops::transpose(white), white) / 40.0f,
              {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}, 1e-3f);
}

TEST(ImageDataGenerator, StandardizesEachSample) {
  expect_near(ImageDataGenerator({.samplewise_std_normalization = true})
                  .standardize(range({2, 2, 1}, 1, 4)),
              {-1.34163964f, -0.44721320f, 0.44721320f, 1.34163964f}, 1e-6f);
}

TEST(ImageDataGenerator, FlowsInTheOrderOfKeras) {
  const Tensor x = range({5, 2, 2, 1});
  const Tensor y = Tensor::of<std::int32_t>({0, 1, 2, 3, 4});
  const ImageDataGenerator generator({.horizontal_flip = true});
  const Iterator batches = generator.flow(x, y, {.batch_size = 2, .seed = 11});
  EXPECT_EQ(batches.size(), 3);
  const std::vector<std::pair<std::vector<int>, Floats>> expected = {
      {{2, 4}, {9, 8, 11, 10, 17, 16, 19, 18}},
      {{0, 3}, {1, 0, 3, 2, 13, 12, 15, 14}},
      {{1}, {4, 5, 6, 7}},
      {{4, 3}, {16, 17, 18, 19, 12, 13, 14, 15}},
      {{1, 0}, {4, 5, 6, 7, 1, 0, 3, 2}},
      {{2}, {9, 8, 11, 10}}};
  for (int i = 0; i < 6; ++i) {
    const Batch batch = batches[i % 3];
    EXPECT_EQ(batch.y.single().to_vector<int>(), expected[static_cast<std::size_t>(i)].first);
    EXPECT_EQ(batch.x.single().to_vector<float>(), expected[static_cast<std::size_t>(i)].second);
    if (i == 2) batches.impl().on_epoch_end();
  }
  const Iterator endless = generator.flow(x, y, {.batch_size = 2, .seed = 11});
  for (const std::vector<int>& labels :
       {std::vector{2, 4}, std::vector{0, 3}, std::vector{1}, std::vector{1, 2}})
    EXPECT_EQ(endless.next().y.single().to_vector<int>(), labels);
  expect_message([&] { batches[3]; }, "Asked to retrieve element 3, but the Sequence has length 3");
}

TEST(ImageDataGenerator, GivesTheSameWhateverTheNumberOfThreads) {
  const Tensor x = range({16, 96, 96, 3}, 0.001f);
  const ImageDataGenerator generator(
      {.rotation_range = 40, .zoom_range = 0.3, .channel_shift_range = 3, .rescale = 0.1});
  const int threads = engine::num_threads();
  std::vector<Floats> results;
  for (const int count : {1, 3}) {
    engine::set_num_threads(count);
    results.push_back(
        generator.flow(x, {.batch_size = 16, .seed = 5}).next().x.single().to_vector<float>());
  }
  engine::set_num_threads(threads);
  EXPECT_EQ(results[0], results[1]);
}

TEST(ImageDataGenerator, FlowsSubsetsFurtherInputsAndWeights) {
  const Tensor x = range({4, 1, 1, 1});
  const Tensor y = Tensor::of<float>({0, 1, 1, 0});
  const ImageDataGenerator generator({.validation_split = 0.5});
  const Batch batch = generator
                          .flow(Tensors{x, Tensor::of<std::int32_t>({5, 6, 7, 8})}, y,
                                {.shuffle = false,
                                 .sample_weight = Tensor::of<float>({1, 2, 3, 4}),
                                 .subset = "training"})
                          .next();
  EXPECT_EQ(batch.x[0].to_vector<float>(), (Floats{2, 3}));
  EXPECT_EQ(batch.x[1].to_vector<int>(), (std::vector<int>{7, 8}));
  EXPECT_EQ(batch.y.single().to_vector<float>(), (Floats{1, 0}));
  EXPECT_EQ(batch.sample_weight.single().to_vector<float>(), (Floats{3, 4}));
  EXPECT_EQ(generator.flow(x, y, {.shuffle = false, .subset = "validation"})
                .next()
                .x.single()
                .to_vector<float>(),
            (Floats{0, 1}));
  expect_message(
      [&] {
        generator.flow(x, Tensor::of<float>({0, 0, 1, 1}), {.subset = "training"});
      },
      "have different number of classes after the split");
  expect_message([&] { generator.flow(x, {.subset = "test"}); }, "Invalid subset name: test");
  expect_message([&] { generator.flow(x, Tensor::of<float>({0})); }, "should have the same length");
  expect_message([&] { generator.flow(Tensor::of<float>({0})); }, "should have rank 4");
}

TEST(ImageDataGenerator, AppliesTheUsersFunctionBeforeRescaling) {
  const Tensor x = range({2, 1, 2, 1});
  const ImageDataGenerator generator(
      {.rescale = 10, .preprocessing_function = [](const Tensor& image) { return image + 1; }});
  EXPECT_EQ(generator.flow(x, {.shuffle = false}).next().x.single().to_vector<float>(),
            (Floats{10, 20, 30, 40}));
  expect_message(
      [&] {
        ImageDataGenerator({.preprocessing_function = [](const Tensor&) { return Tensor(1.0f); }})
            .flow(x)
            .next();
      },
      "must keep an image's shape");
}

TEST(ImageDataGenerator, RefusesWrongArguments) {
  expect_message([&] { ImageDataGenerator({.fill_mode = "mirror"}); }, "Received: mirror");
  expect_message(
      [&] {
        ImageDataGenerator({.brightness_range = {{NAN, 1}}});
      },
      "`brightness_range` must be finite.");
  expect_message([&] { ImageDataGenerator({.data_format = "channels"}); },
                 "`data_format` should be");
  expect_message([&] { ImageDataGenerator({.validation_split = 1.5}); },
                 "`validation_split` must be strictly between 0 and 1.  Received: 1.5");
  expect_message([&] { ImageDataGenerator({.interpolation_order = 3}); }, "interpolation_order=3");
  expect_message([&] { ImageDataGenerator({.width_shift_range = -2}); }, "width_shift_range=-2");
  const ImageDataGenerator generator;
  expect_message([&] { generator.fit(range({2, 2, 1})); }, "should have rank 4");
  expect_message([&] { generator.apply_transform(range({2, 2}), {}); }, "of rank 3");
  expect_message([&] { generator.get_random_transform({2, 2, 1}, -1); }, "between 0 and 2**32 - 1");
  expect_message(
      [&] {
        generator.apply_transform(range({2, 2, 1}), {.tx = INFINITY});
      },
      "must be finite");
  expect_message([&] { generator.flow(range({1, 1, 1, 1}), {.batch_size = 0}); }, "batch_size=0");
}

}  // namespace
}  // namespace keras::preprocessing::image
