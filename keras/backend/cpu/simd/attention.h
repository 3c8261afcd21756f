#pragma once

#include <cstdint>

namespace keras::backend::cpu {

/// Columns side by side in a transposed matrix: (columns / 64 blocks, rows, 64 columns), zeros
/// beyond the last column.
inline constexpr std::int64_t kAcrossColumns = 64;
inline constexpr std::int64_t across_size(std::int64_t rows, std::int64_t columns) {
  return (columns + kAcrossColumns - 1) / kAcrossColumns * kAcrossColumns * rows;
}

/// The rows of a matrix as such columns, times `factor`.
struct AcrossMatrix {
  std::int64_t rows, columns;  ///< of the matrix; columns: a multiple of 16
  const float* matrix;
  std::int64_t stride;  ///< from row to row
  float factor;
  float* across;
};

/// Which keys a query sees. Strides, in elements, lead from query to query and from key to key.
struct AttentionMask {
  const bool* mask = nullptr;  ///< of the first query of a share; null for all
  std::int64_t query_stride = 0, key_stride = 0;
  bool causal = false;
  float hidden_score = 0;  ///< of what the mask hides
};

/// Some queries of one head. Strides lead from row to row; sizes are multiples of 16 but for the
/// numbers of queries and keys.
struct Attention {
  std::int64_t first_query, queries, keys, key_depth, value_depth;
  const float* query;
  std::int64_t query_stride;
  const float* keys_across;  ///< times the scale
  const float* value;
  std::int64_t value_stride;
  AttentionMask mask;
  float* scores;  ///< for queries x (keys, rounded up to a multiple of 16) numbers
  float* y;
  std::int64_t y_stride;
  float* maximum;  ///< one a query
  float* sum;
};

/// The same backwards; what reaches keys and values is added.
struct AttentionGradient {
  std::int64_t first_query, queries, keys, key_depth, value_depth;
  float scale;
  const float* query;
  std::int64_t query_stride;  ///< of dquery, too
  const float* key;
  std::int64_t key_stride;   ///< of dkey, too
  const float* keys_across;  ///< times the scale
  const float* values_across;
  AttentionMask mask;
  const float* maximum;
  const float* sum;
  const float* dy;
  std::int64_t dy_stride;
  float* weights;  ///< for as many numbers as there are scores
  float* scores;   ///< as above
  float* dquery;
  float* dkey;
  float* dvalue;
  std::int64_t dvalue_stride;
};

}  // namespace keras::backend::cpu
