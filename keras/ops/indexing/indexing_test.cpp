#include <gtest/gtest.h>

#include <vector>

#include "keras/engine/error.h"
#include "keras/ops/core.h"
#include "keras/ops/math.h"
#include "keras/ops/numpy.h"
#include "tests/support/expect_tensor.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using testing::distinct;
using testing::expect_error;
using testing::expect_gradients;
using testing::expect_tensor;
using testing::kInf;
using testing::kNan;
using testing::ramp;

// Expected values: Keras 3.15 on JAX.

TEST(Indexing, Gathers) {
  const Tensor x = ramp({3, 4});
  const Tensor v = ramp({6});
  const Tensor w = ramp({2, 3, 4});
  const Tensor i = Tensor::of<std::int32_t>({3, 0, 2});
  const Tensor k =
      Tensor::from(std::vector<std::int32_t>{0, 2, 1, 1, 3, 3, 0, 1, 2, 0, 0, 2}, {3, 4});
  expect_tensor(take(x, i, {.axis = 1}), DType::kFloat32, {3, 3},
                {1.25f, -1.25f, -0.5f, 0, 0.25f, 1, -1.25f, -1, -0.25f});
  expect_tensor(take(x, 5), DType::kFloat32, {}, {-0.75f});
  expect_tensor(take_along_axis(x, k, {.axis = 1}), DType::kFloat32, {3, 4},
                {-1.25f, -0.5f, 0.5f, 0.5f, 0, 0, 0.25f, -0.75f, -0.25f, -1, -1, -0.25f});
  expect_tensor(take_along_axis(x, k - 4, {.axis = 1}), DType::kFloat32, {3, 4},
                {-1.25f, -0.5f, 0.5f, 0.5f, 0, 0, 0.25f, -0.75f, -0.25f, -1, -1, -0.25f});
  expect_tensor(take_along_axis(x, slice(k, {0, 0}, {1, 4}) - 1, {.axis = 0}), DType::kFloat32,
                {1, 4}, {-1, -0.75f, -0.5f, 1.25f});
  expect_tensor(take_along_axis(x, i), DType::kFloat32, {3}, {1.25f, -1.25f, -0.5f});
  expect_tensor(take_along_axis(x, k + 2, {.axis = 1}), DType::kFloat32, {3, 4},
                {-0.5f, kNan, 1.25f, 1.25f, kNan, kNan, 1, 0, kNan, -0.25f, -0.25f, kNan});
  expect_tensor(get_item(x, {1}), DType::kFloat32, {4}, {0.25f, -0.75f, 1, 0});
  expect_tensor(get_item(w, {Slice{}, Slice{0, 2}, -1}), DType::kFloat32, {2, 2},
                {1.25f, 0, 0.25f, -1});
  expect_tensor(get_item(w, {ellipsis, Slice{.step = -1}}), DType::kFloat32, {2, 3, 4},
                {1.25f, -0.5f, 0.5f, -1.25f, 0, 1, -0.75f, 0.25f, -1.25f, -0.25f, 0.75f, -1, 0.25f,
                 1.25f, -0.5f, 0.5f, -1,     0, 1, -0.75f, 0.5f,  -1.25f, -0.25f, 0.75f});
  expect_tensor(get_item(w, {0, newaxis, Slice{5, 0, -2}, Slice{-3, -1}}), DType::kFloat32,
                {1, 1, 2}, {0.75f, -0.25f});
  expect_tensor(get_item(v, {Slice{4, 1}}), DType::kFloat32, {0}, {});
  expect_tensor(get_item(w, {1, Tensor::of<std::int32_t>({2, 0}), Slice{.stop = 1}}),
                DType::kFloat32, {2, 1}, {0.75f, 0.5f});
  expect_tensor(unravel_index(i, {2, 2})[0], DType::kInt32, {3}, {1, 0, 1});
  expect_tensor(unravel_index(i, {2, 2})[1], DType::kInt32, {3}, {1, 0, 0});
  expect_tensor(slice(w, {0, 1, 1}, {2, 1, 2}), DType::kFloat32, {2, 1, 2}, {-0.75f, 1, 1, 0});
  expect_tensor(slice(w, {1, 2, 3}, {1, -1, 2}), DType::kFloat32, {1, 1, 2}, {-1.25f, 0.5f});
  expect_tensor(slice(x, Tensor::of<std::int32_t>({1, 3}), {2, 2}), DType::kFloat32, {2, 2},
                {1, 0, -0.25f, -1.25f});
  expect_tensor(slice_update(x, {1, 0}, ones({2, 2})), DType::kFloat32, {3, 4},
                {-1.25f, 0.5f, -0.5f, 1.25f, 1, 1, 1, 0, 1, 1, -0.25f, -1.25f});
  expect_tensor(slice_update(x, Tensor::of<std::int32_t>({2, 3}), zeros({2, 2})), DType::kFloat32,
                {3, 4}, {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, 0, 0, -1, 0.75f, 0, 0});
}

TEST(Indexing, Scatters) {
  const Tensor x = ramp({3, 4});
  const Tensor v = ramp({6});
  const Tensor i = Tensor::of<std::int32_t>({3, 0, 2});
  const Tensor k =
      Tensor::from(std::vector<std::int32_t>{0, 2, 1, 1, 3, 3, 0, 1, 2, 0, 0, 2}, {3, 4});
  const Tensor y = flipud(ramp({3, 4}));
  expect_tensor(scatter(expand_dims(i, {.axis = -1}), slice(v, {0}, {3}), {5}), DType::kFloat32,
                {5}, {0.5f, 0, -0.5f, -1.25f, 0});
  expect_tensor(scatter(slice(k, {0, 0}, {3, 2}), x, {4, 4, 4}), DType::kFloat32, {4, 4, 4},
                {0,      0,      0, 0, 0, 0, 0, 0, -1.25f, 0.5f,  -0.5f,  1.25f, 0, 0, 0, 0,  0,
                 0,      0,      0, 0, 0, 0, 0, 0, 0,      0,     0,      0,     0, 0, 0, -1, 0.75f,
                 -0.25f, -1.25f, 0, 0, 0, 0, 0, 0, 0,      0,     0,      0,     0, 0, 0, 0,  0,
                 0,      0,      0, 0, 0, 0, 0, 0, 0,      0.25f, -0.75f, 1,     0});
  expect_tensor(scatter_update(x, slice(k, {0, 0}, {1, 2}), Tensor::of<float>({9})),
                DType::kFloat32, {3, 4},
                {-1.25f, 0.5f, 9, 1.25f, 0.25f, -0.75f, 1, 0, -1, 0.75f, -0.25f, -1.25f});
  expect_tensor(scatter_update(zeros({3}), Tensor::from(std::vector<std::int32_t>{0, 0, 1}, {3, 1}),
                               ones({3}), {.reduction = "add"}),
                DType::kFloat32, {3}, {2, 1, 0});
  expect_tensor(scatter_update(v, Tensor::from(std::vector<std::int32_t>{0, 0, 5}, {3, 1}),
                               Tensor::of<float>({-3, 0, 1}), {.reduction = "max"}),
                DType::kFloat32, {6}, {0, 0.5f, -0.5f, 1.25f, 0.25f, 1});
  expect_tensor(scatter_update(v, Tensor::from(std::vector<std::int32_t>{0, 0, 5}, {3, 1}),
                               Tensor::of<float>({-3, 0, 1}), {.reduction = "min"}),
                DType::kFloat32, {6}, {-3, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f});
  expect_tensor(scatter_update(v, Tensor::from(std::vector<std::int32_t>{0, 0, 5}, {3, 1}),
                               Tensor::of<float>({-3, 2, 4}), {.reduction = "mul"}),
                DType::kFloat32, {6}, {7.5f, 0.5f, -0.5f, 1.25f, 0.25f, -3});
  expect_tensor(
      segment_sum(x, i, 4), DType::kFloat32, {4, 4},
      {0.25f, -0.75f, 1, 0, 0, 0, 0, 0, -1, 0.75f, -0.25f, -1.25f, -1.25f, 0.5f, -0.5f, 1.25f});
  expect_tensor(segment_max(x, Tensor::of<std::int32_t>({1, 1, -1}), 3), DType::kFloat32, {3, 4},
                {-kInf, -kInf, -kInf, -kInf, 0.25f, 0.5f, 1, 1.25f, -kInf, -kInf, -kInf, -kInf});
  expect_tensor(segment_min(k, i, 4), DType::kInt32, {4, 4},
                {3, 3, 0, 1, 2.1474836e+09f, 2.1474836e+09f, 2.1474836e+09f, 2.1474836e+09f, 2, 0,
                 0, 2, 0, 2, 1, 1});
  expect_tensor(segment_prod(x, Tensor::of<std::int32_t>({1, 1, 7}), 2), DType::kFloat32, {2, 4},
                {1, 1, 1, 1, -0.3125f, -0.375f, -0.5f, 0});
  expect_tensor(cdist(x, slice(y, {0, 0}, {2, 4})), DType::kFloat32, {3, 2},
                {2.5372229f, 2.7613401f, 2.6339135f, 0, 0, 2.6339135f});
  expect_tensor(extract_sequences(v, 4, 2), DType::kFloat32, {2, 4},
                {-1.25f, 0.5f, -0.5f, 1.25f, -0.5f, 1.25f, 0.25f, -0.75f});
}

TEST(Indexing, Gradients) {
  const Tensor x = distinct({3, 4});
  const Tensor places = Tensor::from(std::vector<std::int32_t>{0, 2, 0, -1}, {2, 2});
  const Tensor rows = Tensor::from(std::vector<std::int32_t>{2, 0, 2}, {3, 1});
  expect_gradients([&](const Tensors& in) { return take(in[0], places, {.axis = 1}); }, {x});
  expect_gradients(
      [](const Tensors& in) {
        return get_item(in[0], {Slice{.step = -2}, Slice{1, 3}});
      },
      {x});
  expect_gradients(
      [](const Tensors& in) {
        return slice_update(in[0], {1, 1}, in[1]);
      },
      {x, distinct({2, 2})});
  for (const char* reduction : {"", "add", "max", "min", "mul"})
    expect_gradients(
        [&](const Tensors& in) {
          return scatter_update(in[0], rows, in[1], {.reduction = reduction});
        },
        {x, distinct({3, 4}) * 0.9 + 0.03});
}

TEST(Indexing, RefusesBadArguments) {
  const Tensor x = ramp({2, 3});
  expect_error<ValueError>([&] { get_item(x, {2}); }, "out-of-bounds index 2");
  expect_error<ValueError>([&] { get_item(x, {0, 0, 0}); }, "too many indices");
  expect_error<ValueError>([&] { get_item(x, {ellipsis, ellipsis}); }, "one ellipsis");
  expect_error<ValueError>([&] { get_item(x, {Slice{.step = 0}}); }, "must not be 0");
  expect_error<DtypeError>([&] { take_along_axis(x, x, {.axis = 0}); }, "must be integers");
  expect_error<ValueError>(
      [&] {
        scatter_update(x, ones({1, 1}, DType::kInt32), x, {.reduction = "mean"});
      },
      "Invalid reduction: mean");
  expect_error<ShapeError>([&] { slice(x, {0, 0}, {3, 1}); }, "does not fit");
}

}  // namespace
}  // namespace keras::ops
