#include "keras/ops/math.h"
#include "keras/ops/registry/recorded_call.h"
#include "keras/ops/selection.h"

namespace keras::ops {
namespace {

constexpr const char* kNumpy = "keras.src.ops.numpy";
constexpr const char* kMath = "keras.src.ops.math";
constexpr const char* kCore = "keras.src.ops.core";

RegistryRow unary(const char* name, Tensor (*function)(const Tensor&),
                  const char* module = kNumpy) {
  return {name, module,
          [function](const RecordedCall& call) { return Tensors{function(call.tensor(0))}; }};
}

RegistryRow binary(const char* name, Tensor (*function)(const Tensor&, const Tensor&),
                   const char* first = "x1", const char* second = "x2") {
  return {name, kNumpy, [=](const RecordedCall& call) {
            return Tensors{function(call.tensor(0, first), call.tensor(1, second))};
          }};
}

RegistryRow bitwise(const char* name, Tensor (*function)(const Tensor&, const Tensor&)) {
  return binary(name, function, "x", "y");
}

std::vector<RegistryRow> unary_rows() {
  return {unary("Absolute", absolute),
          unary("Arccos", arccos),
          unary("Arccosh", arccosh),
          unary("Arcsin", arcsin),
          unary("Arcsinh", arcsinh),
          unary("Arctan", arctan),
          unary("Arctanh", arctanh),
          unary("BitwiseInvert", bitwise_invert),
          unary("BitwiseNot", bitwise_not),
          unary("Cbrt", cbrt),
          unary("Ceil", ceil),
          unary("Copy", copy),
          unary("Cos", cos),
          unary("Cosh", cosh),
          unary("Deg2rad", deg2rad),
          unary("Erf", erf, kMath),
          unary("Erfc", erfc, kMath),
          unary("Exp", exp),
          unary("Exp2", exp2),
          unary("Expm1", expm1),
          unary("Fabs", fabs),
          unary("Floor", floor),
          unary("Isfinite", isfinite),
          unary("Isinf", isinf),
          unary("Isnan", isnan),
          unary("Isneginf", isneginf),
          unary("Isposinf", isposinf),
          unary("Isreal", isreal),
          unary("Log", log),
          unary("Log10", log10),
          unary("Log1p", log1p),
          unary("Log2", log2),
          unary("LogicalNot", logical_not),
          unary("Negative", negative),
          unary("Rad2deg", rad2deg),
          unary("Ravel", ravel),
          unary("Reciprocal", reciprocal),
          unary("Rsqrt", rsqrt, kMath),
          unary("Sign", sign),
          unary("Signbit", signbit),
          unary("Sin", sin),
          unary("Sinc", sinc),
          unary("Sinh", sinh),
          unary("Sqrt", sqrt),
          unary("Square", square),
          unary("StopGradient", stop_gradient, kCore),
          unary("Tan", tan),
          unary("Tanh", tanh),
          unary("Trunc", trunc)};
}

std::vector<RegistryRow> binary_rows() {
  return {binary("Add", add),
          binary("Arctan2", arctan2),
          bitwise("BitwiseAnd", bitwise_and),
          bitwise("BitwiseLeftShift", bitwise_left_shift),
          bitwise("BitwiseOr", bitwise_or),
          bitwise("BitwiseRightShift", bitwise_right_shift),
          bitwise("BitwiseXor", bitwise_xor),
          binary("Digitize", digitize, "x", "bins"),
          binary("Divide", divide),
          binary("DivideNoNan", divide_no_nan),
          binary("Equal", equal),
          binary("FloorDivide", floor_divide),
          binary("Fmax", fmax),
          binary("Fmin", fmin),
          binary("Fmod", fmod),
          binary("Greater", greater),
          binary("GreaterEqual", greater_equal),
          binary("Heaviside", heaviside),
          binary("Hypot", hypot),
          binary("Ldexp", ldexp),
          bitwise("LeftShift", left_shift),
          binary("Less", less),
          binary("LessEqual", less_equal),
          binary("Logaddexp", logaddexp),
          binary("Logaddexp2", logaddexp2),
          binary("LogicalAnd", logical_and),
          binary("LogicalOr", logical_or),
          binary("LogicalXor", logical_xor),
          binary("Maximum", maximum),
          binary("Minimum", minimum),
          binary("Mod", mod),
          binary("Multiply", multiply),
          binary("NotEqual", not_equal),
          binary("Power", power),
          bitwise("RightShift", right_shift),
          binary("Subtract", subtract),
          binary("TrueDivide", true_divide)};
}

/// An argument that stands in the config, as a number or as anything that a tensor might be.
Tensor configured(const RecordedCall& call, const char* key) {
  if (call.argument(~std::size_t{0}, key)) return call.tensor(~std::size_t{0}, key);
  const Config arguments = {{"args", Config::list({call.config().at(key)})}};
  return RecordedCall({}, arguments, call.config()).tensor(0, key);
}

Tensors apply_clip(const RecordedCall& call) {
  return {clip(call.tensor(0), configured(call, "x_min"), configured(call, "x_max"))};
}

IscloseOptions isclose_options(const RecordedCall& call) {
  return {.rtol = call.number("rtol").value_or(1e-5),
          .atol = call.number("atol").value_or(1e-8),
          .equal_nan = call.flag("equal_nan")};
}

Tensors apply_select(const RecordedCall& call) {
  const Config* fallback = call.argument(2, "default");
  return {select(call.tensor_list(0, "condlist"), call.tensor_list(1, "choicelist"),
                 fallback ? call.tensor(2, "default") : Tensor(0))};
}

std::vector<RegistryRow> other_rows() {
  return {
      {"Cast", kCore,
       [](const RecordedCall& call) {
         return Tensors{cast(call.tensor(0), call.dtype().value_or(DType::kFloat32))};
       }},
      {"SaturateCast", kCore,
       [](const RecordedCall& call) {
         return Tensors{saturate_cast(call.tensor(0), call.dtype().value_or(DType::kFloat32))};
       }},
      {"Clip", kNumpy, apply_clip},
      {"Isclose", kNumpy,
       [](const RecordedCall& call) {
         return Tensors{isclose(call.tensor(0, "x1"), call.tensor(1, "x2"), isclose_options(call))};
       }},
      {"AllClose", kNumpy,
       [](const RecordedCall& call) {
         return Tensors{
             allclose(call.tensor(0, "x1"), call.tensor(1, "x2"), isclose_options(call))};
       }},
      {"Select", kNumpy, apply_select},
      {"NanToNum", kNumpy,
       [](const RecordedCall& call) {
         return Tensors{nan_to_num(call.tensor(0), {.nan = call.number("nan").value_or(0),
                                                    .posinf = call.number("posinf"),
                                                    .neginf = call.number("neginf")})};
       }},
      {"Round", kNumpy,
       [](const RecordedCall& call) {
         return Tensors{round(call.tensor(0), call.axis("decimals").value_or(0))};
       }},
      {"Where", kNumpy,
       [](const RecordedCall& call) {
         const Tensor condition = call.tensor(0, "condition");
         if (!call.argument(1, "x1") && !call.argument(2, "x2")) return where(condition);
         return Tensors{where(condition, call.tensor(1, "x1"), call.tensor(2, "x2"))};
       }},
  };
}

}  // namespace

std::vector<RegistryRow> elementwise_rows() {
  std::vector<RegistryRow> rows = unary_rows();
  for (auto& more : {binary_rows(), other_rows()})
    rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

}  // namespace keras::ops
