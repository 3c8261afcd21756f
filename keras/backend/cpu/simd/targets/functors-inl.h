// Part of elementwise-inl.h: a struct for each row of elementwise_ops.inc, whose `of` computes one
// element. No branches where a loop must vectorize.

/// `large` replaces `of` for the whole loop when an argument is beyond `kLimit`.
struct Functor {
  static constexpr float kLimit = 0.0f;
  static float large(float x) { return x; }
};

/// An operation whose float32 form is computed in double lanes and whose float64 form is libm's.
#define KERAS_BY_DOUBLE(name, double_lanes, libm_function)             \
  struct name : Functor {                                              \
    KERAS_INLINE float of(float x) {                                   \
      return static_cast<float>(double_lanes(static_cast<double>(x))); \
    }                                                                  \
    KERAS_INLINE double of(double x) { return libm_function(x); }      \
  };

KERAS_INLINE double log2_d(double x) { return log_d(x) * 1.44269504088896340736; }
KERAS_INLINE double log10_d(double x) { return log_d(x) * 0.43429448190325182765; }
KERAS_INLINE double asin_d(double x) { return atan2_d(x, __builtin_sqrt((1.0 - x) * (1.0 + x))); }
KERAS_INLINE double acos_d(double x) { return atan2_d(__builtin_sqrt((1.0 - x) * (1.0 + x)), x); }
KERAS_INLINE double cosh_d(double x) {
  const double e = exp_d(abs_d(x));
  return 0.5 * e + 0.5 / e;
}
KERAS_INLINE double softplus_d(double x) {
  const double rest = log1p_d(exp_d(-abs_d(x)));
  return (x > 0.0 ? x : 0.0) + (x != x ? x : rest);
}
KERAS_INLINE double softplus_libm(double x) {
  return (x > 0.0 ? x : 0.0) + __builtin_log1p(__builtin_exp(-abs_d(x))) + 0.0 * (x != x ? x : 0.0);
}
KERAS_INLINE double sigmoid_libm(double x) {
  const double e = __builtin_exp(-abs_d(x));
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}
/// Another Newton step brings erfinv_d to double's precision.
KERAS_INLINE double erfinv_libm(double x) {
  const double a = abs_d(x);
  const double y = erfinv_d(a);
  if (!(y < 10.0)) return copysign_d(y, x);
  const double miss = a < 0.5 ? __builtin_erf(y) - a : (1.0 - a) - __builtin_erfc(y);
  return copysign_d(y - miss * 0.88622692545275801365 * __builtin_exp(y * y), x);
}

KERAS_BY_DOUBLE(Expm1, expm1_d, __builtin_expm1)
KERAS_BY_DOUBLE(Log1p, log1p_d, __builtin_log1p)
KERAS_BY_DOUBLE(Log2, log2_d, __builtin_log2)
KERAS_BY_DOUBLE(Log10, log10_d, __builtin_log10)
KERAS_BY_DOUBLE(Asin, asin_d, __builtin_asin)
KERAS_BY_DOUBLE(Acos, acos_d, __builtin_acos)
KERAS_BY_DOUBLE(Atan, atan_d, __builtin_atan)
KERAS_BY_DOUBLE(Sinh, sinh_d, __builtin_sinh)
KERAS_BY_DOUBLE(Cosh, cosh_d, __builtin_cosh)
KERAS_BY_DOUBLE(Asinh, asinh_d, __builtin_asinh)
KERAS_BY_DOUBLE(Acosh, acosh_d, __builtin_acosh)
KERAS_BY_DOUBLE(Atanh, atanh_d, __builtin_atanh)
KERAS_BY_DOUBLE(Erfc, erfc_d, __builtin_erfc)
KERAS_BY_DOUBLE(Erfinv, erfinv_d, erfinv_libm)
KERAS_BY_DOUBLE(Softplus, softplus_d, softplus_libm)
#undef KERAS_BY_DOUBLE

struct Exp : Functor {
  KERAS_INLINE float of(float x) { return exp_f(x); }
  KERAS_INLINE double of(double x) { return __builtin_exp(x); }
};
struct Log : Functor {
  KERAS_INLINE float of(float x) { return log_f(x); }
  KERAS_INLINE double of(double x) { return __builtin_log(x); }
};
struct Tanh : Functor {
  KERAS_INLINE float of(float x) { return tanh_f(x); }
  KERAS_INLINE double of(double x) { return __builtin_tanh(x); }
};
struct Erf : Functor {
  KERAS_INLINE float of(float x) { return erf_f(x); }
  KERAS_INLINE double of(double x) { return __builtin_erf(x); }
};
struct Sigmoid : Functor {
  KERAS_INLINE float of(float x) { return sigmoid_f(x); }
  KERAS_INLINE double of(double x) { return sigmoid_libm(x); }
};

struct Trigonometric {
  /// Beyond it, sin_d's reduction loses digits, and libm takes over.
  static constexpr float kLimit = 1e6f;
};
struct Sin : Trigonometric {
  KERAS_INLINE float of(float x) { return static_cast<float>(sin_d(static_cast<double>(x), 0.0)); }
  KERAS_INLINE double of(double x) { return __builtin_sin(x); }
  KERAS_INLINE float large(float x) { return static_cast<float>(of(static_cast<double>(x))); }
};
struct Cos : Trigonometric {
  KERAS_INLINE float of(float x) { return static_cast<float>(sin_d(static_cast<double>(x), 1.0)); }
  KERAS_INLINE double of(double x) { return __builtin_cos(x); }
  KERAS_INLINE float large(float x) { return static_cast<float>(of(static_cast<double>(x))); }
};
struct Tan : Trigonometric {
  KERAS_INLINE float of(float x) {
    const double wide = static_cast<double>(x);
    return static_cast<float>(sin_d(wide, 0.0) / sin_d(wide, 1.0));
  }
  KERAS_INLINE double of(double x) { return __builtin_tan(x); }
  KERAS_INLINE float large(float x) { return static_cast<float>(of(static_cast<double>(x))); }
};

KERAS_INLINE float sqrt_of(float x) { return __builtin_sqrtf(x); }
KERAS_INLINE double sqrt_of(double x) { return __builtin_sqrt(x); }
KERAS_INLINE float floor_of(float x) { return __builtin_floorf(x); }
KERAS_INLINE double floor_of(double x) { return __builtin_floor(x); }
KERAS_INLINE float ceil_of(float x) { return __builtin_ceilf(x); }
KERAS_INLINE double ceil_of(double x) { return __builtin_ceil(x); }
KERAS_INLINE float rint_of(float x) { return __builtin_rintf(x); }
KERAS_INLINE double rint_of(double x) { return __builtin_rint(x); }
KERAS_INLINE float trunc_of(float x) { return __builtin_truncf(x); }
KERAS_INLINE double trunc_of(double x) { return __builtin_trunc(x); }
KERAS_INLINE float fmod_of(float x, float y) { return __builtin_fmodf(x, y); }
KERAS_INLINE double fmod_of(double x, double y) { return __builtin_fmod(x, y); }
KERAS_INLINE float abs_of(float x) { return abs_f(x); }
KERAS_INLINE double abs_of(double x) { return abs_d(x); }

/// Integers wrap around: signed overflow is not defined in C++, unsigned is.
KERAS_INLINE std::uint64_t u64(std::int64_t x) { return static_cast<std::uint64_t>(x); }
KERAS_INLINE std::int64_t i64(std::uint64_t x) { return static_cast<std::int64_t>(x); }
KERAS_INLINE std::int64_t abs_of(std::int64_t x) { return x < 0 ? i64(0 - u64(x)) : x; }

#define KERAS_UNARY(name, formula)                           \
  struct name : Functor {                                    \
    template <typename T>                                    \
    static inline __attribute__((always_inline)) T of(T x) { \
      return formula;                                        \
    }                                                        \
  };
#define KERAS_BINARY(name, formula)                               \
  struct name : Functor {                                         \
    template <typename T>                                         \
    static inline __attribute__((always_inline)) T of(T x, T y) { \
      return formula;                                             \
    }                                                             \
  };
#define KERAS_WRAPPING(name, op)                                                                   \
  struct name : Functor {                                                                          \
    template <typename T>                                                                          \
    static inline __attribute__((always_inline)) T of(T x, T y) {                                  \
      return x op y;                                                                               \
    }                                                                                              \
    KERAS_INLINE std::int64_t of(std::int64_t x, std::int64_t y) { return i64(u64(x) op u64(y)); } \
  };

KERAS_WRAPPING(Add, +)
KERAS_WRAPPING(Subtract, -)
KERAS_WRAPPING(Multiply, *)
struct Negative : Functor {
  template <typename T>
  static inline __attribute__((always_inline)) T of(T x) {
    return -x;
  }
  KERAS_INLINE std::int64_t of(std::int64_t x) { return i64(0 - u64(x)); }
};
struct Square : Functor {
  template <typename T>
  static inline __attribute__((always_inline)) T of(T x) {
    return Multiply::of(x, x);
  }
};
struct MultiplyAdd : Functor {
  template <typename T>
  static inline __attribute__((always_inline)) T of(T x, T y, T z) {
    return x * y + z;
  }
  KERAS_INLINE std::int64_t of(std::int64_t x, std::int64_t y, std::int64_t z) {
    return i64(u64(x) * u64(y) + u64(z));
  }
};
struct Select : Functor {
  template <typename T>
  static inline __attribute__((always_inline)) T of(T condition, T x, T y) {
    return condition != T(0) ? x : y;
  }
};

KERAS_UNARY(Abs, abs_of(x))
KERAS_UNARY(Sign, (x > T(0) ? T(1) : (x < T(0) ? T(-1) : x)))
KERAS_UNARY(Sqrt, sqrt_of(x))
KERAS_UNARY(Rsqrt, T(1) / sqrt_of(x))
KERAS_UNARY(Reciprocal, T(1) / x)
KERAS_UNARY(Floor, floor_of(x))
KERAS_UNARY(Ceil, ceil_of(x))
KERAS_UNARY(Round, rint_of(x))
KERAS_UNARY(Trunc, trunc_of(x))
KERAS_UNARY(IsFinite, (x - x == T(0) ? T(1) : T(0)))
KERAS_UNARY(IsInf, (abs_of(x) == T(kInfinity) ? T(1) : T(0)))
KERAS_UNARY(IsNan, (x != x ? T(1) : T(0)))
KERAS_UNARY(LogicalNot, (x == T(0) ? T(1) : T(0)))
KERAS_UNARY(BitwiseNot, ~x)

KERAS_BINARY(Divide, x / y)
// As numpy: a NaN on either side wins.
KERAS_BINARY(Maximum, (((x > y) | (x != x)) ? x : y))
KERAS_BINARY(Minimum, (((x < y) | (x != x)) ? x : y))
KERAS_BINARY(Equal, (x == y ? T(1) : T(0)))
KERAS_BINARY(NotEqual, (x != y ? T(1) : T(0)))
KERAS_BINARY(Less, (x < y ? T(1) : T(0)))
KERAS_BINARY(LessEqual, (x <= y ? T(1) : T(0)))
KERAS_BINARY(Greater, (x > y ? T(1) : T(0)))
KERAS_BINARY(GreaterEqual, (x >= y ? T(1) : T(0)))
KERAS_BINARY(LogicalAnd, (((x != T(0)) & (y != T(0))) ? T(1) : T(0)))
KERAS_BINARY(LogicalOr, (((x != T(0)) | (y != T(0))) ? T(1) : T(0)))
KERAS_BINARY(LogicalXor, ((x != T(0)) != (y != T(0)) ? T(1) : T(0)))
KERAS_BINARY(BitwiseAnd, (x & y))
KERAS_BINARY(BitwiseOr, (x | y))
KERAS_BINARY(BitwiseXor, (x ^ y))
// Counts beyond the width give what shifting one by one would.
KERAS_BINARY(LeftShift, (u64(y) < 64 ? i64(u64(x) << (u64(y) & 63)) : 0))
KERAS_BINARY(RightShift, (x >> (u64(y) < 64 ? y : 63)))
#undef KERAS_UNARY
#undef KERAS_BINARY
#undef KERAS_WRAPPING

/// Python's sign rules: the remainder has the divisor's sign. Integer division by zero gives 0, as
/// numpy's.
struct Mod : Functor {
  template <typename T>
  KERAS_INLINE T of(T x, T y) {
    const T rest = fmod_of(x, y);
    if (rest == T(0)) return y < T(0) ? -abs_of(rest) : abs_of(rest);
    return (rest < T(0)) != (y < T(0)) ? rest + y : rest;
  }
  KERAS_INLINE std::int64_t of(std::int64_t x, std::int64_t y) {
    if (y == 0 || y == -1) return 0;
    const std::int64_t rest = x % y;
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
  }
};
struct FloorDivide : Functor {
  template <typename T>
  KERAS_INLINE T of(T x, T y) {
    if (y == T(0)) return x / y;
    const T quotient = (x - Mod::of(x, y)) / y;
    const T floor = floor_of(quotient);
    return quotient - floor > T(0.5) ? floor + T(1) : floor;
  }
  KERAS_INLINE std::int64_t of(std::int64_t x, std::int64_t y) {
    if (y == 0) return 0;
    if (y == -1) return Negative::of(x);
    return x / y - (x % y != 0 && (x < 0) != (y < 0) ? 1 : 0);
  }
};
struct Power : Functor {
  KERAS_INLINE float of(float x, float y) {
    return static_cast<float>(pow_d(static_cast<double>(x), static_cast<double>(y)));
  }
  KERAS_INLINE double of(double x, double y) { return __builtin_pow(x, y); }
  KERAS_INLINE std::int64_t of(std::int64_t x, std::int64_t y) {
    if (y < 0) return x == 1 ? 1 : (x == -1 ? ((y & 1) != 0 ? -1 : 1) : 0);
    std::uint64_t result = 1;
    for (std::uint64_t base = u64(x), rest = u64(y); rest != 0; rest >>= 1, base *= base)
      if ((rest & 1) != 0) result *= base;
    return i64(result);
  }
};
struct Atan2 : Functor {
  KERAS_INLINE float of(float y, float x) {
    return static_cast<float>(atan2_d(static_cast<double>(y), static_cast<double>(x)));
  }
  KERAS_INLINE double of(double y, double x) { return __builtin_atan2(y, x); }
};
