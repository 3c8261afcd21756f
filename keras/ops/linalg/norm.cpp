#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string text_of(const NormOrder& ord) { return ord.number() ? str(*ord.number()) : ord.name(); }
Config config_of(const NormOrder& ord) {
  if (ord.number()) return *ord.number();
  if (ord.name().empty()) return nullptr;
  return ord.name();
}

Tensor root_of_squares(const Tensor& x, const Axes& axis) {
  return sqrt(sum(square(x), {.axis = axis, .keepdims = true}));
}

Tensor vector_norm(const Tensor& x, const NormOrder& ord, int axis) {
  if (!ord.name().empty())
    throw ValueError(str("Invalid `ord` argument for vector norm. Received: ord=", ord.name()));
  const double p = ord.number().value_or(2);
  if (p == 2) return root_of_squares(x, axis);
  if (p == kInfinity) return max(abs(x), {.axis = axis, .keepdims = true});
  if (p == -kInfinity) return min(abs(x), {.axis = axis, .keepdims = true});
  if (p == 0) return sum(cast(not_equal(x, 0), x.dtype()), {.axis = axis, .keepdims = true});
  if (p == 1) return sum(abs(x), {.axis = axis, .keepdims = true});
  return power(sum(power(abs(x), p), {.axis = axis, .keepdims = true}), 1 / p);
}

/// The least or greatest of the sums of absolute values along `summed`.
Tensor extreme_sum(const Tensor& x, int summed, int other, double sign) {
  const Tensor sums = sum(abs(x), {.axis = summed, .keepdims = true});
  return sign > 0 ? max(sums, {.axis = other, .keepdims = true})
                  : min(sums, {.axis = other, .keepdims = true});
}

/// A norm of the singular values, with axes of 1 in place of the two axes.
Tensor spectral_norm(const Tensor& x, const NormOrder& ord, int rows, int columns) {
  const Tensor values = singular_values(moveaxis(x, {rows, columns}, {-2, -1}));
  Tensor out = ord.number() == -2.0 ? min(values, {.axis = -1}) : max(values, {.axis = -1});
  if (ord.name() == "nuc") out = sum(values, {.axis = -1});
  const int first = std::min(rows, columns), second = std::max(rows, columns);
  return expand_dims(expand_dims(out, {.axis = first}), {.axis = second});
}

Tensor matrix_norm(const Tensor& x, const NormOrder& ord, int rows, int columns) {
  if (ord.name() == "fro" || (ord.name().empty() && !ord.number()))
    return root_of_squares(x, Axes{rows, columns});
  const double p = ord.number().value_or(0);
  if (std::abs(p) == 1) return extreme_sum(x, rows, columns, p);
  if (std::abs(p) == kInfinity) return extreme_sum(x, columns, rows, p);
  if (ord.name() == "nuc" || std::abs(p) == 2) return spectral_norm(x, ord, rows, columns);
  throw ValueError(str("Invalid `ord` argument for matrix norm. Received: ord=", text_of(ord)));
}

Tensor norm_of(const Tensor& given, const NormOptions& o) {
  const Tensor x = cast(given, to_float_dtype(given.dtype()));
  const bool plain = !o.ord.number() && o.ord.name().empty();
  const std::vector<int> axes = normalize_axes("norm", o.axis.value(), x.rank());
  Tensor out;
  if (plain && (o.axis.all() || axes.size() <= 2)) {
    out = root_of_squares(x, axes);
  } else if (axes.size() == 1) {
    out = vector_norm(x, o.ord, axes[0]);
  } else if (axes.size() == 2 && axes[0] != axes[1]) {
    out = matrix_norm(x, o.ord, axes[0], axes[1]);
  } else {
    throw ValueError(str("norm: takes one axis, or two different ones. Received: axis=",
                         axes_config(o.axis).to_string(), " for shape ", x.shape(), "."));
  }
  return o.keepdims ? out : squeeze(out, {.axis = axes});
}

}  // namespace

NormOrder::NormOrder(const char* name) : name_(name) {
  if (name_ != "fro" && name_ != "nuc")
    throw ValueError(
        str("Invalid `ord` argument. Expected one of {'fro', 'nuc'} when using string. Received: "
            "ord=",
            name_));
}

Tensor norm(const Tensor& x, NormOptions o) {
  const Config config = {
      {"ord", config_of(o.ord)}, {"axis", axes_config(o.axis)}, {"keepdims", o.keepdims}};
  return call_or_record("Norm", {x}, config, [o](const Tensors& in) { return norm_of(in[0], o); });
}

}  // namespace keras::ops
