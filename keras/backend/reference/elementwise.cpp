#include "keras/ops/elementwise/elementwise.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <unordered_map>
#include <vector>

#include "keras/backend/reference/basic_kernels.h"
#include "keras/backend/reference/odometer.h"
#include "keras/backend/reference/simple_kernel.h"
#include "keras/engine/tensor/convert.h"

namespace keras::reference {
namespace {

using engine::Buffers;
using engine::KernelCall;
using Real = double (*)(double a, double b, double c);
using Integer = std::int64_t (*)(std::int64_t a, std::int64_t b, std::int64_t c);

/// An operation on one element: floats are computed in double and rounded once, integers in 64
/// bits.
struct Meaning {
  Real real;
  Integer integer;
};

double python_mod(double a, double b) {
  const double rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  if (b == 0) return -1;
  const std::int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}
std::int64_t integer_power(std::int64_t base, std::int64_t exponent) {
  std::int64_t out = 1;
  for (; exponent > 0; exponent >>= 1, base *= base)
    if (exponent & 1) out *= base;
  return out;
}
double nan_max(double a, double b) { return std::isnan(a) || a > b ? a : b; }
double nan_min(double a, double b) { return std::isnan(a) || a < b ? a : b; }
double sigmoid(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}
double softplus(double x) { return std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }
double sign(double x) { return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0)); }

#define REAL(expression)                                                         \
  [](double a, [[maybe_unused]] double b, [[maybe_unused]] double c) -> double { \
    return expression;                                                           \
  }
#define INTEGER(expression)                           \
  [](std::int64_t a, [[maybe_unused]] std::int64_t b, \
     [[maybe_unused]] std::int64_t c) -> std::int64_t { return expression; }
#define ROW(op, expression)                             \
  {                                                     \
    &ops::op, { REAL(expression), INTEGER(expression) } \
  }
#define FLOAT_ROW(op, expression)           \
  {                                         \
    &ops::op, { REAL(expression), nullptr } \
  }
#define INTEGER_ROW(op, expression)            \
  {                                            \
    &ops::op, { nullptr, INTEGER(expression) } \
  }
#define TWO_ROW(op, real, integer)             \
  {                                            \
    &ops::op, { REAL(real), INTEGER(integer) } \
  }

const std::unordered_map<const engine::Op*, Meaning>& meanings() {
  static const std::unordered_map<const engine::Op*, Meaning> table = {
      ROW(negative_op, -a),
      TWO_ROW(abs_op, std::fabs(a), a < 0 ? -a : a),
      TWO_ROW(sign_op, sign(a), (a > 0) - (a < 0)),
      ROW(square_op, a * a),
      FLOAT_ROW(exp_op, std::exp(a)),
      FLOAT_ROW(expm1_op, std::expm1(a)),
      FLOAT_ROW(log_op, std::log(a)),
      FLOAT_ROW(log1p_op, std::log1p(a)),
      FLOAT_ROW(sqrt_op, std::sqrt(a)),
      FLOAT_ROW(rsqrt_op, 1 / std::sqrt(a)),
      FLOAT_ROW(reciprocal_op, 1 / a),
      FLOAT_ROW(sin_op, std::sin(a)),
      FLOAT_ROW(cos_op, std::cos(a)),
      FLOAT_ROW(tan_op, std::tan(a)),
      FLOAT_ROW(arcsin_op, std::asin(a)),
      FLOAT_ROW(arccos_op, std::acos(a)),
      FLOAT_ROW(arctan_op, std::atan(a)),
      FLOAT_ROW(sinh_op, std::sinh(a)),
      FLOAT_ROW(cosh_op, std::cosh(a)),
      FLOAT_ROW(tanh_op, std::tanh(a)),
      FLOAT_ROW(arcsinh_op, std::asinh(a)),
      FLOAT_ROW(arccosh_op, std::acosh(a)),
      FLOAT_ROW(arctanh_op, std::atanh(a)),
      FLOAT_ROW(erf_op, std::erf(a)),
      FLOAT_ROW(floor_op, std::floor(a)),
      FLOAT_ROW(ceil_op, std::ceil(a)),
      FLOAT_ROW(round_op, std::nearbyint(a)),
      FLOAT_ROW(trunc_op, std::trunc(a)),
      FLOAT_ROW(sigmoid_op, sigmoid(a)),
      FLOAT_ROW(softplus_op, softplus(a)),
      FLOAT_ROW(isfinite_op, std::isfinite(a)),
      FLOAT_ROW(isnan_op, std::isnan(a)),
      FLOAT_ROW(isinf_op, std::isinf(a)),
      ROW(logical_not_op, a == 0),
      INTEGER_ROW(bitwise_not_op, ~a),
      ROW(add_op, a + b),
      ROW(subtract_op, a - b),
      ROW(multiply_op, a * b),
      FLOAT_ROW(divide_op, a / b),
      TWO_ROW(floor_divide_op, std::floor(a / b), floor_div(a, b)),
      TWO_ROW(mod_op, python_mod(a, b), b == 0 ? 0 : a - floor_div(a, b) * b),
      TWO_ROW(power_op, std::pow(a, b), integer_power(a, b)),
      TWO_ROW(maximum_op, nan_max(a, b), a > b ? a : b),
      TWO_ROW(minimum_op, nan_min(a, b), a < b ? a : b),
      FLOAT_ROW(arctan2_op, std::atan2(a, b)),
      ROW(equal_op, a == b),
      ROW(not_equal_op, a != b),
      ROW(less_op, a < b),
      ROW(less_equal_op, a <= b),
      ROW(greater_op, a > b),
      ROW(greater_equal_op, a >= b),
      ROW(logical_and_op, a != 0 && b != 0),
      ROW(logical_or_op, a != 0 || b != 0),
      ROW(logical_xor_op, (a != 0) != (b != 0)),
      INTEGER_ROW(bitwise_and_op, a & b),
      INTEGER_ROW(bitwise_or_op, a | b),
      INTEGER_ROW(bitwise_xor_op, a ^ b),
      INTEGER_ROW(left_shift_op, b < 0 || b > 63 ? 0 : a << b),
      INTEGER_ROW(right_shift_op, b < 0 || b > 63 ? 0 : a >> b),
      ROW(select_op, a != 0 ? b : c),
  };
  return table;
}

#undef REAL
#undef INTEGER
#undef ROW
#undef FLOAT_ROW
#undef INTEGER_ROW
#undef TWO_ROW

template <typename Wide>
void run_wide(const KernelCall& call, const Buffers& buffers, Wide (*function)(Wide, Wide, Wide),
              DType wide) {
  const Shape& shape = call.outputs[0].shape;
  std::vector<std::vector<Wide>> inputs(3);
  std::vector<Odometer> places;
  for (std::size_t i = 0; i < 3; ++i) {
    const bool given = i < call.inputs.size();
    const Shape own = given ? call.inputs[i].shape : Shape{};
    inputs[i].resize(static_cast<std::size_t>(own.size()));
    if (given)
      engine::convert_elements(buffers.inputs[i], call.inputs[i].dtype, inputs[i].data(), wide,
                               inputs[i].size());
    places.emplace_back(shape, broadcast_strides(own, shape));
  }
  std::vector<Wide> out(static_cast<std::size_t>(shape.size()));
  for (auto& value : out) {
    const auto at = [&](std::size_t i) {
      return inputs[i][static_cast<std::size_t>(places[i].offset())];
    };
    value = function(at(0), at(1), at(2));
    for (auto& place : places) place.advance();
  }
  engine::convert_elements(out.data(), wide, buffers.outputs[0], call.outputs[0].dtype, out.size());
}

void run_elementwise(const KernelCall& call, const Buffers& buffers) {
  const Meaning& meaning = meanings().at(&call.op);
  const bool real = is_float(call.inputs.back().dtype);
  if (real && meaning.real) {
    run_wide<double>(call, buffers, meaning.real, DType::kFloat64);
  } else if (meaning.integer) {
    run_wide<std::int64_t>(call, buffers, meaning.integer, DType::kInt64);
  } else {
    run_wide<double>(call, buffers, meaning.real, DType::kFloat64);
  }
}

void run_cast(const KernelCall& call, const Buffers& buffers) {
  engine::convert_elements(buffers.inputs[0], call.inputs[0].dtype, buffers.outputs[0],
                           call.outputs[0].dtype,
                           static_cast<std::size_t>(call.outputs[0].shape.size()));
}

}  // namespace

std::vector<engine::KernelRow> elementwise_kernel_rows() {
  std::vector<engine::KernelRow> rows = {
      {&ops::cast_op, {simple_kernel<run_cast>("reference_cast")}}};
  for (const auto& [op, meaning] : meanings())
    rows.push_back({op, {simple_kernel<run_elementwise>("reference_elementwise")}});
  return rows;
}

}  // namespace keras::reference
