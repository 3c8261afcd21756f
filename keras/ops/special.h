#pragma once

#include <cstdint>
#include <string>

#include "keras/engine/tensor/tensor.h"

/// Functions of keras.ops that few programs need.
namespace keras::ops {

/// Parts of numbers that are all real: themselves, zeros, themselves; and their angle, 0 or pi.
Tensor real(const Tensor& x);
Tensor imag(const Tensor& x);
Tensor conjugate(const Tensor& x);
Tensor conj(const Tensor& x);
Tensor angle(const Tensor& x);

/// The greatest common divisor, and the least common multiple. Both throw DtypeError for floats.
Tensor gcd(const Tensor& x1, const Tensor& x2);
Tensor lcm(const Tensor& x1, const Tensor& x2);
/// The number next to x1 on the way to x2. Throws DtypeError for floats of 16 bits.
Tensor nextafter(const Tensor& x1, const Tensor& x2);
/// The same bytes as another dtype; the last axis grows or shrinks with the numbers' size. Throws
/// ShapeError where it cannot.
Tensor view(const Tensor& x, DType dtype);

/// The number whose error function is x, in (-1, 1): infinite at the ends, NaN outside of them.
Tensor erfinv(const Tensor& x);
/// The modified Bessel function of the first kind and order 0.
Tensor i0(const Tensor& x);
/// A window of J. Kaiser: `x` values, the narrower the larger `beta` is.
Tensor kaiser(std::int64_t x, double beta);

/// How the rows of x (each one variable) go with each other: (rows, rows), 1 on the diagonal; a
/// vector is one row.
Tensor corrcoef(const Tensor& x);
struct CorrelateOptions {
  /// "valid": where the shorter one lies within the longer; "same": as many as the longer has;
  /// "full": wherever they meet.
  std::string mode = "valid";
};
/// The sums of products of two vectors, one moved along the other. Throws ShapeError for other
/// ranks and ValueError for other modes.
Tensor correlate(const Tensor& x1, const Tensor& x2, CorrelateOptions options = {});

}  // namespace keras::ops
