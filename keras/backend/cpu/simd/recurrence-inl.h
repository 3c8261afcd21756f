// The steps of recurrent layers, of one target; see vector_math-inl.h about being included by
// targets.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

/// Within 3 ulp; 0 below -88.37, where it would be no normal number; NaN for NaN.
KERAS_INLINE float sigmoid_f32(float x) {
  const float y = max_f32(-87.0f, min_f32(89.0f, -x));
  const float rounded = y * kLog2E + kRounding;
  return 1.0f / (1.0f + exp_of_rest(y, rounded - kRounding) * power_of_rounded(rounded));
}

/// Within 3 ulp, by e^2x - 1, which is as exact near 0; NaN for NaN.
KERAS_INLINE float tanh_f32(float x) {
  const float y = 2.0f * max_f32(-20.0f, min_f32(20.0f, x));
  const float rounded = y * kLog2E + kRounding, power = power_of_rounded(rounded);
  const float expm1 = expm1_of_rest(y, rounded - kRounding) * power + (power - 1.0f);
  return expm1 / (expm1 + 2.0f);
}

template <typename T>
KERAS_INLINE const T* at(const void* base, std::int64_t offset) {
  return static_cast<const T*>(base) + offset;
}
template <typename T>
KERAS_INLINE T* at(void* base, std::int64_t offset) {
  return static_cast<T*>(base) + offset;
}

template <typename T>
void widen(std::int64_t count, const void* __restrict from, float* __restrict to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = read(static_cast<const T*>(from)[i]);
}
template <typename T>
void narrow(std::int64_t count, const float* __restrict from, void* __restrict to) {
  for (std::int64_t i = 0; i < count; ++i) write(from[i], static_cast<T*>(to)[i]);
}

template <typename T>
void save_state(const RecurrentStep& s, std::int64_t row) {
  std::memcpy(at<T>(s.before, row * s.output_stride), at<T>(s.h, row * s.units),
              static_cast<std::size_t>(s.units) * sizeof(T));
}

/// A masked row gives its state as it was.
template <typename T>
void pass_over(const RecurrentStep& s, std::int64_t row, std::int64_t saved_count) {
  const std::size_t bytes = static_cast<std::size_t>(s.units) * sizeof(T);
  const T* h = at<T>(s.h, row * s.units);
  if (s.saved) {
    std::memset(at<T>(s.saved, row * s.saved_stride), 0,
                static_cast<std::size_t>(saved_count) * bytes);
  }
  T* y = at<T>(s.output, row * s.output_stride);
  if (s.zero_masked) {
    std::memset(y, 0, bytes);
  } else {
    std::memcpy(y, h, bytes);
  }
}

struct SimpleRow {
  static constexpr std::int64_t kSaved = 1;

  template <typename T, bool kSaves>
  static void run(const RecurrentStep& s, std::int64_t row) {
    const std::int64_t n = s.units;
    const T* __restrict x = at<T>(s.x, row * s.x_stride);
    const float* __restrict a = s.inner + row * n;
    T* __restrict next_h = at<T>(s.next_h, row * n);
    T* __restrict y = at<T>(s.output, row * s.output_stride);
    T* __restrict saved = kSaves ? at<T>(s.saved, row * s.saved_stride) : nullptr;
#pragma omp simd
    for (std::int64_t j = s.first_unit; j < s.end_unit; ++j) {
      const float next = tanh_f32(read(x[j]) + a[j]);
      if constexpr (kSaves) {
        write(next, saved[j]);
      }
      write(next, y[j]);
      write(next, next_h[j]);
    }
  }
};

struct LstmRow {
  static constexpr std::int64_t kSaved = 5;

  template <typename T, bool kSaves>
  static void run(const RecurrentStep& s, std::int64_t row) {
    const std::int64_t n = s.units;
    const T* __restrict x = at<T>(s.x, row * s.x_stride);
    const float* __restrict a = s.inner + row * 4 * n;
    T* __restrict next_h = at<T>(s.next_h, row * n);
    float* __restrict c = s.c + row * n;
    T* __restrict y = at<T>(s.output, row * s.output_stride);
    T* __restrict saved = kSaves ? at<T>(s.saved, row * s.saved_stride) : nullptr;
#pragma omp simd
    for (std::int64_t j = s.first_unit; j < s.end_unit; ++j) {
      const float i = sigmoid_f32(read(x[j]) + a[j]);
      const float f = sigmoid_f32(read(x[n + j]) + a[n + j]);
      const float g = tanh_f32(read(x[2 * n + j]) + a[2 * n + j]);
      const float o = sigmoid_f32(read(x[3 * n + j]) + a[3 * n + j]);
      const float old_c = c[j], next_c = f * old_c + i * g, h = o * tanh_f32(next_c);
      if constexpr (kSaves) {
        write(i, saved[j]);
        write(f, saved[n + j]);
        write(g, saved[2 * n + j]);
        write(o, saved[3 * n + j]);
        write(old_c, saved[4 * n + j]);
      }
      write(h, y[j]);
      write(h, next_h[j]);
      c[j] = next_c;
    }
  }
};

struct GruRow {
  static constexpr std::int64_t kSaved = 4;

  template <typename T, bool kSaves>
  static void run(const RecurrentStep& s, std::int64_t row) {
    const std::int64_t n = s.units;
    const T* __restrict bias = static_cast<const T*>(s.bias);
    const T* __restrict x = at<T>(s.x, row * s.x_stride);
    const float* __restrict a = s.inner + row * 3 * n;
    const T* h = at<T>(s.h, row * n);
    T* next_h = at<T>(s.next_h, row * n);
    T* __restrict y = at<T>(s.output, row * s.output_stride);
    T* __restrict saved = kSaves ? at<T>(s.saved, row * s.saved_stride) : nullptr;
#pragma omp simd
    for (std::int64_t j = s.first_unit; j < s.end_unit; ++j) {
      const float z = sigmoid_f32(read(x[j]) + a[j]);
      const float r = sigmoid_f32(read(x[n + j]) + a[n + j]);
      const float candidate = a[2 * n + j] + read(bias[j]);
      const float hh = tanh_f32(read(x[2 * n + j]) + r * candidate);
      const float old = read(h[j]), next = z * old + (1.0f - z) * hh;
      if constexpr (kSaves) {
        write(z, saved[j]);
        write(r, saved[n + j]);
        write(hh, saved[2 * n + j]);
        write(candidate, saved[3 * n + j]);
      }
      write(next, y[j]);
      write(next, next_h[j]);
    }
  }
};

template <typename T, typename Row>
void recurrent_step(const RecurrentStep& s) {
  for (std::int64_t row = 0; row < s.rows; ++row) {
    if (s.saved) save_state<T>(s, row);
    if (s.mask && !s.mask[row * s.mask_stride]) {
      pass_over<T>(s, row, Row::kSaved);
    } else if (s.saved) {
      Row::template run<T, true>(s, row);
    } else {
      Row::template run<T, false>(s, row);
    }
  }
}

/// What arrives at h: from the step behind it, which is there, and from the step's own output.
/// False for a masked row, which has no other gradient.
template <typename T>
bool arrives(const RecurrentStepGradient& s, std::int64_t row, std::int64_t gates) {
  const bool counts = !s.mask || s.mask[row * s.mask_stride];
  const std::int64_t n = s.units;
  if (s.d_output && (counts || !s.zero_masked)) {
    float* __restrict dh = s.dh + row * n;
    const T* __restrict dy = at<T>(s.d_output, row * s.output_stride);
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) dh[j] += read(dy[j]);
  }
  if (counts) return true;
  const std::size_t bytes = static_cast<std::size_t>(n) * sizeof(T);
  const auto gate_bytes = static_cast<std::size_t>(gates) * bytes;
  std::memset(at<T>(s.dx, row * s.x_stride), 0, gate_bytes);
  std::memset(at<T>(s.inner, row * gates * n), 0, gate_bytes);
  if (s.d_candidate) std::memset(at<T>(s.d_candidate, row * s.output_stride), 0, bytes);
  return false;
}

struct SimpleRowGradient {
  static constexpr std::int64_t kGates = 1;

  template <typename T>
  static void run(const RecurrentStepGradient& s, std::int64_t row) {
    const std::int64_t n = s.units;
    const T* __restrict saved = at<T>(s.saved, row * s.saved_stride);
    float* __restrict dh = s.dh + row * n;
    T* __restrict inner = at<T>(s.inner, row * n);
    T* __restrict dx = at<T>(s.dx, row * s.x_stride);
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
      const float y = read(saved[j]), d = dh[j] * (1.0f - y * y);
      write(d, dx[j]);
      write(d, inner[j]);
      dh[j] = 0.0f;
    }
  }
};

struct LstmRowGradient {
  static constexpr std::int64_t kGates = 4;

  template <typename T>
  static void run(const RecurrentStepGradient& s, std::int64_t row) {
    const std::int64_t n = s.units;
    const T* __restrict saved = at<T>(s.saved, row * s.saved_stride);
    float* __restrict dh = s.dh + row * n;
    float* __restrict dc = s.dc + row * n;
    T* __restrict inner = at<T>(s.inner, row * 4 * n);
    T* __restrict dx = at<T>(s.dx, row * s.x_stride);
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
      const float i = read(saved[j]), f = read(saved[n + j]), g = read(saved[2 * n + j]),
                  o = read(saved[3 * n + j]), c = read(saved[4 * n + j]);
      const float t = tanh_f32(f * c + i * g);
      const float d = dh[j], dn = dc[j] + d * o * (1.0f - t * t);
      const float di = dn * g * i * (1.0f - i), df = dn * c * f * (1.0f - f);
      const float dg = dn * i * (1.0f - g * g), d_o = d * t * o * (1.0f - o);
      write(di, dx[j]);
      write(df, dx[n + j]);
      write(dg, dx[2 * n + j]);
      write(d_o, dx[3 * n + j]);
      write(di, inner[j]);
      write(df, inner[n + j]);
      write(dg, inner[2 * n + j]);
      write(d_o, inner[3 * n + j]);
      dh[j] = 0.0f;
      dc[j] = dn * f;
    }
  }
};

struct GruRowGradient {
  static constexpr std::int64_t kGates = 3;

  template <typename T>
  static void run(const RecurrentStepGradient& s, std::int64_t row) {
    const std::int64_t n = s.units;
    const T* __restrict saved = at<T>(s.saved, row * s.saved_stride);
    const T* __restrict before = at<T>(s.before, row * s.output_stride);
    float* __restrict dh = s.dh + row * n;
    T* __restrict inner = at<T>(s.inner, row * 3 * n);
    T* __restrict dx = at<T>(s.dx, row * s.x_stride);
    T* __restrict candidate = at<T>(s.d_candidate, row * s.output_stride);
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
      const float z = read(saved[j]), r = read(saved[n + j]), hh = read(saved[2 * n + j]);
      const float d = dh[j];
      const float da = d * (1.0f - z) * (1.0f - hh * hh);
      const float dz = d * (read(before[j]) - hh) * z * (1.0f - z);
      const float dr = da * read(saved[3 * n + j]) * r * (1.0f - r);
      write(dz, dx[j]);
      write(dz, inner[j]);
      write(dr, dx[n + j]);
      write(dr, inner[n + j]);
      write(da, dx[2 * n + j]);
      write(da * r, candidate[j]);
      write(da * r, inner[2 * n + j]);
      dh[j] = d * z;
    }
  }
};

template <typename T, typename Row>
void recurrent_step_gradient(const RecurrentStepGradient& s) {
  for (std::int64_t row = 0; row < s.rows; ++row)
    if (arrives<T>(s, row, Row::kGates)) Row::template run<T>(s, row);
}

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
