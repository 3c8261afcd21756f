#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

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

/// Numbers with a real and an imaginary part, in two tensors of one shape and float dtype.
struct Complex {
  Tensor real;
  Tensor imag;
};
/// The discrete Fourier transform along the last axis; fft2 along the last two, ifft2 back. Throw
/// ValueError unless both parts are float tensors of one shape.
Complex fft(const Complex& x);
Complex fft2(const Complex& x);
Complex ifft2(const Complex& x);

struct RfftOptions {
  /// Longer inputs are cut, shorter ones filled up with zeros; the inputs' own when unset.
  std::optional<std::int64_t> fft_length = {};
};
/// Of real numbers: the fft_length / 2 + 1 frequencies that tell all.
Complex rfft(const Tensor& x, RfftOptions options = {});
/// Back from these frequencies.
Tensor irfft(const Complex& x, RfftOptions options = {});

/// A window: "hann" or "hamming", `sequence_length` values, or none.
using StftWindow = std::variant<std::monostate, std::string, Tensor>;
struct StftOptions {
  StftWindow window = std::string("hann");
  bool center = true;  ///< Reflected ends are added, so that frame t is centred at t strides.
};
/// The transforms of windows along the last axis: (…, samples) gives (…, frames, frequencies).
/// Throws ValueError for a window or a `fft_length` shorter than `sequence_length`.
Complex stft(const Tensor& x, std::int64_t sequence_length, std::int64_t sequence_stride,
             std::int64_t fft_length, StftOptions options = {});
struct IstftOptions {
  std::optional<std::int64_t> length = {};  ///< of the result; all there is when unset
  StftWindow window = std::string("hann");
  bool center = true;  ///< as in `stft`
};
/// Back from the transforms of windows.
Tensor istft(const Complex& x, std::int64_t sequence_length, std::int64_t sequence_stride,
             std::int64_t fft_length, IstftOptions options = {});

}  // namespace keras::ops
