// Winograd's transforms, of one target; see winograd.h, and vector_math-inl.h about being included
// by targets.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

#ifdef __AVX512F__

// In one dimension n outputs of the taps g, which see n + 2 inputs d, are A'[(G g) * (B'd)]: the
// polynomials that the taps and the outputs stand for are multiplied at n + 1 points and at
// infinity (Toom and Cook). The gradient of the taps is G'[(A dy) * (B'd)].

/// Those of tiles of so many outputs.
template <int kTile>
struct WinogradTransforms;

/// At 0, 1, -1 and infinity.
template <>
struct WinogradTransforms<2> {
  /// B'd
  struct Inputs {
    KERAS_INLINE void apply(const Vec (&d)[4], Vec (&to)[4]) {
      to[0] = d[0] - d[2];
      to[1] = d[1] + d[2];
      to[2] = d[2] - d[1];
      to[3] = d[1] - d[3];
    }
  };
  /// G g
  struct Taps {
    KERAS_INLINE void apply(const Vec (&g)[3], Vec (&to)[4]) {
      to[0] = g[0];
      to[1] = (g[0] + g[2] + g[1]) * 0.5f;
      to[2] = (g[0] + g[2] - g[1]) * 0.5f;
      to[3] = g[2];
    }
  };
  /// A'm
  struct Outputs {
    KERAS_INLINE void apply(const Vec (&m)[4], Vec (&to)[2]) {
      to[0] = m[0] + m[1] + m[2];
      to[1] = m[1] - m[2] - m[3];
    }
  };
  /// A dy
  struct OutputGradients {
    KERAS_INLINE void apply(const Vec (&dy)[2], Vec (&to)[4]) {
      to[0] = dy[0];
      to[1] = dy[0] + dy[1];
      to[2] = dy[0] - dy[1];
      to[3] = -dy[1];
    }
  };
  /// G'u
  struct TapGradients {
    KERAS_INLINE void apply(const Vec (&u)[4], Vec (&to)[3]) {
      to[0] = u[0] + (u[1] + u[2]) * 0.5f;
      to[1] = (u[1] - u[2]) * 0.5f;
      to[2] = (u[1] + u[2]) * 0.5f + u[3];
    }
  };
};

/// At 0, -1, 1/2, 2 and infinity.
template <>
struct WinogradTransforms<3> {
  struct Inputs {
    KERAS_INLINE void apply(const Vec (&d)[5], Vec (&to)[5]) {
      to[0] = d[0] - (d[1] + d[2]) * 1.5f + d[3];
      to[1] = d[1] - d[2] * 2.5f + d[3];
      to[2] = d[3] - d[2] - d[1] * 2.0f;
      to[3] = (d[2] - d[1]) * 0.5f + d[3];
      to[4] = d[1] - (d[2] + d[3]) * 1.5f + d[4];
    }
  };
  struct Taps {
    KERAS_INLINE void apply(const Vec (&g)[3], Vec (&to)[5]) {
      to[0] = g[0];
      to[1] = (g[1] - g[0] - g[2]) * (2.0f / 9);
      to[2] = (g[0] * 4.0f + g[1] * 2.0f + g[2]) * (-2.0f / 9);
      to[3] = (g[0] + g[1] * 2.0f + g[2] * 4.0f) * (1.0f / 9);
      to[4] = g[2];
    }
  };
  struct Outputs {
    KERAS_INLINE void apply(const Vec (&m)[5], Vec (&to)[3]) {
      to[0] = m[0] + m[1] + m[2] + m[3];
      to[1] = m[2] * 0.5f + m[3] * 2.0f - m[1];
      to[2] = m[1] + m[2] * 0.25f + m[3] * 4.0f + m[4];
    }
  };
  struct OutputGradients {
    KERAS_INLINE void apply(const Vec (&dy)[3], Vec (&to)[5]) {
      to[0] = dy[0];
      to[1] = dy[0] - dy[1] + dy[2];
      to[2] = dy[0] + dy[1] * 0.5f + dy[2] * 0.25f;
      to[3] = dy[0] + dy[1] * 2.0f + dy[2] * 4.0f;
      to[4] = dy[2];
    }
  };
  struct TapGradients {
    KERAS_INLINE void apply(const Vec (&u)[5], Vec (&to)[3]) {
      const Vec a = u[1] * (2.0f / 9), b = u[2] * (2.0f / 9), c = u[3] * (1.0f / 9);
      to[0] = u[0] - a - b * 4.0f + c;
      to[1] = a - b * 2.0f + c * 2.0f;
      to[2] = u[4] - a - b + c * 4.0f;
    }
  };
};

/// At 0, 1, -1, 1/2, -2 and infinity.
template <>
struct WinogradTransforms<4> {
  struct Inputs {
    KERAS_INLINE void apply(const Vec (&d)[6], Vec (&to)[6]) {
      const Vec odd = d[3] - d[1], even = d[4] - d[2];
      to[0] = d[0] - d[2] + even + odd * 1.5f;
      to[1] = odd + even + (d[2] + d[3]) * 1.5f;
      to[2] = even - odd + (d[3] - d[2]) * 1.5f;
      to[3] = even + odd * 2.0f;
      to[4] = even - odd * 0.5f;
      to[5] = d[5] - d[3] - odd + even * 1.5f;
    }
  };
  struct Taps {
    KERAS_INLINE void apply(const Vec (&g)[3], Vec (&to)[6]) {
      const Vec ends = g[0] + g[2];
      to[0] = g[0];
      to[1] = (ends + g[1]) * (1.0f / 3);
      to[2] = (g[1] - ends) * (1.0f / 3);
      to[3] = (g[0] * 4.0f + g[1] * 2.0f + g[2]) * (-4.0f / 15);
      to[4] = (g[0] - g[1] * 2.0f + g[2] * 4.0f) * (1.0f / 15);
      to[5] = g[2];
    }
  };
  struct Outputs {
    KERAS_INLINE void apply(const Vec (&m)[6], Vec (&to)[4]) {
      const Vec sum = m[1] + m[2], difference = m[1] - m[2];
      to[0] = m[0] + sum + m[3] + m[4];
      to[1] = difference + m[3] * 0.5f - m[4] * 2.0f;
      to[2] = sum + m[3] * 0.25f + m[4] * 4.0f;
      to[3] = difference + m[3] * 0.125f - m[4] * 8.0f + m[5];
    }
  };
  struct OutputGradients {
    KERAS_INLINE void apply(const Vec (&dy)[4], Vec (&to)[6]) {
      const Vec even = dy[0] + dy[2], odd = dy[1] + dy[3];
      to[0] = dy[0];
      to[1] = even + odd;
      to[2] = even - odd;
      to[3] = dy[0] + dy[1] * 0.5f + dy[2] * 0.25f + dy[3] * 0.125f;
      to[4] = dy[0] - dy[1] * 2.0f + dy[2] * 4.0f - dy[3] * 8.0f;
      to[5] = dy[3];
    }
  };
  struct TapGradients {
    KERAS_INLINE void apply(const Vec (&u)[6], Vec (&to)[3]) {
      const Vec ends = (u[1] - u[2]) * (1.0f / 3), part = u[3] * (4.0f / 15);
      to[0] = u[0] + ends - part * 4.0f + u[4] * (1.0f / 15);
      to[1] = (u[1] + u[2]) * (1.0f / 3) - part * 2.0f - u[4] * (2.0f / 15);
      to[2] = u[5] + ends - part + u[4] * (4.0f / 15);
    }
  };
};

/// Both dimensions: `Transform` is applied to the columns of kFrom x kFrom vectors, which
/// from(row, column) gives, then to the rows of what comes of it; to(row, column, vector) takes
/// kTo x kTo.
template <typename Transform, int kFrom, int kTo, typename From, typename To>
KERAS_INLINE void transform(const From& from, const To& to) {
  Vec between[kTo][kFrom];
#pragma GCC unroll 6
  for (int column = 0; column < kFrom; ++column) {
    Vec x[kFrom], y[kTo];
#pragma GCC unroll 6
    for (int row = 0; row < kFrom; ++row) x[row] = from(row, column);
    Transform::apply(x, y);
#pragma GCC unroll 6
    for (int row = 0; row < kTo; ++row) between[row][column] = y[row];
  }
#pragma GCC unroll 6
  for (int row = 0; row < kTo; ++row) {
    Vec y[kTo];
    Transform::apply(between[row], y);
#pragma GCC unroll 6
    for (int column = 0; column < kTo; ++column) to(row, column, y[column]);
  }
}

#endif

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
