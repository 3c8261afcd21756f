#include "keras/ops/nn/softmax.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/ops/nn.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using testing::expect_values;
using testing::ramp;

TEST(Softmax, GivesKerasValues) {
  expect_values(ops::softmax(ramp({2, 3, 2}), {.axis = 1}), {2, 3, 2},
                {0.1316016f, 0.2938148f, 0.2786007f, 0.6220059f, 0.5897977f, 0.08417934f,
                 0.7033139f, 0.2938148f, 0.09518319f, 0.6220059f, 0.2015028f, 0.08417934f});
  expect_values(ops::log_softmax(ramp({2, 4})), {2, 4},
                {-3.047095f, -1.297095f, -2.297095f, -0.5470952f, -1.450133f, -2.450133f,
                 -0.7001327f, -1.700133f});
}

TEST(Softmax, TakesSeveralAxesTogether) {
  const Tensor y = ops::softmax(ramp({2, 3, 2}), {.axis = {0, 2}});
  expect_values(ops::sum(y, {.axis = {0, 2}}), {3}, {1, 1, 1});
  const Tensor turned = ops::reshape(ops::transpose(ramp({2, 3, 2}), {.axes = {1, 0, 2}}), {3, 4});
  expect_values(ops::transpose(y, {.axes = {1, 0, 2}}), {3, 2, 2},
                ops::softmax(turned).to_vector<float>());
}

TEST(Softmax, StandsLargeLogits) {
  const Tensor x = Tensor::of<float>({1000, 0, -1000});
  expect_values(ops::softmax(x), {3}, {1, 0, 0});
  expect_values(ops::log_softmax(x), {3}, {0, -1000, -2000});
}

TEST(Softmax, DecomposesIntoTheSame) {
  for (const engine::Op* op : {&ops::softmax_op, &ops::log_softmax_op}) {
    const Tensor x = ramp({2, 3, 2});
    const ops::SoftmaxAttrs attrs{1};
    expect_values(op->decompose({x}, attrs)[0], {2, 3, 2},
                  engine::make_call(*op, {x}, attrs)[0].to_vector<float>());
  }
}

TEST(Softmax, HasGradientsOfGradients) {
  const auto softmax = [](const Tensors& in) { return ops::softmax(in[0], {.axis = 0}); };
  const auto log_softmax = [](const Tensors& in) { return ops::log_softmax(in[0]); };
  testing::expect_gradients(softmax, {ramp<double>({3, 2})});
  testing::expect_gradients(log_softmax, {ramp<double>({2, 3})});
  testing::expect_second_gradients(softmax, {ramp<double>({3, 2})});
  testing::expect_second_gradients(log_softmax, {ramp<double>({2, 3})});
}

TEST(Softmax, NamesAWrongAxis) {
  expect_error<ValueError>([] { ops::softmax(ramp({2, 3}), {.axis = 2}); }, "softmax");
}

}  // namespace
}  // namespace keras
