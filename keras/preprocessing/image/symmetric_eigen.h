#pragma once

#include <cstddef>
#include <vector>

namespace keras::preprocessing::image {

struct SymmetricEigen {
  std::vector<double> values;   ///< in no order
  std::vector<double> vectors;  ///< row i belongs to value i
};

/// The eigenvalues and orthonormal eigenvectors of a symmetric matrix of `size` rows: Householder's
/// tridiagonal form, then implicit QL steps (Golub and Van Loan, "Matrix Computations", 8.3).
SymmetricEigen symmetric_eigen(std::vector<double> matrix, std::size_t size);

}  // namespace keras::preprocessing::image
