#include <algorithm>
#include <numeric>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/linalg.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/linalg/operands.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

std::int64_t product_of(const Shape& shape, const std::vector<int>& axes) {
  std::int64_t product = 1;
  for (const int axis : axes) product *= shape[axis];
  return product;
}

std::vector<int> all_other_axes(int rank, const std::vector<int>& axes) {
  std::vector<int> rest;
  for (int axis = 0; axis < rank; ++axis)
    if (std::find(axes.begin(), axes.end(), axis) == axes.end()) rest.push_back(axis);
  return rest;
}

std::vector<int> concat(std::vector<int> a, const std::vector<int>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

void check_sizes(const Shape& shape1, const Shape& shape2, const std::vector<int>& axes1,
                 const std::vector<int>& axes2) {
  Shape sizes1, sizes2;
  for (const int axis : axes1) sizes1.push_back(shape1[axis]);
  for (const int axis : axes2) sizes2.push_back(shape2[axis]);
  if (sizes1 != sizes2)
    throw ShapeError(str("Shape mismatch on `x1[axes[0]]` and `x2[axes[1]]`, received ", sizes1,
                         " and ", sizes2, "."));
}

/// Sums over pairs of axes, both lists normalized: what is left of x1, then what is left of x2.
Tensor contract(const Tensor& x1, const Tensor& x2, const std::vector<int>& axes1,
                const std::vector<int>& axes2) {
  check_sizes(x1.shape(), x2.shape(), axes1, axes2);
  const auto [a, b] = to_product_dtype(x1, x2);
  const std::vector<int> rest1 = all_other_axes(x1.rank(), axes1);
  const std::vector<int> rest2 = all_other_axes(x2.rank(), axes2);
  const std::int64_t inner = product_of(x1.shape(), axes1);
  const Tensor left =
      reshape(transpose(a, {.axes = concat(rest1, axes1)}), {product_of(x1.shape(), rest1), inner});
  const Tensor right =
      reshape(transpose(b, {.axes = concat(axes2, rest2)}), {inner, product_of(x2.shape(), rest2)});
  Shape out;
  for (const int axis : rest1) out.push_back(x1.shape()[axis]);
  for (const int axis : rest2) out.push_back(x2.shape()[axis]);
  return reshape(emit(matmul_op, {left, right}, MatmulAttrs{}), out);
}

std::vector<int> normalized(const std::vector<int>& axes, int rank) {
  std::vector<int> out;
  for (const int axis : axes) out.push_back(normalize_axis("tensordot", axis, rank));
  return out;
}

Tensor dot_of_values(const Tensor& x1, const Tensor& x2) {
  if (x1.rank() == 0 || x2.rank() == 0) return multiply(x1, x2);
  const int axis2 = std::max(0, x2.rank() - 2);
  if (x1.shape()[-1] != x2.shape()[axis2])
    throw ShapeError(str("Shape must match on the last axis of `x1` and ",
                         x2.rank() == 1 ? "`x2` when `x1` is N-d array while `x2` is 1-D, but "
                                          "receive shape `x1.shape="
                                        : "second last axis of `x2` when `x1` is N-d array while "
                                          "`x2` is M-D, but received `x1.shape=",
                         x1.shape(), "` and x2.shape=`", x2.shape(), "`."));
  return contract(x1, x2, {x1.rank() - 1}, {axis2});
}

Tensor tensordot_of_values(const Tensor& x1, const Tensor& x2, int axes) {
  if (axes < 0 || axes > x1.rank() || axes > x2.rank())
    throw ValueError(str("tensordot: `axes` must be between 0 and the ranks of `x1` and `x2`, ",
                         "received axes=", axes, " for shapes ", x1.shape(), " and ", x2.shape(),
                         "."));
  std::vector<int> axes1(static_cast<std::size_t>(axes)), axes2(axes1);
  std::iota(axes1.begin(), axes1.end(), x1.rank() - axes);
  std::iota(axes2.begin(), axes2.end(), 0);
  return contract(x1, x2, axes1, axes2);
}

Tensor tensordot_of_values(const Tensor& x1, const Tensor& x2, const std::vector<int>& x1_axes,
                           const std::vector<int>& x2_axes) {
  if (x1_axes.size() != x2_axes.size())
    throw ValueError(str("tensordot: both lists of `axes` must be of the same length, received ",
                         x1_axes.size(), " and ", x2_axes.size(), " axes."));
  return contract(x1, x2, normalized(x1_axes, x1.rank()), normalized(x2_axes, x2.rank()));
}

}  // namespace

Tensor dot(const Tensor& x1, const Tensor& x2) {
  return call_or_record("Dot", {x1, x2}, Config::dict(),
                        [](const Tensors& in) { return dot_of_values(in[0], in[1]); });
}

Tensor tensordot(const Tensor& x1, const Tensor& x2, int axes) {
  return call_or_record("Tensordot", {x1, x2}, {{"axes", axes}}, [axes](const Tensors& in) {
    return tensordot_of_values(in[0], in[1], axes);
  });
}

Tensor tensordot(const Tensor& x1, const Tensor& x2, const std::vector<int>& x1_axes,
                 const std::vector<int>& x2_axes) {
  const Config axes = Config::list({Config::list_of(x1_axes), Config::list_of(x2_axes)});
  return call_or_record("Tensordot", {x1, x2}, {{"axes", axes}}, [=](const Tensors& in) {
    return tensordot_of_values(in[0], in[1], x1_axes, x2_axes);
  });
}

}  // namespace keras::ops
