// Included once by each target file, inside its own namespace: no include guard. Everything has
// internal linkage and calls nothing from shared headers, because the linker would keep one
// target's copy of a shared inline function for all machines.
//
// Most float32 functions are computed in double, whose spare 29 bits make short polynomials and
// plain formulas right to half an ulp and a little; results below the normal range are kept, not
// flushed.

#define KERAS_INLINE static inline __attribute__((always_inline))

KERAS_INLINE double bits_to_double(std::uint64_t bits) { return __builtin_bit_cast(double, bits); }
KERAS_INLINE std::uint64_t double_to_bits(double x) { return __builtin_bit_cast(std::uint64_t, x); }
KERAS_INLINE float bits_to_float(std::uint32_t bits) { return __builtin_bit_cast(float, bits); }
KERAS_INLINE std::uint32_t float_to_bits(float x) { return __builtin_bit_cast(std::uint32_t, x); }

/// a b + c for what must have the same bits in loops that may contract products and sums and in
/// those that may not (element_chains.h).
KERAS_INLINE float multiply_add(float a, float b, float c) {
#ifdef __FMA__
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

constexpr double kInfinity = __builtin_inf();
constexpr double kNan = __builtin_nan("");
/// Adding it to a double of magnitude under 2^51 leaves the nearest integer in the low bits.
constexpr double kRoundMagic = 0x1.8p52;

/// e^x to 1e-11 for results within double's range; beyond, a number that is infinite or 0 in
/// float32.
KERAS_INLINE double exp_d(double x) {
  x = x > 700.0 ? 700.0 : x;
  x = x < -700.0 ? -700.0 : x;
  const double shifted = x * 1.4426950408889634074 + kRoundMagic;
  const double k = shifted - kRoundMagic;
  const double r = x - k * 0.69314718055994530942;
  double p = 2.4867874964502338e-05;
  p = p * r + 0.00019899278371725496;
  p = p * r + 0.0013888839102881145;
  p = p * r + 0.008333298477777012;
  p = p * r + 0.041666666786295825;
  p = p * r + 0.1666666671901351;
  p = p * r + 0.4999999999995512;
  p = p * (r * r) + r + 1.0;
  return p * bits_to_double((double_to_bits(shifted) + 1023) << 52);
}

/// ln x to 1e-12 for positive normal x; right at 0, infinity, negative numbers and NaN.
KERAS_INLINE double log_d(double x) {
  // The exponent of x / sqrt(1/2), so that the mantissa lies around 1.
  const std::uint64_t offset = double_to_bits(x) - 0x3fe6a09e667f3bcdULL;
  const std::uint64_t biased = (offset + (1024ULL << 52)) >> 52;
  const double e = bits_to_double(double_to_bits(kRoundMagic) + biased) - (kRoundMagic + 1024.0);
  const double m = bits_to_double((offset & 0x000fffffffffffffULL) + 0x3fe6a09e667f3bcdULL);
  const double s = (m - 1.0) / (m + 1.0);
  const double z = s * s;
  double p = 1.0 / 13.0;
  p = p * z + 1.0 / 11.0;
  p = p * z + 1.0 / 9.0;
  p = p * z + 1.0 / 7.0;
  p = p * z + 1.0 / 5.0;
  p = p * z + 1.0 / 3.0;
  double y = e * 0.69314718055994530942 + (2.0 * s + 2.0 * s * (p * z));
  y = x == kInfinity ? x : y;
  y = x == 0.0 ? -kInfinity : y;
  y = x < 0.0 ? kNan : y;
  return x != x ? x : y;
}

KERAS_INLINE double abs_d(double x) {
  return bits_to_double(double_to_bits(x) & 0x7fffffffffffffffULL);
}
KERAS_INLINE double copysign_d(double magnitude, double sign) {
  return bits_to_double((double_to_bits(magnitude) & 0x7fffffffffffffffULL) |
                        (double_to_bits(sign) & 0x8000000000000000ULL));
}

KERAS_INLINE double expm1_d(double x) {
  const double series =
      x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0)))));
  return abs_d(x) < 0.01 ? series : exp_d(x) - 1.0;
}

KERAS_INLINE double log1p_d(double x) {
  const double series = x - x * x * (0.5 - x * (1.0 / 3.0));
  return abs_d(x) < 1e-4 ? series : log_d(1.0 + x);
}

KERAS_INLINE double tanh_d(double x) {
  const double t = expm1_d(2.0 * abs_d(x));
  return copysign_d(t / (t + 2.0), x);
}

KERAS_INLINE double sinh_d(double x) {
  const double e = exp_d(x);
  const double z = x * x;
  const double series = x + x * z * (1.0 / 6.0 + z * (1.0 / 120.0));
  return abs_d(x) < 0.01 ? series : 0.5 * e - 0.5 / e;
}

KERAS_INLINE double asinh_d(double x) {
  const double a = abs_d(x);
  // a² would overflow for infinity only: float32 leaves room.
  const double y = log1p_d(a + a * a / (1.0 + __builtin_sqrt(1.0 + a * a)));
  return copysign_d(a == kInfinity ? a : y, x);
}

KERAS_INLINE double acosh_d(double x) {
  const double t = x - 1.0;
  const double y = log1p_d(t + __builtin_sqrt(t * (t + 2.0)));
  return x < 1.0 ? kNan : y;
}

KERAS_INLINE double atanh_d(double x) {
  const double a = abs_d(x);
  const double y = 0.5 * log1p_d(2.0 * a / (1.0 - a));
  return copysign_d(a > 1.0 ? kNan : y, x);
}

/// Odd polynomial after reduction to [-tan(pi/8), tan(pi/8)].
KERAS_INLINE double atan_d(double x) {
  const double a = abs_d(x);
  const bool beyond_one = a > 1.0;
  const double u = beyond_one ? 1.0 / a : a;
  const bool upper = u > 0.41421356237309503;
  const double t = upper ? (u - 1.0) / (u + 1.0) : u;
  const double z = t * t;
  double p = -0.02529587642944199;
  p = p * z + 0.05023369919267914;
  p = p * z - 0.06505597552242354;
  p = p * z + 0.07673479084450667;
  p = p * z - 0.0908952528075533;
  p = p * z + 0.11111048633110537;
  p = p * z - 0.14285712656031796;
  p = p * z + 0.19999999978319347;
  p = p * z - 0.33333333333220927;
  double y = t + t * z * p;
  y = upper ? y + 0.78539816339744830962 : y;
  y = beyond_one ? 1.57079632679489661923 - y : y;
  return x != x ? x : copysign_d(y, x);
}

KERAS_INLINE double atan2_d(double y, double x) {
  const double ax = abs_d(x);
  const double ay = abs_d(y);
  const double ratio = ay / ax;
  // 0/0 and inf/inf have limits here.
  double angle = atan_d(ay == ax ? (ay == 0.0 ? 0.0 : 1.0) : ratio);
  angle = copysign_d(1.0, x) < 0.0 ? 3.14159265358979323846 - angle : angle;
  angle = copysign_d(angle, y);
  return x != x ? x : (y != y ? y : angle);
}

/// sin (quadrant 0) or cos (quadrant 1) for |x| < 2^22 or so; three parts of pi/2 keep the
/// remainder to 1e-17 there.
KERAS_INLINE double sin_d(double x, double quadrant) {
  const double k = (x * 0.63661977236758134308 + kRoundMagic) - kRoundMagic;
  double r = x - k * 1.57079632673412561417;
  r = r - k * 6.07710050630396597660e-11;
  r = r - k * 2.02226624879595063154e-21;
  const std::uint64_t q = double_to_bits(k + quadrant + kRoundMagic);
  const double z = r * r;
  double s = -2.50521083854417188e-8;
  s = s * z + 2.75573192239858907e-6;
  s = s * z - 1.98412698412698413e-4;
  s = s * z + 8.33333333333333333e-3;
  s = s * z - 1.66666666666666667e-1;
  s = r * (1.0 + z * s);
  double c = 2.08767569878680990e-9;
  c = c * z - 2.75573192239858907e-7;
  c = c * z + 2.48015873015873016e-5;
  c = c * z - 1.38888888888888889e-3;
  c = c * z + 4.16666666666666667e-2;
  c = 1.0 - 0.5 * z + z * z * c;
  const double y = (q & 1) ? c : s;
  return bits_to_double(double_to_bits(y) ^ ((q & 2) << 62));
}

/// For |x| < 1: x P(x²).
KERAS_INLINE double erf_small_d(double x) {
  const double z = x * x;
  double p = 9.450113689646536e-09;
  p = p * z - 1.519869275649055e-07;
  p = p * z + 1.6312487024888079e-06;
  p = p * z - 1.4913540412065759e-05;
  p = p * z + 0.00012054697985441182;
  p = p * z - 0.0008548305524711067;
  p = p * z + 0.00522397716963765;
  p = p * z - 0.02686617058845545;
  p = p * z + 0.11283791670590586;
  p = p * z - 0.37612638903174456;
  p = p * z + 1.1283791670955123;
  return x * p;
}

/// erfc for x >= 1: e^(-x²) times a polynomial in 1 / (x + 2.5).
KERAS_INLINE double erfc_tail_d(double x) {
  x = x > 11.0 ? 11.0 : x;
  const double t = 1.0 / (x + 2.5);
  double p = -1030.8000785672252;
  p = p * t + 1968.7956256025411;
  p = p * t - 1414.361210718192;
  p = p * t + 451.6460646000218;
  p = p * t - 100.2003808594524;
  p = p * t + 34.47950420009512;
  p = p * t + 9.786167035210116;
  p = p * t + 6.869994660777083;
  p = p * t + 3.234617707400142;
  p = p * t + 1.4108155551770731;
  p = p * t + 0.5641824649038742;
  p = p * t + 6.403991997805392e-08;
  return p * exp_d(-x * x);
}

/// Tails from the scaled complement, so that they keep their relative precision.
KERAS_INLINE double erfc_d(double x) {
  const double tail = erfc_tail_d(abs_d(x));
  const double y = abs_d(x) < 1.0 ? 1.0 - erf_small_d(x) : (x < 0.0 ? 2.0 - tail : tail);
  return x != x ? x : y;
}

/// M. Giles, "Approximating the erfinv function" (2010), sharpened by a Newton step on erf or, in
/// the tails, on erfc.
KERAS_INLINE double erfinv_d(double x) {
  const double a = abs_d(x);
  const double complement = 1.0 - a;
  const double w = -log_d(complement * (1.0 + a));
  const double near = w - 2.5;
  double p = 2.81022636e-08;
  p = p * near + 3.43273939e-07;
  p = p * near - 3.5233877e-06;
  p = p * near - 4.39150654e-06;
  p = p * near + 0.00021858087;
  p = p * near - 0.00125372503;
  p = p * near - 0.00417768164;
  p = p * near + 0.246640727;
  p = p * near + 1.50140941;
  const double far = __builtin_sqrt(w < 5.0 ? 5.0 : w) - 3.0;
  double q = -0.000200214257;
  q = q * far + 0.000100950558;
  q = q * far + 0.00134934322;
  q = q * far - 0.00367342844;
  q = q * far + 0.00573950773;
  q = q * far - 0.0076224613;
  q = q * far + 0.00943887047;
  q = q * far + 1.00167406;
  q = q * far + 2.83297682;
  double y = (w < 5.0 ? p : q) * a;
  const double miss = y < 1.0 ? erf_small_d(y) - a : complement - erfc_tail_d(y);
  y = y - miss * 0.88622692545275801365 * exp_d(y * y);
  y = a == 1.0 ? kInfinity : y;
  y = a > 1.0 ? kNan : y;
  return x != x ? x : copysign_d(y, x);
}

/// x^y with C's rules for zeros, infinities and negative bases.
KERAS_INLINE double pow_d(double x, double y) {
  const double ax = abs_d(x);
  double p = exp_d(y * log_d(ax));
  const double half = 0.5 * y;
  const double y_nearest = (y + kRoundMagic) - kRoundMagic;
  const double half_nearest = (half + kRoundMagic) - kRoundMagic;
  const bool large = abs_d(y) >= 0x1p51;
  const bool integer = large | (y_nearest == y);
  const bool odd = (!large) & (y_nearest == y) & (half_nearest != half);
  const bool negative = copysign_d(1.0, x) < 0.0;
  p = (negative & odd) ? -p : p;
  p = ((x < 0.0) & !integer & (ax != kInfinity)) ? kNan : p;
  p = ((ax == 1.0) & (abs_d(y) == kInfinity)) ? 1.0 : p;
  p = ((x != x) | (y != y)) ? x + y : p;
  return ((x == 1.0) | (y == 0.0)) ? 1.0 : p;
}

/// e^x to 1 ulp, the hottest of all: computed in float32.
KERAS_INLINE float exp_f(float x) {
  float y = x > 89.0f ? 89.0f : x;
  y = y < -105.0f ? -105.0f : y;
  const float shifted = multiply_add(y, 1.44269504f, 0x1.8p23f);
  const float k = shifted - 0x1.8p23f;
  // Cody and Waite: the first part of ln 2 has few bits, so that k times it is exact.
  float r = multiply_add(-k, 0.693359375f, y);
  r = multiply_add(k, 2.12194440e-4f, r);
  float p = 1.9875691500e-4f;
  p = multiply_add(p, r, 1.3981999507e-3f);
  p = multiply_add(p, r, 8.3334519073e-3f);
  p = multiply_add(p, r, 4.1665795894e-2f);
  p = multiply_add(p, r, 1.6666665459e-1f);
  p = multiply_add(p, r, 5.0000001201e-1f);
  p = multiply_add(p, r * r, r) + 1.0f;
  // 2^k in two factors: results may be denormal, or k be 128.
  const std::int32_t n = static_cast<std::int32_t>(float_to_bits(shifted) - 0x4b400000U);
  const std::int32_t half = n >> 1;
  const float first = bits_to_float(static_cast<std::uint32_t>(half + 127) << 23);
  const float second = bits_to_float(static_cast<std::uint32_t>(n - half + 127) << 23);
  return p * first * second;
}

/// S. Moshier, Cephes: logf.
KERAS_INLINE float log_f(float x) {
  const bool tiny = x < 0x1p-126f;
  const float scaled = tiny ? x * 0x1p24f : x;
  const std::int32_t offset = static_cast<std::int32_t>(float_to_bits(scaled) - 0x3f3504f3U);
  const float e = static_cast<float>((offset >> 23) - (tiny ? 24 : 0));
  const float f =
      bits_to_float(static_cast<std::uint32_t>((offset & 0x007fffff) + 0x3f3504f3)) - 1.0f;
  const float z = f * f;
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  float y = p * f * z;
  y = y - e * 2.12194440e-4f;
  y = y - 0.5f * z;
  y = (f + y) + e * 0.693359375f;
  y = x == __builtin_inff() ? x : y;
  y = x == 0.0f ? -__builtin_inff() : y;
  y = x < 0.0f ? __builtin_nanf("") : y;
  return x != x ? x : y;
}

KERAS_INLINE float abs_f(float x) { return bits_to_float(float_to_bits(x) & 0x7fffffffU); }
KERAS_INLINE float copysign_f(float magnitude, float sign) {
  return bits_to_float((float_to_bits(magnitude) & 0x7fffffffU) |
                       (float_to_bits(sign) & 0x80000000U));
}

KERAS_INLINE float sigmoid_f(float x) {
  const float e = exp_f(-abs_f(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

/// S. Moshier, Cephes: tanhf.
KERAS_INLINE float tanh_f(float x) {
  const float a = abs_f(x);
  const float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const float near = x + x * (p * z);
  const float far = 1.0f - 2.0f / (exp_f(a + a) + 1.0f);
  const float y = copysign_f(a < 0.625f ? near : far, x);
  return x != x ? x : y;
}

/// x + x P(x²) near 0, and 1 - 2^(x Q(x)) beyond: fitted to the least largest error in units of
/// the last place, 1.2 for all.
KERAS_INLINE float erf_f(float x) {
  const float a = abs_f(x);
  const float z = x * x;
  float p = 8.185087062884122e-5f;
  p = multiply_add(p, z, -8.097701938822865e-4f);
  p = multiply_add(p, z, 5.196951795369387e-3f);
  p = multiply_add(p, z, -2.6857705786824226e-2f);
  p = multiply_add(p, z, 0.11283663660287857f);
  p = multiply_add(p, z, -0.37612631916999817f);
  p = multiply_add(p, z, 0.12837916612625122f);
  const float near = multiply_add(x, p, x);
  const float t = a > 4.0f ? 4.0f : a;
  float q = -1.81483410e-5f;
  q = multiply_add(q, t, 4.8523994e-4f);
  q = multiply_add(q, t, -5.3346604e-3f);
  q = multiply_add(q, t, 3.44506390e-2f);
  q = multiply_add(q, t, -0.15346471f);
  q = multiply_add(q, t, -0.916209817f);
  q = multiply_add(q, t, -1.6283252f);
  const float shifted = multiply_add(q, t, 0x1.8p23f);
  const float r = multiply_add(q, t, -(shifted - 0x1.8p23f));
  float e = 1.34004327e-3f;
  e = multiply_add(e, r, 9.67603736e-3f);
  e = multiply_add(e, r, 5.5503272e-2f);
  e = multiply_add(e, r, 0.24022107f);
  e = multiply_add(e, r, 0.693147182f);
  e = multiply_add(e, r, 1.0000001f);
  // The exponent lies within [-26, 0] and can be added to the bits.
  e = bits_to_float(float_to_bits(e) + (float_to_bits(shifted) << 23));
  const float far = copysign_f(1.0f - e, x);
  return a >= 0.95f ? far : near;  // NaN is near
}
