#include <numbers>

#include "keras/engine/error.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

using engine::Backward;
using engine::NoAttrs;
using engine::Op;

Specs infer_same(const Specs& in, const NoAttrs&) { return in; }
Specs infer_bool(const Specs& in, const NoAttrs&) { return {{in[0].shape, DType::kBool}}; }

using Derivative = Tensor (*)(const Tensor& x, const Tensor& y, const Tensor& dy);

/// A function of floats (or of any numbers) and its gradient from x, y = f(x) and dy.
Op unary(std::string_view name, Derivative derivative) {
  return engine::define_op<NoAttrs>({.name = name,
                                     .traits = {.elementwise = true},
                                     .infer = infer_same,
                                     .gradient = [derivative](const Backward& b, const NoAttrs&) {
                                       return Tensors{
                                           derivative(b.input(0), b.output(0), b.cotangent(0))};
                                     }});
}

/// A function that is constant but for its jumps: no gradient arrives.
Op stepwise(std::string_view name) {
  return engine::define_op<NoAttrs>(
      {.name = name,
       .traits = {.elementwise = true},
       .infer = infer_same,
       .gradient = [](const Backward&, const NoAttrs&) { return Tensors(1); }});
}

Op predicate(std::string_view name) {
  return engine::define_op<NoAttrs>(
      {.name = name,
       .traits = {.elementwise = true},
       .infer = infer_bool,
       .gradient = [](const Backward&, const NoAttrs&) { return Tensors(1); }});
}

using T = const Tensor&;

}  // namespace

const Op negative_op = unary("negative", [](T, T, T dy) { return -dy; });
const Op abs_op = unary("abs", [](T x, T, T dy) { return dy * sign(x); });
const Op sign_op = stepwise("sign");
const Op exp_op = unary("exp", [](T, T y, T dy) { return dy * y; });
const Op expm1_op = unary("expm1", [](T, T y, T dy) { return dy * (y + 1); });
const Op log_op = unary("log", [](T x, T, T dy) { return dy / x; });
const Op log1p_op = unary("log1p", [](T x, T, T dy) { return dy / (x + 1); });
const Op sqrt_op = unary("sqrt", [](T, T y, T dy) { return dy * 0.5 / y; });
const Op rsqrt_op = unary("rsqrt", [](T x, T y, T dy) { return dy * -0.5 * y / x; });
const Op reciprocal_op = unary("reciprocal", [](T, T y, T dy) { return -dy * y * y; });
const Op square_op = unary("square", [](T x, T, T dy) { return dy * (x * 2); });
const Op sin_op = unary("sin", [](T x, T, T dy) { return dy * cos(x); });
const Op cos_op = unary("cos", [](T x, T, T dy) { return -dy * sin(x); });
const Op tan_op = unary("tan", [](T, T y, T dy) { return dy * (1 + square(y)); });
const Op arcsin_op = unary("arcsin", [](T x, T, T dy) { return dy * rsqrt(1 - square(x)); });
const Op arccos_op = unary("arccos", [](T x, T, T dy) { return -dy * rsqrt(1 - square(x)); });
const Op arctan_op = unary("arctan", [](T x, T, T dy) { return dy / (1 + square(x)); });
const Op sinh_op = unary("sinh", [](T x, T, T dy) { return dy * cosh(x); });
const Op cosh_op = unary("cosh", [](T x, T, T dy) { return dy * sinh(x); });
const Op tanh_op = unary("tanh", [](T, T y, T dy) { return dy * (1 - square(y)); });
const Op arcsinh_op = unary("arcsinh", [](T x, T, T dy) { return dy * rsqrt(square(x) + 1); });
const Op arccosh_op = unary("arccosh", [](T x, T, T dy) { return dy * rsqrt((x - 1) * (x + 1)); });
const Op arctanh_op = unary("arctanh", [](T x, T, T dy) { return dy / (1 - square(x)); });
const Op erf_op = unary(
    "erf", [](T x, T, T dy) { return dy * (2 * std::numbers::inv_sqrtpi) * exp(-square(x)); });
const Op floor_op = stepwise("floor");
const Op ceil_op = stepwise("ceil");
const Op round_op = stepwise("round");
const Op trunc_op = stepwise("trunc");
const Op sigmoid_op = unary("sigmoid", [](T, T y, T dy) { return dy * (y * (1 - y)); });
const Op softplus_op = unary("softplus", [](T x, T, T dy) { return dy * emit(sigmoid_op, {x}); });
const Op isfinite_op = predicate("isfinite");
const Op isnan_op = predicate("isnan");
const Op isinf_op = predicate("isinf");
const Op logical_not_op = predicate("logical_not");
const Op bitwise_not_op = stepwise("bitwise_not");

namespace {

/// A function that keeps its argument's dtype.
Tensor keep(const char* class_name, const Op& op, const Tensor& x) {
  return call_or_record(class_name, {x}, Config::dict(),
                        [&op](const Tensors& in) { return emit(op, in); });
}

/// A function whose results are floats.
Tensor to_floats(const char* class_name, const Op& op, const Tensor& x) {
  return call_or_record(class_name, {x}, Config::dict(), [&op](const Tensors& in) {
    return emit(op, {cast(in[0], to_float_dtype(in[0].dtype()))});
  });
}

/// Rounding: integers are round already.
Tensor rounded(const char* class_name, const Op& op, const Tensor& x) {
  return call_or_record(class_name, {x}, Config::dict(), [&op](const Tensors& in) {
    return is_float(in[0].dtype()) ? emit(op, in) : cast(in[0], to_float_dtype(in[0].dtype()));
  });
}

Tensor truth(const char* class_name, const Op& op, const Tensor& x) {
  return call_or_record(class_name, {x}, Config::dict(), [&op](const Tensors& in) {
    return emit(op, {cast(in[0], to_float_dtype(in[0].dtype()))});
  });
}

}  // namespace

Tensor negative(const Tensor& x) { return keep("Negative", negative_op, x); }
Tensor absolute(const Tensor& x) { return keep("Absolute", abs_op, x); }
Tensor abs(const Tensor& x) { return absolute(x); }
Tensor sign(const Tensor& x) { return keep("Sign", sign_op, x); }
Tensor square(const Tensor& x) {
  return call_or_record("Square", {x}, Config::dict(), [](const Tensors& in) {
    return emit(square_op, {in[0].dtype() == DType::kBool ? cast(in[0], DType::kInt32) : in[0]});
  });
}
Tensor exp(const Tensor& x) { return to_floats("Exp", exp_op, x); }
Tensor expm1(const Tensor& x) { return to_floats("Expm1", expm1_op, x); }
Tensor log(const Tensor& x) { return to_floats("Log", log_op, x); }
Tensor log1p(const Tensor& x) { return to_floats("Log1p", log1p_op, x); }
Tensor log2(const Tensor& x) {
  return call_or_record("Log2", {x}, Config::dict(),
                        [](const Tensors& in) { return log(in[0]) / std::numbers::ln2; });
}
Tensor log10(const Tensor& x) {
  return call_or_record("Log10", {x}, Config::dict(),
                        [](const Tensors& in) { return log(in[0]) / std::numbers::ln10; });
}
Tensor sqrt(const Tensor& x) { return to_floats("Sqrt", sqrt_op, x); }
Tensor rsqrt(const Tensor& x) { return to_floats("Rsqrt", rsqrt_op, x); }
Tensor reciprocal(const Tensor& x) { return to_floats("Reciprocal", reciprocal_op, x); }
Tensor sin(const Tensor& x) { return to_floats("Sin", sin_op, x); }
Tensor cos(const Tensor& x) { return to_floats("Cos", cos_op, x); }
Tensor tan(const Tensor& x) { return to_floats("Tan", tan_op, x); }
Tensor arcsin(const Tensor& x) { return to_floats("Arcsin", arcsin_op, x); }
Tensor arccos(const Tensor& x) { return to_floats("Arccos", arccos_op, x); }
Tensor arctan(const Tensor& x) { return to_floats("Arctan", arctan_op, x); }
Tensor sinh(const Tensor& x) { return to_floats("Sinh", sinh_op, x); }
Tensor cosh(const Tensor& x) { return to_floats("Cosh", cosh_op, x); }
Tensor tanh(const Tensor& x) { return to_floats("Tanh", tanh_op, x); }
Tensor arcsinh(const Tensor& x) { return to_floats("Arcsinh", arcsinh_op, x); }
Tensor arccosh(const Tensor& x) { return to_floats("Arccosh", arccosh_op, x); }
Tensor arctanh(const Tensor& x) { return to_floats("Arctanh", arctanh_op, x); }
Tensor erf(const Tensor& x) { return to_floats("Erf", erf_op, x); }
Tensor floor(const Tensor& x) { return rounded("Floor", floor_op, x); }
Tensor ceil(const Tensor& x) { return rounded("Ceil", ceil_op, x); }
Tensor trunc(const Tensor& x) {
  return call_or_record("Trunc", {x}, Config::dict(), [](const Tensors& in) {
    return is_float(in[0].dtype()) ? emit(trunc_op, in) : in[0];
  });
}
Tensor round(const Tensor& x, int decimals) {
  return call_or_record("Round", {x}, {{"decimals", decimals}}, [decimals](const Tensors& in) {
    if (!is_float(in[0].dtype())) return in[0];
    if (decimals == 0) return emit(round_op, in);
    double scale = 1;
    for (int i = 0; i < (decimals < 0 ? -decimals : decimals); ++i) scale *= 10;
    if (decimals < 0) return emit(round_op, {in[0] / scale}) * scale;
    return emit(round_op, {in[0] * scale}) / scale;
  });
}
Tensor isfinite(const Tensor& x) { return truth("Isfinite", isfinite_op, x); }
Tensor isnan(const Tensor& x) { return truth("Isnan", isnan_op, x); }
Tensor isinf(const Tensor& x) { return truth("Isinf", isinf_op, x); }
Tensor logical_not(const Tensor& x) {
  return call_or_record("LogicalNot", {x}, Config::dict(), [](const Tensors& in) {
    return emit(logical_not_op, {cast(in[0], DType::kBool)});
  });
}
Tensor bitwise_not(const Tensor& x) { return keep("BitwiseNot", bitwise_not_op, x); }

}  // namespace keras::ops
