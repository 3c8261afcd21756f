#include <algorithm>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

Tensor kron_of(const Tensor& x1, const Tensor& x2) {
  // Axes of x1 and x2 in turn, each pair merged into one.
  Shape left, right, out;
  const int rank = std::max(x1.rank(), x2.rank());
  for (int axis = 0; axis < rank; ++axis) {
    const int first = axis - (rank - x1.rank()), second = axis - (rank - x2.rank());
    const std::int64_t a = first < 0 ? 1 : x1.shape()[first];
    const std::int64_t b = second < 0 ? 1 : x2.shape()[second];
    for (const auto dim : {a, std::int64_t{1}}) left.push_back(dim);
    for (const auto dim : {std::int64_t{1}, b}) right.push_back(dim);
    out.push_back(a * b);
  }
  return reshape(reshape(x1, left) * reshape(x2, right), out);
}

/// Component i, counted around, of vectors in the last axis.
Tensor component(const Tensor& x, std::int64_t i) { return take(x, Tensor(i % 3), {.axis = -1}); }

Tensor cross_of(const Tensor& x1, const Tensor& x2) {
  for (const Tensor& x : {x1, x2})
    if (x.rank() < 1 || x.shape()[-1] != 3)
      throw ValueError(
          str("cross: vectors of 3 components are needed in the last axis; received "
              "shapes ",
              x1.shape(), " and ", x2.shape(), "."));
  Tensors out;
  for (std::int64_t i = 0; i < 3; ++i)
    out.push_back(component(x1, i + 1) * component(x2, i + 2) -
                  component(x1, i + 2) * component(x2, i + 1));
  return stack(out, {.axis = -1});
}

}  // namespace

Tensor outer(const Tensor& x1, const Tensor& x2) {
  return call_or_record("Outer", {x1, x2}, Config::dict(), [](const Tensors& in) {
    return expand_dims(ravel(in[0]), {.axis = 1}) * ravel(in[1]);
  });
}

Tensor inner(const Tensor& x1, const Tensor& x2) {
  return call_or_record("Inner", {x1, x2}, Config::dict(), [](const Tensors& in) {
    if (in[0].rank() == 0 || in[1].rank() == 0) return in[0] * in[1];
    return tensordot(in[0], in[1], {-1}, {-1});
  });
}

Tensor vdot(const Tensor& x1, const Tensor& x2) {
  return call_or_record("Vdot", {x1, x2}, Config::dict(),
                        [](const Tensors& in) { return dot(ravel(in[0]), ravel(in[1])); });
}

Tensor kron(const Tensor& x1, const Tensor& x2) {
  return call_or_record("Kron", {x1, x2}, Config::dict(),
                        [](const Tensors& in) { return kron_of(in[0], in[1]); });
}

Tensor cross(const Tensor& x1, const Tensor& x2) {
  return call_or_record("Cross", {x1, x2},
                        {{"axisa", -1}, {"axisb", -1}, {"axisc", -1}, {"axis", nullptr}},
                        [](const Tensors& in) { return cross_of(in[0], in[1]); });
}

}  // namespace keras::ops
