#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/ops/nn.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;
using testing::ramp;

const Tensor& probabilities() {
  static const Tensor p = Tensor::from(std::vector<float>{.1f, .7f, .2f, .5f, .25f, .25f}, {2, 3});
  return p;
}
const Tensor& targets() {
  static const Tensor t = Tensor::from(std::vector<float>{0, 1, 0, .2f, .3f, .5f}, {2, 3});
  return t;
}

TEST(BinaryCrossentropy, GivesKerasValues) {
  expect_values(ops::binary_crossentropy(targets(), probabilities()), {2, 3},
                {0.1053605f, 0.356675f, 0.2231435f, 0.6931472f, 0.6172658f, 0.8369882f});
  expect_values(ops::binary_crossentropy(targets(), ramp({2, 3}), {.from_logits = true}), {2, 3},
                {0.2519291f, 0.474077f, 0.474077f, 1.251929f, 0.7509394f, 0.761871f});
  expect_values(ops::binary_crossentropy(Tensor::of<float>({1, 0}), Tensor::of<float>({0, 1})), {2},
                {16.1181f, 15.94238f});
}

TEST(CategoricalCrossentropy, GivesKerasValues) {
  expect_values(ops::categorical_crossentropy(targets(), probabilities() * 2), {2},
                {0.356675f, 1.247665f});
  expect_values(ops::categorical_crossentropy(targets(), ramp({2, 3}), {.from_logits = true}), {2},
                {0.4328555f, 1.707606f});
}

TEST(SparseCategoricalCrossentropy, GivesKerasValues) {
  const Tensor classes = Tensor::of<std::int32_t>({1, 2});
  expect_values(ops::sparse_categorical_crossentropy(classes, probabilities()), {2},
                {0.356675f, 1.386294f});
  expect_values(ops::sparse_categorical_crossentropy(ops::reshape(classes, {2, 1}), ramp({2, 3}),
                                                     {.from_logits = true}),
                {2}, {0.4328555f, 2.407606f});
  expect_values(ops::sparse_categorical_crossentropy(
                    Tensor::of<std::int32_t>({0}), Tensor::from(std::vector<float>{0, 1}, {1, 2})),
                {1}, {16.1181f});
}

TEST(Crossentropy, HasGradients) {
  const Tensor t = Tensor::from(std::vector<double>{0.1, 0.9, 0.3, 0.6}, {2, 2});
  const Tensor p = Tensor::from(std::vector<double>{0.2, 0.7, 0.4, 0.5}, {2, 2});
  const Tensor classes = Tensor::of<std::int32_t>({1, 0});
  for (const bool from_logits : {false, true}) {
    expect_gradients(
        [&](const Tensors& in) {
          return ops::binary_crossentropy(in[0], in[1], {.from_logits = from_logits});
        },
        {t, p});
    expect_gradients(
        [&](const Tensors& in) {
          return ops::categorical_crossentropy(in[0], in[1], {.from_logits = from_logits});
        },
        {t, p});
    expect_gradients(
        [&](const Tensors& in) {
          return ops::sparse_categorical_crossentropy(classes, in[0], {.from_logits = from_logits});
        },
        {p});
  }
}

TEST(Crossentropy, NamesShapesThatDoNotFit) {
  const char* same =
      "Arguments `target` and `output` must have the same shape. Received: "
      "target.shape=(2,), output.shape=(2, 3)";
  expect_error<ShapeError>([] { ops::binary_crossentropy(ramp({2}), ramp({2, 3})); }, same);
  expect_error<ShapeError>([] { ops::categorical_crossentropy(ramp({2}), ramp({2, 3})); }, same);
  expect_error<ShapeError>(
      [] {
        ops::sparse_categorical_crossentropy(ramp({3}), ramp({2, 3}));
      },
      "must have the same shape up until the last dimension: target.shape=(3,), output.shape=(2, "
      "3)");
}

}  // namespace
}  // namespace keras
