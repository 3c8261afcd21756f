#pragma once

#include <string>

#include "keras/regularizers/regularizer.h"

namespace keras::regularizers {

/// l1 · Σ|x|. Throws ValueError for a negative factor. Keras: keras.regularizers.L1.
class L1 : public Regularizer {
 public:
  L1(double l1 = 0.01);
};

/// l2 · Σx². Throws ValueError for a negative factor. Keras: keras.regularizers.L2.
class L2 : public Regularizer {
 public:
  L2(double l2 = 0.01);
};

struct L1L2Options {
  double l1 = 0.0;
  double l2 = 0.0;
};
/// l1 · Σ|x| + l2 · Σx². Keras: keras.regularizers.L1L2.
class L1L2 : public Regularizer {
 public:
  L1L2(L1L2Options options = {});
};

struct OrthogonalRegularizerOptions {
  double factor = 0.01;
  std::string mode = "rows";  ///< or "columns"
};
/// factor times the mean |cosine| between the rows (or columns) of a matrix.
/// Keras: keras.regularizers.OrthogonalRegularizer.
class OrthogonalRegularizer : public Regularizer {
 public:
  OrthogonalRegularizer(OrthogonalRegularizerOptions options = {});
};

}  // namespace keras::regularizers
