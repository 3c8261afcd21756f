#pragma once

#include <cstdint>
#include <vector>

namespace keras::reference {

/// A small dense matrix, row by row.
struct Matrix {
  Matrix() = default;
  Matrix(std::int64_t row_count, std::int64_t column_count)
      : rows(row_count),
        columns(column_count),
        values(static_cast<std::size_t>(row_count * column_count)) {}
  static Matrix identity(std::int64_t n);
  Matrix transposed() const;

  double& operator()(std::int64_t i, std::int64_t j) {
    return values[static_cast<std::size_t>(i * columns + j)];
  }
  double operator()(std::int64_t i, std::int64_t j) const {
    return values[static_cast<std::size_t>(i * columns + j)];
  }

  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<double> values;
};

/// L below the diagonal and U, with the row that each row was swapped with.
struct LuFactors {
  Matrix lu;
  std::vector<std::int64_t> pivots;
};
/// With partial pivoting (Golub and Van Loan, "Matrix Computations", 3.4).
LuFactors factor_lu(Matrix a);
/// The solution for factored a; infinite or NaN where a is singular.
Matrix solve_lu(const LuFactors& factors, Matrix b);

/// The lower factor of the symmetric matrix with that lower triangle; NaN unless positive definite.
Matrix factor_cholesky(const Matrix& a);

struct QrFactors {
  Matrix q;  ///< square
  Matrix r;  ///< of the matrix's shape
};
/// By Householder's reflections, with LAPACK's signs.
QrFactors factor_qr(Matrix a);

struct Eigenpairs {
  std::vector<double> values;  ///< ascending
  Matrix vectors;              ///< columns
};
/// By Jacobi's rotations, of the symmetric matrix with that lower triangle.
Eigenpairs eigenpairs(const Matrix& a);

struct SingularTriples {
  Matrix u;                    ///< square
  std::vector<double> values;  ///< descending
  Matrix v;                    ///< square
};
/// By one-sided rotations (Hestenes, 1958).
SingularTriples singular_triples(const Matrix& a);

}  // namespace keras::reference
