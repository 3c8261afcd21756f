#include "keras/backend/reference/matrices.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace keras::reference {
namespace {

constexpr int kMaxSweeps = 60;
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

void swap_rows(Matrix& a, std::int64_t i, std::int64_t j) {
  for (std::int64_t k = 0; k < a.columns; ++k) std::swap(a(i, k), a(j, k));
}

/// The cosine and sine of the rotation that makes a symmetric 2×2 matrix diagonal, given
/// (a_qq - a_pp) / (2 a_pq).
std::pair<double, double> rotation(double theta) {
  const double t = (theta < 0 ? -1 : 1) / (std::abs(theta) + std::hypot(theta, 1));
  const double c = 1 / std::hypot(t, 1);
  return {c, t * c};
}

void rotate_columns(Matrix& a, std::int64_t p, std::int64_t q, double c, double s) {
  for (std::int64_t i = 0; i < a.rows; ++i) {
    const double x = a(i, p), y = a(i, q);
    a(i, p) = c * x - s * y;
    a(i, q) = s * x + c * y;
  }
}
void rotate_rows(Matrix& a, std::int64_t p, std::int64_t q, double c, double s) {
  for (std::int64_t i = 0; i < a.columns; ++i) {
    const double x = a(p, i), y = a(q, i);
    a(p, i) = c * x - s * y;
    a(q, i) = s * x + c * y;
  }
}

Matrix pick_columns(const Matrix& a, const std::vector<std::int64_t>& order) {
  Matrix out(a.rows, static_cast<std::int64_t>(order.size()));
  for (std::int64_t j = 0; j < out.columns; ++j)
    for (std::int64_t i = 0; i < a.rows; ++i) out(i, j) = a(i, order[static_cast<std::size_t>(j)]);
  return out;
}

/// I - tau v vᵀ applied to the columns of a from row `first` on, v(first) being 1.
void reflect_rows(Matrix& a, const std::vector<double>& v, double tau, std::int64_t first) {
  for (std::int64_t j = 0; j < a.columns; ++j) {
    double sum = 0;
    for (std::int64_t i = first; i < a.rows; ++i) sum += v[static_cast<std::size_t>(i)] * a(i, j);
    for (std::int64_t i = first; i < a.rows; ++i)
      a(i, j) -= tau * sum * v[static_cast<std::size_t>(i)];
  }
}

double column_product(const Matrix& a, std::int64_t p, std::int64_t q) {
  double sum = 0;
  for (std::int64_t i = 0; i < a.rows; ++i) sum += a(i, p) * a(i, q);
  return sum;
}

/// One pass over all pairs of columns; whether any was still turned.
bool make_columns_orthogonal(Matrix& work, Matrix& v) {
  bool turned = false;
  for (std::int64_t p = 0; p < work.columns; ++p)
    for (std::int64_t q = p + 1; q < work.columns; ++q) {
      const double pp = column_product(work, p, p), qq = column_product(work, q, q);
      const double pq = column_product(work, p, q);
      if (!(std::abs(pq) > kEpsilon * std::sqrt(pp * qq))) continue;
      turned = true;
      const auto [c, s] = rotation((qq - pp) / (2 * pq));
      rotate_columns(work, p, q, c, s);
      rotate_columns(v, p, q, c, s);
    }
  return turned;
}

/// Takes from column j what lies along the columns before it, twice, for rounding; its length.
double orthogonalize(Matrix& u, std::int64_t j) {
  for (int pass = 0; pass < 2; ++pass)
    for (std::int64_t k = 0; k < j; ++k) {
      const double along = column_product(u, k, j);
      for (std::int64_t i = 0; i < u.rows; ++i) u(i, j) -= along * u(i, k);
    }
  return std::sqrt(column_product(u, j, j));
}

/// Fills columns from `first` on so that all are orthonormal.
void complete_basis(Matrix& u, std::int64_t first) {
  for (std::int64_t j = first; j < u.columns; ++j)
    for (std::int64_t axis = 0; axis < u.rows; ++axis) {
      for (std::int64_t i = 0; i < u.rows; ++i) u(i, j) = i == axis ? 1 : 0;
      const double length = orthogonalize(u, j);
      // Some axis keeps at least this much of its length outside of fewer than `rows` columns.
      if (length * length * static_cast<double>(u.rows) < 0.5) continue;
      for (std::int64_t i = 0; i < u.rows; ++i) u(i, j) /= length;
      break;
    }
}

SingularTriples triples_of_tall(const Matrix& a) {
  Matrix work = a, v = Matrix::identity(a.columns);
  for (int sweep = 0; sweep < kMaxSweeps && make_columns_orthogonal(work, v); ++sweep) {
  }
  std::vector<double> lengths;
  for (std::int64_t j = 0; j < a.columns; ++j)
    lengths.push_back(std::sqrt(column_product(work, j, j)));
  std::vector<std::int64_t> order(lengths.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t i, std::int64_t j) {
    return lengths[static_cast<std::size_t>(i)] > lengths[static_cast<std::size_t>(j)];
  });
  SingularTriples out{Matrix(a.rows, a.rows), {}, pick_columns(v, order)};
  std::int64_t filled = 0;
  for (const std::int64_t j : order) {
    const double length = lengths[static_cast<std::size_t>(j)];
    out.values.push_back(length);
    if (!(length > kEpsilon * out.values.front())) continue;
    for (std::int64_t i = 0; i < a.rows; ++i) out.u(i, filled) = work(i, j) / length;
    ++filled;
  }
  complete_basis(out.u, filled);
  return out;
}

}  // namespace

Matrix Matrix::identity(std::int64_t n) {
  Matrix out(n, n);
  for (std::int64_t i = 0; i < n; ++i) out(i, i) = 1;
  return out;
}

Matrix Matrix::transposed() const {
  Matrix out(columns, rows);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) out(j, i) = (*this)(i, j);
  return out;
}

LuFactors factor_lu(Matrix a) {
  std::vector<std::int64_t> pivots;
  for (std::int64_t k = 0; k < a.rows; ++k) {
    std::int64_t pivot = k;
    for (std::int64_t i = k + 1; i < a.rows; ++i)
      if (std::abs(a(i, k)) > std::abs(a(pivot, k))) pivot = i;
    pivots.push_back(pivot);
    swap_rows(a, k, pivot);
    if (a(k, k) == 0) continue;
    for (std::int64_t i = k + 1; i < a.rows; ++i) {
      a(i, k) /= a(k, k);
      for (std::int64_t j = k + 1; j < a.columns; ++j) a(i, j) -= a(i, k) * a(k, j);
    }
  }
  return {std::move(a), std::move(pivots)};
}

Matrix solve_lu(const LuFactors& factors, Matrix b) {
  const Matrix& lu = factors.lu;
  for (std::int64_t i = 0; i < lu.rows; ++i)
    swap_rows(b, i, factors.pivots[static_cast<std::size_t>(i)]);
  for (std::int64_t column = 0; column < b.columns; ++column) {
    for (std::int64_t i = 0; i < lu.rows; ++i)
      for (std::int64_t k = 0; k < i; ++k) b(i, column) -= lu(i, k) * b(k, column);
    for (std::int64_t i = lu.rows - 1; i >= 0; --i) {
      for (std::int64_t k = i + 1; k < lu.rows; ++k) b(i, column) -= lu(i, k) * b(k, column);
      b(i, column) /= lu(i, i);
    }
  }
  return b;
}

Matrix factor_cholesky(const Matrix& a) {
  Matrix out(a.rows, a.rows);
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t j = 0; j <= i; ++j) {
      double sum = a(i, j);
      for (std::int64_t k = 0; k < j; ++k) sum -= out(i, k) * out(j, k);
      if (i == j && !(sum > 0)) {
        std::fill(out.values.begin(), out.values.end(), std::nan(""));
        return out;
      }
      out(i, j) = i == j ? std::sqrt(sum) : sum / out(j, j);
    }
  return out;
}

QrFactors factor_qr(Matrix a) {
  const std::int64_t count = std::min(a.rows, a.columns);
  Matrix turned = Matrix::identity(a.rows);
  for (std::int64_t k = 0; k < count; ++k) {
    double below = 0;
    for (std::int64_t i = k + 1; i < a.rows; ++i) below += a(i, k) * a(i, k);
    if (below == 0) continue;
    const double alpha = a(k, k);
    const double beta = -std::copysign(std::sqrt(alpha * alpha + below), alpha);
    std::vector<double> v(static_cast<std::size_t>(a.rows));
    v[static_cast<std::size_t>(k)] = 1;
    for (std::int64_t i = k + 1; i < a.rows; ++i)
      v[static_cast<std::size_t>(i)] = a(i, k) / (alpha - beta);
    reflect_rows(a, v, (beta - alpha) / beta, k);
    reflect_rows(turned, v, (beta - alpha) / beta, k);
    for (std::int64_t i = k + 1; i < a.rows; ++i) a(i, k) = 0;
  }
  return {turned.transposed(), std::move(a)};
}

Eigenpairs eigenpairs(const Matrix& a) {
  const std::int64_t n = a.rows;
  Matrix work = a, vectors = Matrix::identity(n);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = i + 1; j < n; ++j) work(i, j) = work(j, i);
  bool turned = true;
  for (int sweep = 0; sweep < kMaxSweeps && turned; ++sweep) {
    turned = false;
    for (std::int64_t p = 0; p < n; ++p)
      for (std::int64_t q = p + 1; q < n; ++q) {
        const double size = std::hypot(work(p, p), work(q, q));
        if (!(std::abs(work(p, q)) > kEpsilon * size * 1e-3)) continue;
        turned = true;
        const auto [c, s] = rotation((work(q, q) - work(p, p)) / (2 * work(p, q)));
        rotate_columns(work, p, q, c, s);
        rotate_rows(work, p, q, c, s);
        rotate_columns(vectors, p, q, c, s);
      }
  }
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int64_t i, std::int64_t j) { return work(i, i) < work(j, j); });
  Eigenpairs out{{}, pick_columns(vectors, order)};
  for (const std::int64_t i : order) out.values.push_back(work(i, i));
  return out;
}

SingularTriples singular_triples(const Matrix& a) {
  if (a.rows >= a.columns) return triples_of_tall(a);
  SingularTriples out = triples_of_tall(a.transposed());
  std::swap(out.u, out.v);
  return out;
}

}  // namespace keras::reference
