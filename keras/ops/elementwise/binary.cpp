#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

using engine::Backward;
using engine::NoAttrs;
using engine::Op;
using engine::SimplifyView;
using T = const Tensor&;

void check_dtypes(std::string_view name, const Specs& in) {
  if (in[0].dtype != in[1].dtype)
    throw DtypeError(str(name, ": the inputs have dtypes ", in[0].dtype, " and ", in[1].dtype,
                         "; they must be equal."));
}

auto infer_result(std::string_view name) {
  return [name](const Specs& in, const NoAttrs&) {
    check_dtypes(name, in);
    return Specs{{broadcast_shapes(in[0].shape, in[1].shape, name), in[0].dtype}};
  };
}

auto infer_comparison(std::string_view name) {
  return [name](const Specs& in, const NoAttrs&) {
    check_dtypes(name, in);
    return Specs{{broadcast_shapes(in[0].shape, in[1].shape, name), DType::kBool}};
  };
}

using Derivative = Tensor (*)(const Backward& b);
using Neutral = int (*)(const SimplifyView& view);

int never(const SimplifyView&) { return -1; }

/// The index of the other input where one input is `value` throughout.
int other_than(const SimplifyView& view, double value, bool either_side) {
  if (view.constants[1] == value) return 0;
  return either_side && view.constants[0] == value ? 1 : -1;
}

/// A function with its gradients for both inputs, before these are summed over broadcast axes.
Op binary(std::string_view name, Derivative first, Derivative second, Neutral neutral = never) {
  return engine::define_op<NoAttrs>(
      {.name = name,
       .traits = {.elementwise = true},
       .infer = infer_result(name),
       .gradient =
           [first, second](const Backward& b, const NoAttrs&) {
             Tensors out(2);
             if (b.needs(0)) out[0] = sum_to_shape(first(b), b.input(0).shape());
             if (b.needs(1)) out[1] = sum_to_shape(second(b), b.input(1).shape());
             return out;
           },
       .simplify = [neutral](const SimplifyView& view, const NoAttrs&) { return neutral(view); }});
}

Op without_gradient(std::string_view name) {
  return engine::define_op<NoAttrs>(
      {.name = name,
       .traits = {.elementwise = true},
       .infer = infer_result(name),
       .gradient = [](const Backward&, const NoAttrs&) { return Tensors(2); }});
}

Op comparison(std::string_view name) {
  return engine::define_op<NoAttrs>(
      {.name = name,
       .traits = {.elementwise = true},
       .infer = infer_comparison(name),
       .gradient = [](const Backward&, const NoAttrs&) { return Tensors(2); }});
}

/// What of dy goes to the side that won; equal sides share it.
Tensor winners_share(const Backward& b, T winner, T loser, const Op& wins) {
  const Tensor won = cast(emit(wins, {winner, loser}), b.cotangent(0).dtype());
  const Tensor tied = cast(emit(equal_op, {winner, loser}), b.cotangent(0).dtype());
  return b.cotangent(0) * (won + tied * 0.5);
}

Tensor zeros_where_zero_base(T x, T value) { return where(equal(x, 0), zeros_like(value), value); }

Tensor power_base_gradient(const Backward& b) {
  const Tensor &x = b.input(0), &n = b.input(1);
  const Tensor slope = n * emit(power_op, {x, n - 1});
  return b.cotangent(0) * where(equal(n, 0), zeros_like(slope), slope);
}

Tensor power_exponent_gradient(const Backward& b) {
  const Tensor& x = b.input(0);
  const Tensor safe = where(equal(x, 0), ones_like(x), x);
  return b.cotangent(0) * zeros_where_zero_base(x, b.output(0) * log(safe));
}

}  // namespace

const Op add_op = binary(
    "add", [](const Backward& b) { return b.cotangent(0); },
    [](const Backward& b) { return b.cotangent(0); },
    [](const SimplifyView& view) { return other_than(view, 0, true); });
const Op subtract_op = binary(
    "subtract", [](const Backward& b) { return b.cotangent(0); },
    [](const Backward& b) { return -b.cotangent(0); },
    [](const SimplifyView& view) { return other_than(view, 0, false); });
const Op multiply_op = binary(
    "multiply", [](const Backward& b) { return b.cotangent(0) * b.input(1); },
    [](const Backward& b) { return b.cotangent(0) * b.input(0); },
    [](const SimplifyView& view) { return other_than(view, 1, true); });
const Op divide_op = binary(
    "divide", [](const Backward& b) { return b.cotangent(0) / b.input(1); },
    [](const Backward& b) { return -b.cotangent(0) * b.output(0) / b.input(1); },
    [](const SimplifyView& view) { return other_than(view, 1, false); });
const Op floor_divide_op = without_gradient("floor_divide");
const Op mod_op = binary(
    "mod", [](const Backward& b) { return b.cotangent(0); },
    [](const Backward& b) { return -b.cotangent(0) * floor(b.input(0) / b.input(1)); });
const Op power_op = binary("power", power_base_gradient, power_exponent_gradient,
                           [](const SimplifyView& view) { return other_than(view, 1, false); });
const Op maximum_op = binary(
    "maximum",
    [](const Backward& b) { return winners_share(b, b.input(0), b.input(1), greater_op); },
    [](const Backward& b) { return winners_share(b, b.input(1), b.input(0), greater_op); });
const Op minimum_op = binary(
    "minimum", [](const Backward& b) { return winners_share(b, b.input(0), b.input(1), less_op); },
    [](const Backward& b) { return winners_share(b, b.input(1), b.input(0), less_op); });
const Op arctan2_op = binary(
    "arctan2",
    [](const Backward& b) {
      return b.cotangent(0) * b.input(1) / (square(b.input(0)) + square(b.input(1)));
    },
    [](const Backward& b) {
      return -b.cotangent(0) * b.input(0) / (square(b.input(0)) + square(b.input(1)));
    });
const Op equal_op = comparison("equal");
const Op not_equal_op = comparison("not_equal");
const Op less_op = comparison("less");
const Op less_equal_op = comparison("less_equal");
const Op greater_op = comparison("greater");
const Op greater_equal_op = comparison("greater_equal");
const Op logical_and_op = comparison("logical_and");
const Op logical_or_op = comparison("logical_or");
const Op logical_xor_op = comparison("logical_xor");
const Op bitwise_and_op = without_gradient("bitwise_and");
const Op bitwise_or_op = without_gradient("bitwise_or");
const Op bitwise_xor_op = without_gradient("bitwise_xor");
const Op left_shift_op = without_gradient("left_shift");
const Op right_shift_op = without_gradient("right_shift");

Tensor sum_to_shape(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  std::vector<int> axes;
  const int added = x.rank() - shape.rank();
  for (int axis = 0; axis < x.rank(); ++axis)
    if (axis < added || (shape[axis - added] == 1 && x.shape()[axis] != 1)) axes.push_back(axis);
  return reshape(sum(x, {.axis = axes}), shape);
}

DType common_dtype(const Tensor& a, const Tensor& b) {
  const auto with_number = [](DType dtype, DType number) {
    if (is_float(number)) return promote_with_float(dtype);
    return number == DType::kBool ? dtype : promote_with_int(dtype);
  };
  const bool weak_a = a.node()->weak;
  const bool weak_b = b.node()->weak;
  if (weak_b && !weak_a) return with_number(a.dtype(), b.dtype());
  if (weak_a && !weak_b) return with_number(b.dtype(), a.dtype());
  return promote(a.dtype(), b.dtype());
}

namespace {

Tensor call(const Op& op, const Tensors& in, DType dtype) {
  return emit(op, {cast(in[0], dtype), cast(in[1], dtype)});
}

/// In the inputs' common dtype.
Tensor arithmetic(const char* class_name, const Op& op, const Tensor& a, const Tensor& b) {
  return call_or_record(class_name, {a, b}, Config::dict(), [&op](const Tensors& in) {
    return call(op, in, common_dtype(in[0], in[1]));
  });
}

/// The same where bool stands for numbers.
Tensor number_arithmetic(const char* class_name, const Op& op, const Tensor& a, const Tensor& b) {
  return call_or_record(class_name, {a, b}, Config::dict(), [&op](const Tensors& in) {
    const DType dtype = common_dtype(in[0], in[1]);
    return call(op, in, dtype == DType::kBool ? DType::kInt32 : dtype);
  });
}

Tensor float_arithmetic(const char* class_name, const Op& op, const Tensor& a, const Tensor& b) {
  return call_or_record(class_name, {a, b}, Config::dict(), [&op](const Tensors& in) {
    return call(op, in, to_float_dtype(common_dtype(in[0], in[1])));
  });
}

Tensor logical(const char* class_name, const Op& op, const Tensor& a, const Tensor& b) {
  return call_or_record(class_name, {a, b}, Config::dict(),
                        [&op](const Tensors& in) { return call(op, in, DType::kBool); });
}

}  // namespace

// Sums and products of truth values are their disjunction and conjunction.
Tensor add(T a, T b) {
  return call_or_record("Add", {a, b}, Config::dict(), [](const Tensors& in) {
    const DType dtype = common_dtype(in[0], in[1]);
    return call(dtype == DType::kBool ? logical_or_op : add_op, in, dtype);
  });
}
Tensor subtract(T a, T b) { return number_arithmetic("Subtract", subtract_op, a, b); }
Tensor multiply(T a, T b) {
  return call_or_record("Multiply", {a, b}, Config::dict(), [](const Tensors& in) {
    const DType dtype = common_dtype(in[0], in[1]);
    return call(dtype == DType::kBool ? logical_and_op : multiply_op, in, dtype);
  });
}
Tensor divide(T a, T b) { return float_arithmetic("Divide", divide_op, a, b); }
Tensor true_divide(T a, T b) { return float_arithmetic("TrueDivide", divide_op, a, b); }
Tensor floor_divide(T a, T b) { return number_arithmetic("FloorDivide", floor_divide_op, a, b); }
Tensor mod(T a, T b) { return number_arithmetic("Mod", mod_op, a, b); }
Tensor power(T a, T b) { return number_arithmetic("Power", power_op, a, b); }
Tensor maximum(T a, T b) { return arithmetic("Maximum", maximum_op, a, b); }
Tensor minimum(T a, T b) { return arithmetic("Minimum", minimum_op, a, b); }
Tensor arctan2(T a, T b) { return float_arithmetic("Arctan2", arctan2_op, a, b); }
Tensor equal(T a, T b) { return arithmetic("Equal", equal_op, a, b); }
Tensor not_equal(T a, T b) { return arithmetic("NotEqual", not_equal_op, a, b); }
Tensor less(T a, T b) { return arithmetic("Less", less_op, a, b); }
Tensor less_equal(T a, T b) { return arithmetic("LessEqual", less_equal_op, a, b); }
Tensor greater(T a, T b) { return arithmetic("Greater", greater_op, a, b); }
Tensor greater_equal(T a, T b) { return arithmetic("GreaterEqual", greater_equal_op, a, b); }
Tensor logical_and(T a, T b) { return logical("LogicalAnd", logical_and_op, a, b); }
Tensor logical_or(T a, T b) { return logical("LogicalOr", logical_or_op, a, b); }
Tensor logical_xor(T a, T b) { return logical("LogicalXor", logical_xor_op, a, b); }
Tensor bitwise_and(T a, T b) { return arithmetic("BitwiseAnd", bitwise_and_op, a, b); }
Tensor bitwise_or(T a, T b) { return arithmetic("BitwiseOr", bitwise_or_op, a, b); }
Tensor bitwise_xor(T a, T b) { return arithmetic("BitwiseXor", bitwise_xor_op, a, b); }
Tensor left_shift(T a, T b) { return arithmetic("LeftShift", left_shift_op, a, b); }
Tensor right_shift(T a, T b) { return arithmetic("RightShift", right_shift_op, a, b); }

}  // namespace keras::ops

namespace keras {

Tensor operator+(const Tensor& a, const Tensor& b) { return ops::add(a, b); }
Tensor operator-(const Tensor& a, const Tensor& b) { return ops::subtract(a, b); }
Tensor operator*(const Tensor& a, const Tensor& b) { return ops::multiply(a, b); }
Tensor operator/(const Tensor& a, const Tensor& b) { return ops::divide(a, b); }
Tensor operator-(const Tensor& x) { return ops::negative(x); }

}  // namespace keras
