#include "keras/ops/ctc.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "keras/engine/error.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;

using Labels = std::vector<int>;

Tensor logits() {
  return Tensor::from(
      std::vector<float>{
          1.7641f,   0.40016f,  0.97874f,  2.2409f,   1.8676f,   -0.97728f, 0.95009f,   -0.15136f,
          -0.10322f, 0.4106f,   0.14404f,  1.4543f,   0.76104f,  0.12168f,  0.44386f,   0.33367f,
          1.4941f,   -0.20516f, 0.31307f,  -0.8541f,  -2.553f,   0.65362f,  0.86444f,   -0.74217f,
          2.2698f,   -1.4544f,  0.045759f, -0.18718f, 1.5328f,   1.4694f,   0.15495f,   0.37816f,
          -0.88779f, -1.9808f,  -0.34791f, 0.15635f,  1.2303f,   1.2024f,   -0.38733f,  -0.3023f,
          -1.0486f,  -1.42f,    -1.7063f,  1.9508f,   -0.50965f, -0.43807f, -1.2528f,   0.77749f,
          -1.6139f,  -0.21274f, -0.89547f, 0.3869f,   -0.51081f, -1.1806f,  -0.028182f, 0.42833f},
      {2, 7, 4});
}
Tensor labels(const Labels& values) { return Tensor::from(values, {2, 4}); }
Tensor label_counts() { return Tensor::of<std::int32_t>({3, 2}); }
Tensor step_counts() { return Tensor::of<std::int32_t>({7, 5}); }

// Values are those of Keras with JAX.

TEST(CtcLoss, IsKerass) {
  expect_values(ctc_loss(labels({1, 2, 2, 0, 3, 1, 0, 0}), logits(), label_counts(), step_counts()),
                {2}, {5.119003f, 4.292348f});
  expect_values(ctc_loss(labels({1, 2, 2, 0, 0, 1, 0, 0}), logits(), label_counts(), step_counts(),
                         {.mask_index = 3}),
                {2}, {8.484663f, 2.453661f});
}

TEST(CtcLoss, HasGradients) {
  const Tensor few = cast(slice_axis(logits(), 1, 0, 4), DType::kFloat64);
  expect_gradients(
      [](const Tensors& in) {
        return ctc_loss(labels({1, 2, 0, 0, 3, 1, 0, 0}), in[0], Tensor::of<std::int32_t>({2, 1}),
                        Tensor::of<std::int32_t>({4, 3}));
      },
      {few});
}

TEST(CtcDecode, GreedyIsKerass) {
  const CtcDecoded found = ctc_decode(logits(), step_counts());
  EXPECT_EQ(found.labels.shape(), (Shape{1, 2, 7}));
  EXPECT_EQ(found.labels.dtype(), DType::kInt32);
  EXPECT_EQ(found.labels.to_vector<int>(),
            (Labels{3, 3, 2, -1, -1, -1, -1, 3, 3, -1, -1, -1, -1, -1}));
  expect_values(found.scores, {2, 1}, {-10.95218f, -5.64774f});
  const CtcDecoded all =
      ctc_decode(logits(), step_counts(), {.merge_repeated = false, .mask_index = 3});
  EXPECT_EQ(all.labels.to_vector<int>(), (Labels{0, 0, 0, 2, 0, -1, -1, 0, 0, -1, -1, -1, -1, -1}));
}

TEST(CtcDecode, BeamSearchIsKerass) {
  const CtcDecoded found = ctc_decode(logits(), step_counts(),
                                      {.strategy = "beam_search", .beam_width = 8, .top_paths = 3});
  EXPECT_EQ(found.labels.shape(), (Shape{3, 2, 7}));
  EXPECT_EQ(found.labels.to_vector<int>(),
            (Labels{3, 3, 2,  -1, -1, -1, -1, 1, 3, -1, -1, -1, -1, -1, 3, 2, -1, -1, -1, -1, -1,
                    3, 3, -1, -1, -1, -1, -1, 3, 2, 1,  -1, -1, -1, -1, 3, 1, 3,  -1, -1, -1, -1}));
  expect_values(found.scores, {2, 3},
                {-3.091254f, -3.17291f, -3.483702f, -2.532476f, -2.556587f, -2.584487f});
  const CtcDecoded one = ctc_decode(logits(), step_counts(),
                                    {.strategy = "beam_search", .beam_width = 4, .mask_index = 3});
  EXPECT_EQ(one.labels.to_vector<int>(),
            (Labels{0, 0, 2, 0, -1, -1, -1, 0, 1, -1, -1, -1, -1, -1}));
  expect_values(one.scores, {2, 1}, {-3.070699f, -2.759182f});
}

TEST(Ctc, RefusesBadArguments) {
  expect_error<ShapeError>(
      [] { ctc_loss(label_counts(), logits(), label_counts(), step_counts()); },
      "Targets `target` are expected");
  expect_error<ShapeError>(
      [] {
        ctc_loss(labels(Labels(8)), ones({2, 2}), label_counts(), step_counts());
      },
      "Logits `output` are expected");
  expect_error<ValueError>([] { ctc_decode(logits(), step_counts(), {.strategy = "best"}); },
                           "Invalid strategy best");
  expect_error<ValueError>([] { ctc_decode(logits(), step_counts(), {.beam_width = 0}); },
                           "beam_width=0");
  expect_error<ShapeError>([] { ctc_decode(ones({2, 2}), step_counts()); }, "ctc_decode takes");
  for (const char* strategy : {"greedy", "beam_search"})
    for (const Shape& shape : {Shape{2, 0, 4}, Shape{2, 3, 0}})
      expect_error<ShapeError>(
          [&] { ctc_decode(zeros(shape), step_counts(), {.strategy = strategy}); },
          "of one step and class at least");
  expect_error<ShapeError>(
      [] {
        ctc_loss(zeros({2, 0}), logits(), label_counts(), step_counts());
      },
      "needs one label and one step at least. Received: target.shape=(2, 0)");
}

TEST(CtcDecode, EndsWhateverNumbersComeIn) {
  std::vector<float> values(std::size_t{2} * 7 * 40, std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < values.size(); i += 3) values[i] = static_cast<float>(i % 11);
  const Tensor given = Tensor::from(values, {2, 7, 40});
  const CtcDecoded found = ctc_decode(
      given, step_counts(), {.strategy = "beam_search", .beam_width = 30, .top_paths = 4});
  for (const int label : found.labels.to_vector<int>()) EXPECT_TRUE(label >= -1 && label < 40);
}

}  // namespace
}  // namespace keras::ops
