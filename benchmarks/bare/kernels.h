#pragma once

#include "bare/work.h"

namespace keras::benchmarks {

enum class Numbers { kFloat32, kBfloat16 };

/// Seconds of a kernel of oneDNN alone, again and again on the same memory, every operand in the
/// layout that the kernel likes best, on `threads` threads that never wait for each other: the
/// better one of cutting the batch (or rows) and of cutting the output channels (or columns).
struct KernelSeconds {
  double forward, input_gradient, weight_gradient;
};
KernelSeconds time_convolution(const Convolution& convolution, Numbers numbers, int threads);
KernelSeconds time_product(const Product& product, Numbers numbers, int threads);

/// Bytes a second of a[i] = b[i] + s * c[i] on arrays of `bytes` in all, as in STREAM.
double bandwidth(double bytes, int threads);

}  // namespace keras::benchmarks
