#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/ops/axes.h"
#include "keras/ops/core.h"
#include "keras/ops/index.h"

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
/// Other names of the same.
Tensor bitwise_invert(const Tensor& x);
Tensor bitwise_left_shift(const Tensor& x1, const Tensor& x2);
Tensor bitwise_right_shift(const Tensor& x1, const Tensor& x2);
/// 0 where x2 is 0.
Tensor divide_no_nan(const Tensor& x1, const Tensor& x2);
/// The other one where one is NaN.
Tensor fmax(const Tensor& x1, const Tensor& x2);
Tensor fmin(const Tensor& x1, const Tensor& x2);
/// The remainder has the dividend's sign, as in C.
Tensor fmod(const Tensor& x1, const Tensor& x2);
/// sqrt(x1² + x2²), without overflow.
Tensor hypot(const Tensor& x1, const Tensor& x2);
/// 0 for negative x1, 1 for positive, x2 at 0.
Tensor heaviside(const Tensor& x1, const Tensor& x2);
/// x1 · 2^x2.
Tensor ldexp(const Tensor& x1, const Tensor& x2);
/// log(exp(x1) + exp(x2)), and the same in base 2.
Tensor logaddexp(const Tensor& x1, const Tensor& x2);
Tensor logaddexp2(const Tensor& x1, const Tensor& x2);
struct IscloseOptions {
  double rtol = 1e-5;
  double atol = 1e-8;
  bool equal_nan = false;
};
/// |x1 - x2| <= atol + rtol |x2|.
Tensor isclose(const Tensor& x1, const Tensor& x2, IscloseOptions options = {});
Tensor allclose(const Tensor& x1, const Tensor& x2, IscloseOptions options = {});

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
Tensor isneginf(const Tensor& x);
Tensor isposinf(const Tensor& x);
Tensor isreal(const Tensor& x);
/// Whether the sign is negative, that of -0.0 too.
Tensor signbit(const Tensor& x);
Tensor fabs(const Tensor& x);
Tensor exp2(const Tensor& x);
Tensor cbrt(const Tensor& x);
Tensor deg2rad(const Tensor& x);
Tensor rad2deg(const Tensor& x);
/// sin(πx) / (πx).
Tensor sinc(const Tensor& x);
struct NanToNumOptions {
  double nan = 0;
  std::optional<double> posinf = {};  ///< The dtype's greatest number where not given.
  std::optional<double> neginf = {};  ///< The dtype's least number where not given.
};
Tensor nan_to_num(const Tensor& x, NanToNumOptions options = {});
/// x1 where the condition is true, else x2.
Tensor where(const Tensor& condition, const Tensor& x1, const Tensor& x2);
/// Of each element the choice whose condition is the first that is true.
Tensor select(const Tensors& condlist, const Tensors& choicelist, const Tensor& default_value = 0);
Tensor clip(const Tensor& x, const Tensor& x_min, const Tensor& x_max);

// Along axes.
struct ReduceOptions {
  Axes axis = {};
  bool keepdims = false;
};
Tensor sum(const Tensor& x, ReduceOptions options = {});
Tensor prod(const Tensor& x, ReduceOptions options = {});
struct ExtremumOptions {
  Axes axis = {};
  bool keepdims = false;
  std::optional<double> initial = {};  ///< One more element: the least that max gives.
};
Tensor max(const Tensor& x, ExtremumOptions options = {});
Tensor min(const Tensor& x, ExtremumOptions options = {});
Tensor any(const Tensor& x, ReduceOptions options = {});
Tensor all(const Tensor& x, ReduceOptions options = {});
Tensor mean(const Tensor& x, ReduceOptions options = {});
/// The biased variance.
Tensor var(const Tensor& x, ReduceOptions options = {});
Tensor std(const Tensor& x, ReduceOptions options = {});
Tensor amax(const Tensor& x, ReduceOptions options = {});
Tensor amin(const Tensor& x, ReduceOptions options = {});
/// max - min.
Tensor ptp(const Tensor& x, ReduceOptions options = {});
Tensor median(const Tensor& x, ReduceOptions options = {});
struct CountNonzeroOptions {
  Axes axis = {};
};
Tensor count_nonzero(const Tensor& x, CountNonzeroOptions options = {});
struct AverageOptions {
  std::optional<int> axis = {};
  Tensor weights = {};  ///< Of x's shape, or one for each element of the axis.
};
Tensor average(const Tensor& x, AverageOptions options = {});
struct QuantileOptions {
  Axes axis = {};
  std::string method = "linear";  ///< Or "lower", "higher", "midpoint", "nearest".
  bool keepdims = false;
};
/// The values below which the parts q lie; q's axes come first in the result. NaN where an element
/// is NaN.
Tensor quantile(const Tensor& x, const Tensor& q, QuantileOptions options = {});
/// The same with q from 0 to 100.
Tensor percentile(const Tensor& x, const Tensor& q, QuantileOptions options = {});

// The same, in which NaN does not count.
Tensor nansum(const Tensor& x, ReduceOptions options = {});
Tensor nanprod(const Tensor& x, ReduceOptions options = {});
Tensor nanmean(const Tensor& x, ReduceOptions options = {});
Tensor nanvar(const Tensor& x, ReduceOptions options = {});
Tensor nanstd(const Tensor& x, ReduceOptions options = {});
Tensor nanmax(const Tensor& x, ReduceOptions options = {});
Tensor nanmin(const Tensor& x, ReduceOptions options = {});
Tensor nanmedian(const Tensor& x, ReduceOptions options = {});
Tensor nanquantile(const Tensor& x, const Tensor& q, QuantileOptions options = {});
Tensor nanpercentile(const Tensor& x, const Tensor& q, QuantileOptions options = {});

struct ArgReduceOptions {
  std::optional<int> axis = {};
  bool keepdims = false;
};
/// The int32 index of the first extremum; without an axis, in the flattened tensor.
Tensor argmax(const Tensor& x, ArgReduceOptions options = {});
Tensor argmin(const Tensor& x, ArgReduceOptions options = {});
/// The same past NaN; -1 where all are NaN.
Tensor nanargmax(const Tensor& x, ArgReduceOptions options = {});
Tensor nanargmin(const Tensor& x, ArgReduceOptions options = {});

struct CumulativeOptions {
  std::optional<int> axis = {};
};
Tensor cumsum(const Tensor& x, CumulativeOptions options = {});
Tensor cumprod(const Tensor& x, CumulativeOptions options = {});
Tensor nancumsum(const Tensor& x, CumulativeOptions options = {});
Tensor nancumprod(const Tensor& x, CumulativeOptions options = {});
struct DiffOptions {
  int n = 1;
  int axis = -1;
};
/// Differences of neighbours, n times over.
Tensor diff(const Tensor& a, DiffOptions options = {});
struct TrapezoidOptions {
  Tensor x = {};  ///< Where the values lie; `dx` apart where not given.
  double dx = 1;
  int axis = -1;
};
Tensor trapezoid(const Tensor& y, TrapezoidOptions options = {});
struct BincountOptions {
  Tensor weights = {};
  std::int64_t minlength = 0;
};
/// How often each non-negative integer occurs. Reads the values: not in compiled functions.
Tensor bincount(const Tensor& x, BincountOptions options = {});
struct Histogram {
  Tensor counts;
  Tensor bin_edges;
};
struct HistogramOptions {
  std::int64_t bins = 10;
  std::optional<std::pair<double, double>> range = {};
};
Histogram histogram(const Tensor& x, HistogramOptions options = {});

// In order.
struct SortOptions {
  std::optional<int> axis = -1;  ///< std::nullopt flattens.
};
/// In rising order, NaN last; equal elements keep their order.
Tensor sort(const Tensor& x, SortOptions options = {});
Tensor argsort(const Tensor& x, SortOptions options = {});
/// An order in which element kth stands where it does in the sorted one (here: the sorted one).
Tensor argpartition(const Tensor& x, std::int64_t kth, SortOptions options = {});
struct SearchsortedOptions {
  std::string side = "left";
};
/// The int32 places at which values would keep a sorted vector sorted.
Tensor searchsorted(const Tensor& sorted_sequence, const Tensor& values,
                    SearchsortedOptions options = {});
/// The bin of each element: bins[i - 1] <= x < bins[i].
Tensor digitize(const Tensor& x, const Tensor& bins);

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
  std::string mode = "constant";  ///< Or "edge", "reflect", "symmetric", "wrap".
  double constant_values = 0;
};
/// One pair (before, after) an axis.
Tensor pad(const Tensor& x, const std::vector<std::pair<std::int64_t, std::int64_t>>& pad_width,
           PadOptions options = {});
/// The same width everywhere.
Tensor pad(const Tensor& x, std::int64_t pad_width, PadOptions options = {});
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
/// Each element so many times in a row; without an axis, of the flattened tensor.
Tensor repeat(const Tensor& x, std::int64_t repeats, RepeatOptions options = {});
Tensor repeat(const Tensor& x, const std::vector<std::int64_t>& repeats,
              RepeatOptions options = {});
Tensor tile(const Tensor& x, const std::vector<std::int64_t>& repeats);
Tensor hstack(const Tensors& xs);
Tensor vstack(const Tensors& xs);
Tensor dstack(const Tensors& xs);
Tensors hsplit(const Tensor& x, int sections);
Tensors vsplit(const Tensor& x, int sections);
Tensors dsplit(const Tensor& x, int sections);
/// Like split, where the parts may differ by one element.
Tensors array_split(const Tensor& x, int sections, SplitOptions options = {});
struct UnstackOptions {
  std::optional<std::int64_t> num = {};
  int axis = 0;
};
/// The slices along an axis, which goes away.
Tensors unstack(const Tensor& x, UnstackOptions options = {});
struct AppendOptions {
  std::optional<int> axis = {};
};
/// Without an axis, of the flattened tensors.
Tensor append(const Tensor& x1, const Tensor& x2, AppendOptions options = {});
struct RollOptions {
  Axes axis = {};
};
/// Moves elements onwards; the last ones come first. Without axes, in the flattened tensor.
Tensor roll(const Tensor& x, std::int64_t shift, RollOptions options = {});
Tensor roll(const Tensor& x, const std::vector<std::int64_t>& shift, RollOptions options = {});
Tensor moveaxis(const Tensor& x, int source, int destination);
Tensor moveaxis(const Tensor& x, const std::vector<int>& source,
                const std::vector<int>& destination);
Tensor fliplr(const Tensor& x);
Tensor flipud(const Tensor& x);
struct Rot90Options {
  int k = 1;
  std::pair<int, int> axes = {0, 1};
};
/// Turns k times by a quarter, from the first axis towards the second.
Tensor rot90(const Tensor& array, Rot90Options options = {});
struct DiagonalOptions {
  std::int64_t offset = 0;
  int axis1 = 0;
  int axis2 = 1;
};
/// Diagonals of two axes, as the last axis.
Tensor diagonal(const Tensor& x, DiagonalOptions options = {});
Tensor trace(const Tensor& x, DiagonalOptions options = {});
struct DiagOptions {
  std::int64_t k = 0;
};
/// The matrix with a vector on its kth diagonal, or a matrix's kth diagonal.
Tensor diag(const Tensor& x, DiagOptions options = {});
Tensor diagflat(const Tensor& x, DiagOptions options = {});
/// With zeros above, or below, the kth diagonal of the last two axes.
Tensor tril(const Tensor& x, DiagOptions options = {});
Tensor triu(const Tensor& x, DiagOptions options = {});

// Indexing.
struct TakeOptions {
  std::optional<int> axis = {};
};
/// x's elements (or slices along an axis) at integer indices; without an axis x is flattened.
Tensor take(const Tensor& x, const Tensor& indices, TakeOptions options = {});
struct TakeAlongAxisOptions {
  std::optional<int> axis = {};
};
/// Of each row along an axis the elements at that row's own indices. Out of range gives NaN, or the
/// dtype's least value.
Tensor take_along_axis(const Tensor& x, const Tensor& indices, TakeAlongAxisOptions options = {});
/// Python's x[key]: `get_item(x, {0, Slice{.stop = -1}, ellipsis})`.
Tensor get_item(const Tensor& x, const std::vector<Index>& key);
/// An index into a flattened shape, as one index an axis.
Tensors unravel_index(const Tensor& indices, const Shape& shape);
struct OneHotOptions {
  int axis = -1;
  DType dtype = DType::kFloat32;
};
Tensor one_hot(const Tensor& x, std::int64_t num_classes, OneHotOptions options = {});

// Making.
Tensor float_range(double start, double stop, double step, DType dtype);
Tensor arange(std::int64_t stop, DType dtype = DType::kInt32);
Tensor arange(std::int64_t start, std::int64_t stop, std::int64_t step = 1,
              DType dtype = DType::kInt32);
/// start + i · step for each i that stays before stop.
template <std::floating_point T>
Tensor arange(T start, T stop, T step = 1, DType dtype = DType::kFloat32) {
  return float_range(static_cast<double>(start), static_cast<double>(stop),
                     static_cast<double>(step), dtype);
}
/// 0, 1, 2 … along one axis of a shape.
Tensor iota(const Shape& shape, int axis, DType dtype = DType::kInt32);
Tensor full(const Shape& shape, const Tensor& fill_value, DType dtype = DType::kFloat32);
Tensor full_like(const Tensor& x, const Tensor& fill_value, std::optional<DType> dtype = {});
/// Zeros: no memory is left unset.
Tensor empty(const Shape& shape, DType dtype = DType::kFloat32);
Tensor empty_like(const Tensor& x, std::optional<DType> dtype = {});
Tensor copy(const Tensor& x);
Tensor zeros(const Shape& shape, DType dtype = DType::kFloat32);
Tensor ones(const Shape& shape, DType dtype = DType::kFloat32);
Tensor zeros_like(const Tensor& x, std::optional<DType> dtype = {});
Tensor ones_like(const Tensor& x, std::optional<DType> dtype = {});
struct EyeOptions {
  std::optional<std::int64_t> M = {};  ///< Columns; as many as rows where not given.
  std::int64_t k = 0;
  DType dtype = DType::kFloat32;
};
/// Ones on the kth diagonal of N rows.
Tensor eye(std::int64_t N, EyeOptions options = {});
Tensor identity(std::int64_t n, DType dtype = DType::kFloat32);
/// Ones on and below the kth diagonal.
Tensor tri(std::int64_t N, EyeOptions options = {});
struct SpaceOptions {
  std::int64_t num = 50;
  bool endpoint = true;
  std::optional<DType> dtype = {};
  int axis = 0;
};
/// `num` even steps from start to stop, along a new axis.
Tensor linspace(const Tensor& start, const Tensor& stop, SpaceOptions options = {});
/// The same with even ratios.
Tensor geomspace(const Tensor& start, const Tensor& stop, SpaceOptions options = {});
struct LogspaceOptions {
  std::int64_t num = 50;
  bool endpoint = true;
  double base = 10;
  std::optional<DType> dtype = {};
  int axis = 0;
};
/// base to the power of even steps.
Tensor logspace(const Tensor& start, const Tensor& stop, LogspaceOptions options = {});
struct MeshgridOptions {
  std::string indexing = "xy";  ///< Or "ij": axes in the vectors' order.
};
/// Vectors spread over the grid that they span.
Tensors meshgrid(const Tensors& xs, MeshgridOptions options = {});
struct VanderOptions {
  std::optional<std::int64_t> N = {};
  bool increasing = false;
};
/// The powers of a vector's elements, one column a power.
Tensor vander(const Tensor& x, VanderOptions options = {});
/// Windows of so many points.
Tensor bartlett(std::int64_t x);
Tensor blackman(std::int64_t x);
Tensor hamming(std::int64_t x);
Tensor hanning(std::int64_t x);

}  // namespace keras::ops

namespace keras {

Tensor operator+(const Tensor& x1, const Tensor& x2);
Tensor operator-(const Tensor& x1, const Tensor& x2);
Tensor operator*(const Tensor& x1, const Tensor& x2);
Tensor operator/(const Tensor& x1, const Tensor& x2);
Tensor operator-(const Tensor& x);

}  // namespace keras
