#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <numbers>
#include <numeric>
#include <type_traits>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/gradient.h"
#include "keras/ops/host/host_map.h"
#include "keras/ops/numpy.h"
#include "keras/ops/random/inverse_normal.h"
#include "keras/ops/record.h"
#include "keras/ops/special.h"

namespace keras::ops {
namespace {

/// A function of two numbers of a type, which lie in the two halves of the input (2, …).
template <typename T>
class PairFunction final : public HostFunction {
 public:
  explicit PairFunction(T (*function)(T a, T b)) : function_(function) {}

  TensorSpec infer(const TensorSpec& input) const override {
    return {input.shape.slice(1), input.dtype};
  }
  void run(const TensorSpec&, const void* from, const TensorSpec& output, void* to) const override {
    const auto count = static_cast<std::size_t>(output.shape.size());
    const T* a = static_cast<const T*>(from);
    for (std::size_t i = 0; i < count; ++i) static_cast<T*>(to)[i] = function_(a[i], a[count + i]);
  }

 private:
  T (*function_)(T a, T b);
};

template <typename T>
Tensor map_pairs(const Tensor& a, const Tensor& b, T (*function)(T a, T b)) {
  const Shape shape = broadcast_shapes(a.shape(), b.shape(), "keras.ops");
  const auto whole = [&](const Tensor& x) {
    return x.shape() == shape ? x : broadcast_to(x, shape);
  };
  return host_map(stack({whole(a), whole(b)}), std::make_shared<PairFunction<T>>(function));
}

std::uint64_t magnitude(std::int64_t x) {
  const auto bits = static_cast<std::uint64_t>(x);
  return x < 0 ? ~bits + 1 : bits;
}

std::int64_t gcd_of(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(std::gcd(magnitude(a), magnitude(b)));
}

std::int64_t lcm_of(std::int64_t a, std::int64_t b) {
  const std::uint64_t divisor = std::gcd(magnitude(a), magnitude(b));
  if (divisor == 0) return 0;
  return static_cast<std::int64_t>(magnitude(a) / divisor * magnitude(b));
}

Tensor of_integers(const char* class_name, const Tensor& x1, const Tensor& x2,
                   std::int64_t (*function)(std::int64_t a, std::int64_t b)) {
  for (const Tensor& x : {x1, x2})
    if (is_float(x.dtype()))
      throw DtypeError(str("keras.ops: gcd and lcm take integers. Received: dtype=", x.dtype()));
  return call_or_record(class_name, {x1, x2}, Config::dict(), [function](const Tensors& in) {
    const DType dtype = promote(in[0].dtype(), in[1].dtype());
    return cast(
        map_pairs<std::int64_t>(cast(in[0], DType::kInt64), cast(in[1], DType::kInt64), function),
        dtype);
  });
}

class ErrorFunctionInverse final : public HostFunction {
 public:
  TensorSpec infer(const TensorSpec& input) const override { return input; }
  void run(const TensorSpec& input, const void* from, const TensorSpec&, void* to) const override {
    for (std::int64_t i = 0; i < input.shape.size(); ++i)
      static_cast<double*>(to)[i] = of(static_cast<const double*>(from)[i]);
  }

 private:
  static double of(double x) {
    if (!(std::abs(x) <= 1)) return std::numeric_limits<double>::quiet_NaN();
    if (std::abs(x) == 1) return x * std::numeric_limits<double>::infinity();
    // A step of Newton's sharpens what is small.
    const double y = inverse_normal((x + 1) / 2) / std::numbers::sqrt2;
    return y - (std::erf(y) - x) * std::sqrt(std::numbers::pi) / 2 * std::exp(y * y);
  }
};

Tensor erfinv_of(const Tensors& in) {
  const Tensor& x = in[0];
  const DType dtype = to_float_dtype(x.dtype());
  const Tensor wide = cast(x, DType::kFloat64);
  return cast(host_map(wide, std::make_shared<ErrorFunctionInverse>()), dtype);
}

/// The bytes as they are.
class SameBytes final : public HostFunction {
 public:
  explicit SameBytes(DType dtype) : dtype_(dtype) {}

  TensorSpec infer(const TensorSpec& input) const override {
    const auto from = static_cast<std::int64_t>(dtype_size(input.dtype));
    const auto to = static_cast<std::int64_t>(dtype_size(dtype_));
    Shape shape = input.shape;
    if (from == to) return {shape, dtype_};
    if (shape.rank() == 0 || shape[-1] * from % to != 0)
      throw ShapeError(str("view: the last axis of a tensor of shape ", shape, " and dtype ",
                           input.dtype, " cannot be seen as ", dtype_, "."));
    shape[-1] = shape[-1] * from / to;
    return {shape, dtype_};
  }
  void run(const TensorSpec& input, const void* from, const TensorSpec&, void* to) const override {
    const auto count = static_cast<std::size_t>(input.shape.size());
    if (count != 0) std::memcpy(to, from, count * dtype_size(input.dtype));
  }

 private:
  DType dtype_;
};

}  // namespace

Tensor gcd(const Tensor& x1, const Tensor& x2) { return of_integers("Gcd", x1, x2, gcd_of); }
Tensor lcm(const Tensor& x1, const Tensor& x2) { return of_integers("Lcm", x1, x2, lcm_of); }

Tensor nextafter(const Tensor& x1, const Tensor& x2) {
  return call_or_record("Nextafter", {x1, x2}, Config::dict(), [](const Tensors& in) {
    const DType dtype = to_float_dtype(promote(in[0].dtype(), in[1].dtype()));
    const Tensor a = cast(in[0], dtype), b = cast(in[1], dtype);
    if (dtype == DType::kFloat64)
      return map_pairs<double>(a, b,
                               [](double from, double to) { return std::nextafter(from, to); });
    if (dtype != DType::kFloat32)
      throw DtypeError(str("nextafter takes float32 and float64. Received: dtype=", dtype));
    return map_pairs<float>(a, b, [](float from, float to) { return std::nextafter(from, to); });
  });
}

Tensor view(const Tensor& x, DType dtype) {
  return call_or_record(
      "View", {x}, {{"dtype", std::string(dtype_name(dtype))}},
      [dtype](const Tensors& in) { return host_map(in[0], std::make_shared<SameBytes>(dtype)); });
}

Tensor erfinv(const Tensor& x) {
  return call_or_record("Erfinv", {x}, Config::dict(), [](const Tensors& in) {
    return custom_gradient([](const Tensors& given) -> ValueWithGradient {
      return {erfinv_of(given), [given](const Tensor& upstream) {
                const double scale = std::sqrt(std::numbers::pi) / 2;
                return Tensors{upstream * exp(square(erfinv(given[0]))) * scale};
              }};
    })(in);
  });
}

}  // namespace keras::ops
