#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/ops/axes.h"
#include "keras/ops/core.h"

/// Keras: the NumPy part of keras.ops. Shapes broadcast and dtypes promote as in Keras; numbers
/// written in the program take the dtype of the tensors that they meet. All functions also work on
/// symbolic tensors.
namespace keras::ops {

// Element by element.
Tensor add(const Tensor& x1, const Tensor& x2);
Tensor subtract(const Tensor& x1, const Tensor& x2);
Tensor multiply(const Tensor& x1, const Tensor& x2);
/// Integers divide into floats.
Tensor divide(const Tensor& x1, const Tensor& x2);
Tensor true_divide(const Tensor& x1, const Tensor& x2);
Tensor floor_divide(const Tensor& x1, const Tensor& x2);
/// The remainder has the divisor's sign.
Tensor mod(const Tensor& x1, const Tensor& x2);
Tensor power(const Tensor& x1, const Tensor& x2);
/// NaN where either is NaN.
Tensor maximum(const Tensor& x1, const Tensor& x2);
Tensor minimum(const Tensor& x1, const Tensor& x2);
Tensor arctan2(const Tensor& x1, const Tensor& x2);
Tensor equal(const Tensor& x1, const Tensor& x2);
Tensor not_equal(const Tensor& x1, const Tensor& x2);
Tensor less(const Tensor& x1, const Tensor& x2);
Tensor less_equal(const Tensor& x1, const Tensor& x2);
Tensor greater(const Tensor& x1, const Tensor& x2);
Tensor greater_equal(const Tensor& x1, const Tensor& x2);
Tensor logical_and(const Tensor& x1, const Tensor& x2);
Tensor logical_or(const Tensor& x1, const Tensor& x2);
Tensor logical_xor(const Tensor& x1, const Tensor& x2);
Tensor logical_not(const Tensor& x);
Tensor bitwise_and(const Tensor& x1, const Tensor& x2);
Tensor bitwise_or(const Tensor& x1, const Tensor& x2);
Tensor bitwise_xor(const Tensor& x1, const Tensor& x2);
Tensor bitwise_not(const Tensor& x);
Tensor left_shift(const Tensor& x1, const Tensor& x2);
Tensor right_shift(const Tensor& x1, const Tensor& x2);

Tensor negative(const Tensor& x);
Tensor absolute(const Tensor& x);
Tensor abs(const Tensor& x);
Tensor sign(const Tensor& x);
Tensor square(const Tensor& x);
Tensor exp(const Tensor& x);
Tensor expm1(const Tensor& x);
Tensor log(const Tensor& x);
Tensor log1p(const Tensor& x);
Tensor log2(const Tensor& x);
Tensor log10(const Tensor& x);
Tensor sqrt(const Tensor& x);
Tensor rsqrt(const Tensor& x);
Tensor reciprocal(const Tensor& x);
Tensor sin(const Tensor& x);
Tensor cos(const Tensor& x);
Tensor tan(const Tensor& x);
Tensor arcsin(const Tensor& x);
Tensor arccos(const Tensor& x);
Tensor arctan(const Tensor& x);
Tensor sinh(const Tensor& x);
Tensor cosh(const Tensor& x);
Tensor tanh(const Tensor& x);
Tensor arcsinh(const Tensor& x);
Tensor arccosh(const Tensor& x);
Tensor arctanh(const Tensor& x);
Tensor erf(const Tensor& x);
Tensor floor(const Tensor& x);
Tensor ceil(const Tensor& x);
Tensor trunc(const Tensor& x);
/// To the nearest, ties to even, at so many decimals.
Tensor round(const Tensor& x, int decimals = 0);
Tensor isfinite(const Tensor& x);
Tensor isnan(const Tensor& x);
Tensor isinf(const Tensor& x);
/// x1 where the condition is true, else x2.
Tensor where(const Tensor& condition, const Tensor& x1, const Tensor& x2);
Tensor clip(const Tensor& x, const Tensor& x_min, const Tensor& x_max);

// Along axes.
struct ReduceOptions {
  Axes axis = {};
  bool keepdims = false;
};
Tensor sum(const Tensor& x, ReduceOptions options = {});
Tensor prod(const Tensor& x, ReduceOptions options = {});
Tensor max(const Tensor& x, ReduceOptions options = {});
Tensor min(const Tensor& x, ReduceOptions options = {});
Tensor any(const Tensor& x, ReduceOptions options = {});
Tensor all(const Tensor& x, ReduceOptions options = {});
Tensor mean(const Tensor& x, ReduceOptions options = {});
/// The biased variance.
Tensor var(const Tensor& x, ReduceOptions options = {});
Tensor std(const Tensor& x, ReduceOptions options = {});

struct ArgReduceOptions {
  std::optional<int> axis = {};
  bool keepdims = false;
};
/// The int32 index of the first extremum; without an axis, in the flattened tensor.
Tensor argmax(const Tensor& x, ArgReduceOptions options = {});
Tensor argmin(const Tensor& x, ArgReduceOptions options = {});

struct CumulativeOptions {
  std::optional<int> axis = {};
};
Tensor cumsum(const Tensor& x, CumulativeOptions options = {});
Tensor cumprod(const Tensor& x, CumulativeOptions options = {});

// Shapes.
/// At most one dimension may be -1.
Tensor reshape(const Tensor& x, const Shape& newshape);
struct TransposeOptions {
  Axes axes = {};
};
/// Without axes, reverses them all.
Tensor transpose(const Tensor& x, TransposeOptions options = {});
Tensor broadcast_to(const Tensor& x, const Shape& shape);
struct ConcatenateOptions {
  int axis = 0;
};
Tensor concatenate(const Tensors& xs, ConcatenateOptions options = {});
struct StackOptions {
  int axis = 0;
};
Tensor stack(const Tensors& xs, StackOptions options = {});
struct PadOptions {
  std::string mode = "constant";
  double constant_values = 0;
};
/// One pair (before, after) an axis.
Tensor pad(const Tensor& x, const std::vector<std::pair<std::int64_t, std::int64_t>>& pad_width,
           PadOptions options = {});
/// Elements start, start + step, … before stop along one axis.
Tensor slice_axis(const Tensor& x, int axis, std::int64_t start, std::int64_t stop,
                  std::int64_t step = 1);
struct SplitOptions {
  int axis = 0;
};
Tensors split(const Tensor& x, int sections, SplitOptions options = {});
Tensors split(const Tensor& x, const std::vector<std::int64_t>& indices, SplitOptions options = {});
struct FlipOptions {
  Axes axis = {};
};
Tensor flip(const Tensor& x, FlipOptions options = {});
struct ExpandDimsOptions {
  int axis = 0;
};
Tensor expand_dims(const Tensor& x, ExpandDimsOptions options);
struct SqueezeOptions {
  Axes axis = {};
};
Tensor squeeze(const Tensor& x, SqueezeOptions options = {});
Tensor ravel(const Tensor& x);
Tensor swapaxes(const Tensor& x, int axis1, int axis2);
struct RepeatOptions {
  std::optional<int> axis = {};
};
Tensor repeat(const Tensor& x, std::int64_t repeats, RepeatOptions options = {});
Tensor tile(const Tensor& x, const std::vector<std::int64_t>& repeats);

// Indexing.
struct TakeOptions {
  std::optional<int> axis = {};
};
/// x's elements (or slices along an axis) at integer indices; without an axis x is flattened.
Tensor take(const Tensor& x, const Tensor& indices, TakeOptions options = {});
struct OneHotOptions {
  int axis = -1;
  DType dtype = DType::kFloat32;
};
Tensor one_hot(const Tensor& x, std::int64_t num_classes, OneHotOptions options = {});

// Making.
Tensor arange(std::int64_t stop, DType dtype = DType::kInt32);
Tensor arange(std::int64_t start, std::int64_t stop, std::int64_t step = 1,
              DType dtype = DType::kInt32);
/// 0, 1, 2 … along one axis of a shape.
Tensor iota(const Shape& shape, int axis, DType dtype = DType::kInt32);
Tensor full(const Shape& shape, const Tensor& fill_value, DType dtype = DType::kFloat32);
Tensor zeros(const Shape& shape, DType dtype = DType::kFloat32);
Tensor ones(const Shape& shape, DType dtype = DType::kFloat32);
Tensor zeros_like(const Tensor& x);
Tensor ones_like(const Tensor& x);

}  // namespace keras::ops

namespace keras {

Tensor operator+(const Tensor& x1, const Tensor& x2);
Tensor operator-(const Tensor& x1, const Tensor& x2);
Tensor operator*(const Tensor& x1, const Tensor& x2);
Tensor operator/(const Tensor& x1, const Tensor& x2);
Tensor operator-(const Tensor& x);

}  // namespace keras
