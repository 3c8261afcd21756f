#include <cmath>
#include <limits>
#include <numbers>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/linalg.h"
#include "keras/ops/math.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

using T = const Tensor&;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor one_argument(const char* class_name, const Tensor& x, Tensor (*function)(T x)) {
  return call_or_record(class_name, {x}, Config::dict(),
                        [function](const Tensors& in) { return function(in[0]); });
}

/// A function of two arguments in their common dtype.
Tensor two_arguments(const char* class_name, const Tensor& a, const Tensor& b,
                     Tensor (*function)(T a, T b)) {
  return call_or_record(class_name, {a, b}, Config::dict(), [function](const Tensors& in) {
    const DType dtype = common_dtype(in[0], in[1]);
    return function(cast(in[0], dtype), cast(in[1], dtype));
  });
}

Tensor two_floats(const char* class_name, const Tensor& a, const Tensor& b,
                  Tensor (*function)(T a, T b)) {
  return call_or_record(class_name, {a, b}, Config::dict(), [function](const Tensors& in) {
    const DType dtype = to_float_dtype(common_dtype(in[0], in[1]));
    return function(cast(in[0], dtype), cast(in[1], dtype));
  });
}

Tensor floats(T x) { return cast(x, to_float_dtype(x.dtype())); }

Tensor clipped(T x, T low, T high) {
  const Tensor numbers = x.dtype() == DType::kBool ? cast(x, DType::kInt32) : x;
  return minimum(maximum(numbers, low), high);
}

/// x1 and x2 where their difference is a number: two equal infinities are 0 apart.
Tensor finite_distance(T a, T b) {
  const Tensor difference = a - b;
  return absolute(where(isnan(difference), zeros_like(difference), difference));
}

/// The dtype's least and greatest integer.
std::pair<std::int64_t, std::int64_t> integer_range(DType dtype) {
  if (dtype == DType::kBool) return {0, 1};
  const int bits = static_cast<int>(dtype_size(dtype)) * 8;
  const bool is_unsigned =
      dtype == DType::kUint8 || dtype == DType::kUint16 || dtype == DType::kUint32;
  if (is_unsigned) return {0, (std::int64_t{1} << bits) - 1};
  if (bits == 64)
    return {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  return {-(std::int64_t{1} << (bits - 1)), (std::int64_t{1} << (bits - 1)) - 1};
}

Tensor wide_integer(std::int64_t value) { return Tensor::from(&value, {}); }

/// A number that float32, which a number written in the program has, need not hold.
Tensor double_constant(double value, DType dtype) { return cast(Tensor::from(&value, {}), dtype); }

double largest_finite(DType dtype) {
  switch (dtype) {
    case DType::kFloat16:
      return 65504;
    case DType::kBfloat16:
      return std::ldexp(2 - std::ldexp(1, -7), 127);
    case DType::kFloat64:
      return std::numeric_limits<double>::max();
    default:
      return std::numeric_limits<float>::max();
  }
}

Config scalar_config(const Tensor& x) {
  if (x.size() != 1) throw ValueError("clip: bounds of a symbolic tensor must be numbers.");
  return is_float(x.dtype()) ? Config(x.item<double>()) : Config(x.item<std::int64_t>());
}

}  // namespace

Tensor clip(T x, T x_min, T x_max) {
  if (any_symbolic({x_min, x_max})) return minimum(maximum(x, x_min), x_max);
  if (!x.is_symbolic()) return clipped(x, x_min, x_max);
  return record_op(
      "Clip", {x}, {{"x_min", scalar_config(x_min)}, {"x_max", scalar_config(x_max)}},
      [x_min, x_max](const Tensors& in) { return Tensors{clipped(in[0], x_min, x_max)}; })[0];
}

Tensor fabs(T x) {
  return one_argument("Fabs", x, [](T v) { return absolute(floats(v)); });
}
Tensor exp2(T x) {
  return one_argument("Exp2", x, [](T v) {
    const Tensor exponent = floats(v);
    return power(cast(2, exponent.dtype()), exponent);
  });
}
Tensor cbrt(T x) {
  return one_argument("Cbrt", x, [](T v) {
    const Tensor value = floats(v);
    return sign(value) * power(absolute(value), cast(1.0 / 3, value.dtype()));
  });
}
Tensor deg2rad(T x) {
  return one_argument("Deg2rad", x, [](T v) { return floats(v) * (std::numbers::pi / 180); });
}
Tensor rad2deg(T x) {
  return one_argument("Rad2deg", x, [](T v) { return floats(v) * (180 / std::numbers::pi); });
}
Tensor sinc(T x) {
  return one_argument("Sinc", x, [](T v) {
    const Tensor angle = floats(v) * std::numbers::pi;
    const Tensor at_zero = equal(angle, 0);
    const Tensor safe = where(at_zero, ones_like(angle), angle);
    return where(at_zero, ones_like(angle), sin(safe) / safe);
  });
}
Tensor isneginf(T x) {
  return one_argument("Isneginf", x, [](T v) { return equal(floats(v), -kInfinity); });
}
Tensor isposinf(T x) {
  return one_argument("Isposinf", x, [](T v) { return equal(floats(v), kInfinity); });
}
Tensor isreal(T x) {
  return one_argument("Isreal", x, [](T v) { return ones(v.shape(), DType::kBool); });
}
Tensor signbit(T x) {
  return one_argument("Signbit", x, [](T v) {
    if (!is_float(v.dtype())) return less(v, 0);
    return logical_or(less(v, 0), logical_and(equal(v, 0), less(reciprocal(v), 0)));
  });
}
Tensor erfc(T x) {
  return one_argument("Erfc", x, [](T v) { return 1 - erf(v); });
}

Tensor divide_no_nan(T a, T b) {
  return two_floats("DivideNoNan", a, b, [](T x, T y) {
    const Tensor zero = equal(y, 0);
    return where(zero, zeros_like(x), x / where(zero, ones_like(y), y));
  });
}
Tensor fmax(T a, T b) {
  return two_arguments(
      "Fmax", a, b, [](T x, T y) { return where(isnan(x), y, where(isnan(y), x, maximum(x, y))); });
}
Tensor fmin(T a, T b) {
  return two_arguments(
      "Fmin", a, b, [](T x, T y) { return where(isnan(x), y, where(isnan(y), x, minimum(x, y))); });
}
Tensor fmod(T a, T b) {
  return two_arguments("Fmod", a, b,
                       [](T x, T y) { return sign(x) * mod(absolute(x), absolute(y)); });
}
Tensor hypot(T a, T b) {
  return two_floats("Hypot", a, b, [](T x, T y) {
    const Tensor large = maximum(absolute(x), absolute(y));
    const Tensor small = minimum(absolute(x), absolute(y));
    const Tensor zero = equal(large, 0);
    const Tensor ratio = small / where(zero, ones_like(large), large);
    return where(zero, large, large * sqrt(square(ratio) + 1));
  });
}
Tensor heaviside(T a, T b) {
  return two_floats("Heaviside", a, b, [](T x, T at_zero) {
    return where(less(x, 0), zeros_like(x), where(greater(x, 0), ones_like(x), at_zero));
  });
}
Tensor ldexp(T a, T b) {
  return call_or_record("Ldexp", {a, b}, Config::dict(), [](const Tensors& in) {
    const Tensor x = floats(in[0]);
    return x * power(cast(2, x.dtype()), cast(in[1], x.dtype()));
  });
}
Tensor logaddexp(T a, T b) {
  return two_floats("Logaddexp", a, b,
                    [](T x, T y) { return maximum(x, y) + log1p(exp(-finite_distance(x, y))); });
}
Tensor logaddexp2(T a, T b) {
  return two_floats("Logaddexp2", a, b, [](T x, T y) {
    const Tensor rest = log1p(exp(finite_distance(x, y) * -std::numbers::ln2));
    return maximum(x, y) + rest / std::numbers::ln2;
  });
}

Tensor bitwise_invert(T x) { return bitwise_not(x); }
Tensor bitwise_left_shift(T a, T b) { return left_shift(a, b); }
Tensor bitwise_right_shift(T a, T b) { return right_shift(a, b); }

Tensor isclose(T x1, T x2, IscloseOptions o) {
  return call_or_record("Isclose", {x1, x2}, {{"equal_nan", o.equal_nan}}, [o](const Tensors& in) {
    const DType dtype = to_float_dtype(common_dtype(in[0], in[1]));
    const Tensor a = cast(in[0], dtype), b = cast(in[1], dtype);
    const Tensor near = less_equal(absolute(a - b), absolute(b) * o.rtol + o.atol);
    const Tensor close = where(logical_or(isinf(a), isinf(b)), equal(a, b), near);
    return o.equal_nan ? logical_or(close, logical_and(isnan(a), isnan(b))) : close;
  });
}

Tensor allclose(T x1, T x2, IscloseOptions o) { return all(isclose(x1, x2, o)); }

Tensor nan_to_num(T x, NanToNumOptions o) {
  const auto config = [](const std::optional<double>& v) { return v ? Config(*v) : Config(); };
  return call_or_record(
      "NanToNum", {x}, {{"nan", o.nan}, {"posinf", config(o.posinf)}, {"neginf", config(o.neginf)}},
      [o](const Tensors& in) {
        const Tensor& v = in[0];
        if (!is_float(v.dtype())) return v;
        const double largest = largest_finite(v.dtype());
        const auto filled = [&](double value) { return double_constant(value, v.dtype()); };
        Tensor out = where(isnan(v), filled(o.nan), v);
        out = where(equal(v, kInfinity), filled(o.posinf.value_or(largest)), out);
        return where(equal(v, -kInfinity), filled(o.neginf.value_or(-largest)), out);
      });
}

Tensor select(const Tensors& condlist, const Tensors& choicelist, const Tensor& default_value) {
  if (condlist.empty() || condlist.size() != choicelist.size())
    throw ValueError(
        str("select: condlist and choicelist must have the same non-zero number of "
            "tensors; received ",
            condlist.size(), " and ", choicelist.size(), "."));
  Tensor out = default_value;
  for (std::size_t i = condlist.size(); i-- > 0;) out = where(condlist[i], choicelist[i], out);
  return out;
}

Tensor saturate_cast(T x, DType dtype) {
  return call_or_record("SaturateCast", {x}, {{"dtype", dtype_name(dtype)}},
                        [dtype](const Tensors& in) {
                          // From and to floats, casts saturate.
                          if (is_float(dtype) || is_float(in[0].dtype())) return cast(in[0], dtype);
                          const auto [low, high] = integer_range(dtype);
                          const Tensor wide = cast(in[0], DType::kInt64);
                          return cast(clip(wide, wide_integer(low), wide_integer(high)), dtype);
                        });
}

}  // namespace keras::ops
