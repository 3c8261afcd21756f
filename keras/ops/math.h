#pragma once

#include <cstdint>

#include "keras/engine/tensor/tensor.h"
#include "keras/ops/numpy.h"

/// Keras: the mathematical part of keras.ops.
namespace keras::ops {

/// log(sum(exp(x))) along axes, without overflow.
Tensor logsumexp(const Tensor& x, ReduceOptions options = {});

struct TopK {
  Tensor values;
  Tensor indices;  ///< int32
};
struct TopKOptions {
  bool sorted = true;  ///< They always are.
};
/// The k largest values along the last axis, the largest first, and where they stand.
TopK top_k(const Tensor& x, std::int64_t k, TopKOptions options = {});
/// Whether the score of each target class is among the k largest along the last axis.
Tensor in_top_k(const Tensor& targets, const Tensor& predictions, std::int64_t k);

/// Rows of data combined by the segment that each belongs to; rows whose segment is not in
/// [0, num_segments) are passed over. An empty segment has the value that changes nothing: 0, the
/// dtype's least or greatest value, or 1.
Tensor segment_sum(const Tensor& data, const Tensor& segment_ids, std::int64_t num_segments);
Tensor segment_max(const Tensor& data, const Tensor& segment_ids, std::int64_t num_segments);
Tensor segment_min(const Tensor& data, const Tensor& segment_ids, std::int64_t num_segments);
Tensor segment_prod(const Tensor& data, const Tensor& segment_ids, std::int64_t num_segments);

/// 1 - erf(x).
Tensor erfc(const Tensor& x);
/// Euclidean distances of all pairs of rows: (…, m, d) and (…, n, d) give (…, m, n).
Tensor cdist(const Tensor& x, const Tensor& y);
/// Windows of a length along the last axis, a stride apart.
Tensor extract_sequences(const Tensor& x, std::int64_t sequence_length,
                         std::int64_t sequence_stride);

}  // namespace keras::ops
