#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/initializers/initializers.h"
#include "keras/initializers/seeded_initializer.h"
#include "keras/ops/numpy.h"
#include "keras/random/random.h"

namespace keras::initializers {
namespace {

/// Makes the rows orthonormal one after the other: the Q of a QR factorization whose R has a
/// positive diagonal. Two sweeps, as one loses orthogonality where rows are nearly parallel.
void orthonormalize_rows(std::vector<double>& values, std::size_t rows, std::size_t columns) {
  const auto dot = [&](const double* a, const double* b) {
    double sum = 0;
    for (std::size_t i = 0; i < columns; ++i) sum += a[i] * b[i];
    return sum;
  };
  for (std::size_t row = 0; row < rows; ++row) {
    double* current = values.data() + row * columns;
    for (int sweep = 0; sweep < 2; ++sweep)
      for (std::size_t other = 0; other < row; ++other) {
        const double* done = values.data() + other * columns;
        const double shadow = dot(current, done);
        for (std::size_t i = 0; i < columns; ++i) current[i] -= shadow * done[i];
      }
    const double norm = std::sqrt(dot(current, current));
    for (std::size_t i = 0; i < columns; ++i) current[i] /= norm;
  }
}

class OrthogonalImpl final : public SeededInitializer {
 public:
  explicit OrthogonalImpl(OrthogonalOptions options)
      : SeededInitializer(options.seed), gain_(options.gain) {}
  std::string class_name() const override { return "Orthogonal"; }
  Config get_config() const override { return {{"seed", seed_config()}, {"gain", gain_}}; }
  Tensor call(const Shape& shape, DType dtype) const override {
    if (shape.rank() < 2)
      throw ValueError(
          str("The tensor to initialize must be at least two-dimensional. Received: shape=", shape,
              " of rank ", shape.rank(), "."));
    const std::int64_t columns = shape[-1];
    const std::int64_t rows = shape.slice(0, shape.rank() - 1).size();
    const std::int64_t count = std::min(rows, columns);
    const std::int64_t length = std::max(rows, columns);
    std::vector<double> values =
        random::normal({count, length}, {.seed = seed()}).to_vector<double>();
    orthonormalize_rows(values, static_cast<std::size_t>(count), static_cast<std::size_t>(length));
    Tensor matrix = Tensor::from(values, {count, length}) * gain_;
    if (rows > columns) matrix = ops::transpose(matrix);
    return ops::cast(ops::reshape(matrix, shape), dtype);
  }

 private:
  double gain_;
};

}  // namespace

Orthogonal::Orthogonal(OrthogonalOptions options)
    : Initializer(std::make_shared<const OrthogonalImpl>(options)) {}

}  // namespace keras::initializers
