#pragma once

#include <cstdint>
#include <string>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/random/random.h"

namespace keras::random {

/// The dtype of that name, float32 if it is empty. Throws DtypeError unless it is a float.
inline DType float_dtype(const std::string& dtype) {
  const DType found = dtype_from_name(dtype.empty() ? "float32" : dtype);
  if (!is_float(found))
    throw DtypeError(
        str("`keras.random` requires a floating point `dtype`. Received: dtype=", found));
  return found;
}

/// Seeds for several draws out of one that may be a number.
class Draws {
 public:
  explicit Draws(const Seed& seed) : seed_(seed.draw()) {}
  Tensor uniform(const Shape& shape) {
    // Not 0, of which there is no logarithm.
    return ops::maximum(random::uniform(shape, {.seed = next()}), 1e-30);
  }
  Tensor normal(const Shape& shape) { return random::normal(shape, {.seed = next()}); }

 private:
  Seed next() {
    const Tensor step =
        Tensor::of<std::uint32_t>({0, static_cast<std::uint32_t>(++count_ * 0x9e3779b9u)});
    return Seed(ops::bitwise_xor(seed_, step));
  }

  Tensor seed_;
  std::uint32_t count_ = 0;
};

}  // namespace keras::random
