#include "keras/ops/numpy.h"
#include "keras/ops/record.h"
#include "keras/ops/special.h"

// Tensors hold real numbers, so these see what has no imaginary part.
namespace keras::ops {

Tensor real(const Tensor& x) {
  return call_or_record("Real", {x}, Config::dict(), [](const Tensors& in) { return in[0]; });
}

Tensor imag(const Tensor& x) {
  return call_or_record("Imag", {x}, Config::dict(),
                        [](const Tensors& in) { return zeros_like(in[0]); });
}

Tensor conjugate(const Tensor& x) {
  return call_or_record("Conjugate", {x}, Config::dict(), [](const Tensors& in) { return in[0]; });
}

Tensor conj(const Tensor& x) { return conjugate(x); }

Tensor angle(const Tensor& x) {
  return call_or_record("Angle", {x}, Config::dict(), [](const Tensors& in) {
    const Tensor number = cast(in[0], to_float_dtype(in[0].dtype()));
    return arctan2(zeros_like(number), number);
  });
}

}  // namespace keras::ops
