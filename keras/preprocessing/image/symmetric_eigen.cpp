#include "keras/preprocessing/image/symmetric_eigen.h"

#include <cmath>
#include <limits>
#include <utility>

#include "keras/engine/error.h"

namespace keras::preprocessing::image {
namespace {

using Values = std::vector<double>;

/// Diagonal, what stands beside it, and the reflections that led there.
struct Tridiagonal {
  Values diagonal, beside;
  std::vector<Values> reflections;  ///< number k acts on the places after k
};

/// The unit vector that reflects `x` onto the first axis, or nothing where x lies there already;
/// x[0] becomes what is left.
Values reflection(Values& x) {
  double norm = 0;
  for (const double v : x) norm += v * v;
  norm = std::sqrt(norm);
  double rest = 0;
  for (std::size_t i = 1; i < x.size(); ++i) rest += x[i] * x[i];
  if (rest == 0) return {};
  Values v = x;
  x[0] = v[0] > 0 ? -norm : norm;
  v[0] -= x[0];
  const double length = std::sqrt(v[0] * v[0] + rest);
  for (double& value : v) value /= length;
  return v;
}

/// a := (1 - 2 v vᵀ) a (1 - 2 v vᵀ) on the rows and columns after k.
void reflect_both_sides(Values& a, std::size_t size, std::size_t k, const Values& v) {
  const std::size_t count = v.size();
  Values q(count);
  double along = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double* row = &a[(k + 1 + i) * size + k + 1];
    for (std::size_t j = 0; j < count; ++j) q[i] += row[j] * v[j];
    along += v[i] * q[i];
  }
  for (std::size_t i = 0; i < count; ++i) q[i] -= along * v[i];
  for (std::size_t i = 0; i < count; ++i) {
    double* row = &a[(k + 1 + i) * size + k + 1];
    for (std::size_t j = 0; j < count; ++j) row[j] -= 2 * (v[i] * q[j] + q[i] * v[j]);
  }
}

Tridiagonal tridiagonal_form(Values& a, std::size_t size) {
  Tridiagonal out;
  out.beside.resize(size);
  for (std::size_t k = 0; k + 1 < size; ++k) {
    Values column;
    for (std::size_t i = k + 1; i < size; ++i) column.push_back(a[i * size + k]);
    Values v = reflection(column);
    out.beside[k] = column[0];
    if (!v.empty()) reflect_both_sides(a, size, k, v);
    out.reflections.push_back(std::move(v));
  }
  for (std::size_t k = 0; k < size; ++k) out.diagonal.push_back(a[k * size + k]);
  return out;
}

/// The transpose of the product of all reflections.
Values product_of(const std::vector<Values>& reflections, std::size_t size) {
  Values out(size * size);
  for (std::size_t i = 0; i < size; ++i) out[i * size + i] = 1;
  for (std::size_t k = reflections.size(); k-- > 0;) {
    const Values& v = reflections[k];
    if (v.empty()) continue;
    for (std::size_t row = 0; row < size; ++row) {
      double* at = &out[row * size + k + 1];
      double along = 0;
      for (std::size_t i = 0; i < v.size(); ++i) along += v[i] * at[i];
      for (std::size_t i = 0; i < v.size(); ++i) at[i] -= 2 * along * v[i];
    }
  }
  return out;
}

class QlSteps {
 public:
  QlSteps(Values diagonal, Values beside, Values vectors)
      : d_(std::move(diagonal)), e_(std::move(beside)), vectors_(std::move(vectors)) {}

  SymmetricEigen run() {
    constexpr int kMostSteps = 100;
    for (std::size_t first = 0; first < d_.size(); ++first) {
      int steps = 0;
      for (std::size_t last = split(first); last != first; last = split(first)) {
        if (++steps > kMostSteps)
          throw ValueError("The eigenvalues of a matrix with values that are not finite.");
        step(first, last);
      }
    }
    return {std::move(d_), std::move(vectors_)};
  }

 private:
  /// The last place of the block that begins at `first`.
  std::size_t split(std::size_t first) const {
    constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
    std::size_t last = first;
    while (last + 1 < d_.size() &&
           !(std::abs(e_[last]) <= kEpsilon * (std::abs(d_[last]) + std::abs(d_[last + 1]))))
      ++last;
    return last;
  }

  void step(std::size_t first, std::size_t last) {
    double g = (d_[first + 1] - d_[first]) / (2 * e_[first]);
    double r = std::hypot(g, 1.0);
    g = d_[last] - d_[first] + e_[first] / (g + std::copysign(r, g));
    double sine = 1, cosine = 1, p = 0;
    for (std::size_t i = last; i-- > first;) {
      const double f = sine * e_[i];
      const double b = cosine * e_[i];
      e_[i + 1] = r = std::hypot(f, g);
      if (r == 0) {
        d_[i + 1] -= p;
        e_[last] = 0;
        return;
      }
      sine = f / r;
      cosine = g / r;
      g = d_[i + 1] - p;
      r = (d_[i] - g) * sine + 2 * cosine * b;
      p = sine * r;
      d_[i + 1] = g + p;
      g = cosine * r - b;
      rotate(i, sine, cosine);
    }
    d_[first] -= p;
    e_[first] = g;
    e_[last] = 0;
  }

  void rotate(std::size_t row, double sine, double cosine) {
    double* upper = &vectors_[row * d_.size()];
    double* lower = upper + d_.size();
    for (std::size_t k = 0; k < d_.size(); ++k) {
      const double was = lower[k];
      lower[k] = sine * upper[k] + cosine * was;
      upper[k] = cosine * upper[k] - sine * was;
    }
  }

  Values d_, e_, vectors_;
};

}  // namespace

SymmetricEigen symmetric_eigen(std::vector<double> matrix, std::size_t size) {
  Tridiagonal form = tridiagonal_form(matrix, size);
  Values vectors = product_of(form.reflections, size);
  return QlSteps(std::move(form.diagonal), std::move(form.beside), std::move(vectors)).run();
}

}  // namespace keras::preprocessing::image
