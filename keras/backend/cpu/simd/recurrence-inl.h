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

void simple_step(const RecurrentStep& s) {
  const std::int64_t n = s.units;
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const bool counts = !s.mask || s.mask[row * s.mask_stride];
    const float* __restrict x = s.x + row * s.x_stride;
    const float* __restrict a = s.inner + row * n;
    float* __restrict h = s.h + row * n;
    float* __restrict y = s.output + row * s.output_stride;
    float* __restrict before = s.before + row * s.output_stride;
    float* __restrict saved = s.saved + row * s.saved_stride;
    const bool zero = s.zero_masked;
    for (std::int64_t j = 0; j < n; ++j) {
      const float old = h[j], next = tanh_f32(x[j] + a[j]);
      before[j] = old;
      saved[j] = next;
      y[j] = counts ? next : zero ? 0.0f : old;
      h[j] = counts ? next : old;
    }
  }
}

void lstm_step(const RecurrentStep& s) {
  const std::int64_t n = s.units;
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const bool counts = !s.mask || s.mask[row * s.mask_stride];
    const float* __restrict x = s.x + row * s.x_stride;
    const float* __restrict a = s.inner + row * 4 * n;
    float* __restrict h = s.h + row * n;
    float* __restrict c = s.c + row * n;
    float* __restrict y = s.output + row * s.output_stride;
    float* __restrict before = s.before + row * s.output_stride;
    float* __restrict saved = s.saved + row * s.saved_stride;
    const bool zero = s.zero_masked;
    for (std::int64_t j = 0; j < n; ++j) {
      const float i = sigmoid_f32(x[j] + a[j]);
      const float f = sigmoid_f32(x[n + j] + a[n + j]);
      const float g = tanh_f32(x[2 * n + j] + a[2 * n + j]);
      const float o = sigmoid_f32(x[3 * n + j] + a[3 * n + j]);
      const float old_h = h[j], old_c = c[j];
      const float next_c = f * old_c + i * g, next_h = o * tanh_f32(next_c);
      saved[j] = i;
      saved[n + j] = f;
      saved[2 * n + j] = g;
      saved[3 * n + j] = o;
      saved[4 * n + j] = old_c;
      before[j] = old_h;
      y[j] = counts ? next_h : zero ? 0.0f : old_h;
      h[j] = counts ? next_h : old_h;
      c[j] = counts ? next_c : old_c;
    }
  }
}

void gru_step(const RecurrentStep& s) {
  const std::int64_t n = s.units;
  const float* __restrict bias = s.bias;
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const bool counts = !s.mask || s.mask[row * s.mask_stride];
    const float* __restrict x = s.x + row * s.x_stride;
    const float* __restrict a = s.inner + row * 3 * n;
    float* __restrict h = s.h + row * n;
    float* __restrict y = s.output + row * s.output_stride;
    float* __restrict before = s.before + row * s.output_stride;
    float* __restrict saved = s.saved + row * s.saved_stride;
    const bool zero = s.zero_masked;
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
      y[j] = counts ? next : zero ? 0.0f : old;
      h[j] = counts ? next : old;
    }
  }
}

/// What arrives at h from the step's output and from the step behind it.
KERAS_INLINE float total(const float* dy, std::int64_t j, float dh, bool takes) {
  return dy && takes ? dh + dy[j] : dh;
}

void simple_step_gradient(const RecurrentStepGradient& s) {
  const std::int64_t n = s.units;
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const bool counts = !s.mask || s.mask[row * s.mask_stride];
    const bool takes = counts || !s.zero_masked;
    const float* __restrict saved = s.saved + row * s.saved_stride;
    const float* dy = s.d_output ? s.d_output + row * s.output_stride : nullptr;
    float* __restrict dh = s.dh + row * n;
    float* __restrict inner = s.inner + row * n;
    float* __restrict dx = s.dx + row * s.x_stride;
    for (std::int64_t j = 0; j < n; ++j) {
      const float d = total(dy, j, dh[j], takes);
      const float da = counts ? d * (1.0f - saved[j] * saved[j]) : 0.0f;
      dx[j] = da;
      inner[j] = da;
      dh[j] = counts ? 0.0f : d;
    }
  }
}

void lstm_step_gradient(const RecurrentStepGradient& s) {
  const std::int64_t n = s.units;
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const bool counts = !s.mask || s.mask[row * s.mask_stride];
    const bool takes = counts || !s.zero_masked;
    const float* __restrict saved = s.saved + row * s.saved_stride;
    const float* dy = s.d_output ? s.d_output + row * s.output_stride : nullptr;
    float* __restrict dh = s.dh + row * n;
    float* __restrict dc = s.dc + row * n;
    float* __restrict inner = s.inner + row * 4 * n;
    float* __restrict dx = s.dx + row * s.x_stride;
    const float on = counts ? 1.0f : 0.0f;
    for (std::int64_t j = 0; j < n; ++j) {
      const float i = saved[j], f = saved[n + j], g = saved[2 * n + j], o = saved[3 * n + j],
                  c = saved[4 * n + j];
      const float t = tanh_f32(f * c + i * g);
      const float d = total(dy, j, dh[j], takes), old = dc[j];
      const float dn = old + d * o * (1.0f - t * t);
      const float di = on * (dn * g * i * (1.0f - i)), df = on * (dn * c * f * (1.0f - f));
      const float dg = on * (dn * i * (1.0f - g * g)), d_o = on * (d * t * o * (1.0f - o));
      dx[j] = inner[j] = di;
      dx[n + j] = inner[n + j] = df;
      dx[2 * n + j] = inner[2 * n + j] = dg;
      dx[3 * n + j] = inner[3 * n + j] = d_o;
      dh[j] = counts ? 0.0f : d;
      dc[j] = counts ? dn * f : old;
    }
  }
}

void gru_step_gradient(const RecurrentStepGradient& s) {
  const std::int64_t n = s.units;
  for (std::int64_t row = 0; row < s.rows; ++row) {
    const bool counts = !s.mask || s.mask[row * s.mask_stride];
    const bool takes = counts || !s.zero_masked;
    const float* __restrict saved = s.saved + row * s.saved_stride;
    const float* __restrict before = s.before + row * s.output_stride;
    const float* dy = s.d_output ? s.d_output + row * s.output_stride : nullptr;
    float* __restrict dh = s.dh + row * n;
    float* __restrict inner = s.inner + row * 3 * n;
    float* __restrict dx = s.dx + row * s.x_stride;
    float* __restrict candidate = s.d_candidate + row * s.output_stride;
    const float on = counts ? 1.0f : 0.0f;
    for (std::int64_t j = 0; j < n; ++j) {
      const float z = saved[j], r = saved[n + j], hh = saved[2 * n + j];
      const float d = total(dy, j, dh[j], takes);
      const float da = on * (d * (1.0f - z) * (1.0f - hh * hh));
      const float dz = on * (d * (before[j] - hh) * z * (1.0f - z));
      const float dr = da * saved[3 * n + j] * r * (1.0f - r);
      dx[j] = inner[j] = dz;
      dx[n + j] = inner[n + j] = dr;
      dx[2 * n + j] = da;
      candidate[j] = inner[2 * n + j] = da * r;
      dh[j] = counts ? d * z : d;
    }
  }
}

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
