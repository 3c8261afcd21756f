// The steps of recurrent layers, of one target; see vector_math-inl.h about being included by
// targets.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

KERAS_INLINE float sigmoid_f32(float x) { return 1.0f / (1.0f + exp_f32(-x)); }

/// Within 2 ulp: the odd polynomial near 0, where 1 - 2 / (e^2x + 1) would cancel.
KERAS_INLINE float tanh_f32(float x) {
  const float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const float small = x + x * z * p;
  const float large = 1.0f - 2.0f / (exp_f32(2.0f * x) + 1.0f);
  return z < 0.390625f ? small : large;
}

/// A masked row gives its state as it was.
void pass_over(const RecurrentStep& s, std::int64_t row, std::int64_t saved_count) {
  const std::int64_t n = s.units;
  const std::size_t bytes = static_cast<std::size_t>(n) * sizeof(float);
  const float* h = s.h + row * n;
  std::memcpy(s.before + row * s.output_stride, h, bytes);
  std::memset(s.saved + row * s.saved_stride, 0, static_cast<std::size_t>(saved_count) * bytes);
  float* y = s.output + row * s.output_stride;
  if (s.zero_masked) {
    std::memset(y, 0, bytes);
  } else {
    std::memcpy(y, h, bytes);
  }
}

void simple_step(const RecurrentStep& s) {
  const std::int64_t n = s.units;
  for (std::int64_t row = 0; row < s.rows; ++row) {
    if (s.mask && !s.mask[row * s.mask_stride]) {
      pass_over(s, row, 1);
      continue;
    }
    const float* __restrict x = s.x + row * s.x_stride;
    const float* __restrict a = s.inner + row * n;
    float* __restrict h = s.h + row * n;
    float* __restrict y = s.output + row * s.output_stride;
    float* __restrict before = s.before + row * s.output_stride;
    float* __restrict saved = s.saved + row * s.saved_stride;
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
      const float next = tanh_f32(x[j] + a[j]);
      before[j] = h[j];
      saved[j] = next;
      y[j] = h[j] = next;
    }
  }
}

void lstm_step(const RecurrentStep& s) {
  const std::int64_t n = s.units;
  for (std::int64_t row = 0; row < s.rows; ++row) {
    if (s.mask && !s.mask[row * s.mask_stride]) {
      pass_over(s, row, 5);
      continue;
    }
    const float* __restrict x = s.x + row * s.x_stride;
    const float* __restrict a = s.inner + row * 4 * n;
    float* __restrict h = s.h + row * n;
    float* __restrict c = s.c + row * n;
    float* __restrict y = s.output + row * s.output_stride;
    float* __restrict before = s.before + row * s.output_stride;
    float* __restrict saved = s.saved + row * s.saved_stride;
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
      const float i = sigmoid_f32(x[j] + a[j]);
      const float f = sigmoid_f32(x[n + j] + a[n + j]);
      const float g = tanh_f32(x[2 * n + j] + a[2 * n + j]);
      const float o = sigmoid_f32(x[3 * n + j] + a[3 * n + j]);
      const float old_c = c[j], next_c = f * old_c + i * g, next_h = o * tanh_f32(next_c);
      saved[j] = i;
      saved[n + j] = f;
      saved[2 * n + j] = g;
      saved[3 * n + j] = o;
      saved[4 * n + j] = old_c;
      before[j] = h[j];
      y[j] = h[j] = next_h;
      c[j] = next_c;
    }
  }
}

void gru_step(const RecurrentStep& s) {
  const std::int64_t n = s.units;
  const float* __restrict bias = s.bias;
  for (std::int64_t row = 0; row < s.rows; ++row) {
    if (s.mask && !s.mask[row * s.mask_stride]) {
      pass_over(s, row, 4);
      continue;
    }
    const float* __restrict x = s.x + row * s.x_stride;
    const float* __restrict a = s.inner + row * 3 * n;
    float* __restrict h = s.h + row * n;
    float* __restrict y = s.output + row * s.output_stride;
    float* __restrict before = s.before + row * s.output_stride;
    float* __restrict saved = s.saved + row * s.saved_stride;
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
      const float z = sigmoid_f32(x[j] + a[j]);
      const float r = sigmoid_f32(x[n + j] + a[n + j]);
      const float candidate = a[2 * n + j] + bias[j];
      const float hh = tanh_f32(x[2 * n + j] + r * candidate);
      const float old = h[j], next = z * old + (1.0f - z) * hh;
      saved[j] = z;
      saved[n + j] = r;
      saved[2 * n + j] = hh;
      saved[3 * n + j] = candidate;
      before[j] = old;
      y[j] = h[j] = next;
    }
  }
}

/// What arrives at h: from the step behind it, which is there, and from the step's own output.
/// False for a masked row, which has no other gradient.
bool arrives(const RecurrentStepGradient& s, std::int64_t row, std::int64_t gates) {
  const bool counts = !s.mask || s.mask[row * s.mask_stride];
  const std::int64_t n = s.units;
  if (s.d_output && (counts || !s.zero_masked)) {
    float* __restrict dh = s.dh + row * n;
    const float* __restrict dy = s.d_output + row * s.output_stride;
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) dh[j] += dy[j];
  }
  if (counts) return true;
  const std::size_t bytes = static_cast<std::size_t>(n) * sizeof(float);
  const auto gate_bytes = static_cast<std::size_t>(gates) * bytes;
  std::memset(s.dx + row * s.x_stride, 0, gate_bytes);
  std::memset(s.inner + row * gates * n, 0, gate_bytes);
  if (s.d_candidate) std::memset(s.d_candidate + row * s.output_stride, 0, bytes);
  return false;
}

void simple_step_gradient(const RecurrentStepGradient& s) {
  const std::int64_t n = s.units;
  for (std::int64_t row = 0; row < s.rows; ++row) {
    if (!arrives(s, row, 1)) continue;
    const float* __restrict saved = s.saved + row * s.saved_stride;
    float* __restrict dh = s.dh + row * n;
    float* __restrict inner = s.inner + row * n;
    float* __restrict dx = s.dx + row * s.x_stride;
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
      dx[j] = inner[j] = dh[j] * (1.0f - saved[j] * saved[j]);
      dh[j] = 0.0f;
    }
  }
}

void lstm_step_gradient(const RecurrentStepGradient& s) {
  const std::int64_t n = s.units;
  for (std::int64_t row = 0; row < s.rows; ++row) {
    if (!arrives(s, row, 4)) continue;
    const float* __restrict saved = s.saved + row * s.saved_stride;
    float* __restrict dh = s.dh + row * n;
    float* __restrict dc = s.dc + row * n;
    float* __restrict inner = s.inner + row * 4 * n;
    float* __restrict dx = s.dx + row * s.x_stride;
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
      const float i = saved[j], f = saved[n + j], g = saved[2 * n + j], o = saved[3 * n + j],
                  c = saved[4 * n + j];
      const float t = tanh_f32(f * c + i * g);
      const float d = dh[j], dn = dc[j] + d * o * (1.0f - t * t);
      dx[j] = inner[j] = dn * g * i * (1.0f - i);
      dx[n + j] = inner[n + j] = dn * c * f * (1.0f - f);
      dx[2 * n + j] = inner[2 * n + j] = dn * i * (1.0f - g * g);
      dx[3 * n + j] = inner[3 * n + j] = d * t * o * (1.0f - o);
      dh[j] = 0.0f;
      dc[j] = dn * f;
    }
  }
}

void gru_step_gradient(const RecurrentStepGradient& s) {
  const std::int64_t n = s.units;
  for (std::int64_t row = 0; row < s.rows; ++row) {
    if (!arrives(s, row, 3)) continue;
    const float* __restrict saved = s.saved + row * s.saved_stride;
    const float* __restrict before = s.before + row * s.output_stride;
    float* __restrict dh = s.dh + row * n;
    float* __restrict inner = s.inner + row * 3 * n;
    float* __restrict dx = s.dx + row * s.x_stride;
    float* __restrict candidate = s.d_candidate + row * s.output_stride;
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
      const float z = saved[j], r = saved[n + j], hh = saved[2 * n + j];
      const float d = dh[j];
      const float da = d * (1.0f - z) * (1.0f - hh * hh);
      const float dz = d * (before[j] - hh) * z * (1.0f - z);
      const float dr = da * saved[3 * n + j] * r * (1.0f - r);
      dx[j] = inner[j] = dz;
      dx[n + j] = inner[n + j] = dr;
      dx[2 * n + j] = da;
      candidate[j] = inner[2 * n + j] = da * r;
      dh[j] = d * z;
    }
  }
}

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
