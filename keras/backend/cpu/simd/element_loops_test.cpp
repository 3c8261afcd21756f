#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "keras/backend/cpu/simd/dispatch.h"
#include "keras/backend/cpu/simd/elementwise_program.h"

namespace keras::backend::cpu::simd {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class ElementLoops : public testing::TestWithParam<const KernelTable*> {
 protected:
  template <typename T>
  std::vector<T> apply(Opcode opcode, std::vector<T> a, std::vector<T> b = {},
                       std::vector<T> c = {}) {
    const std::size_t count = a.size();
    const std::size_t padded = (count + kPadding - 1) / kPadding * kPadding;
    for (auto* source : {&a, &b, &c}) source->resize(padded, T{1});
    const int lane = std::is_same_v<T, float> ? 0 : std::is_same_v<T, double> ? 1 : 2;
    std::vector<T> result(padded);
    GetParam()->elements->loop[static_cast<int>(opcode)][lane](
        result.data(), a.data(), b.data(), c.data(), static_cast<std::ptrdiff_t>(padded));
    result.resize(count);
    return result;
  }
};

INSTANTIATE_TEST_SUITE_P(Targets, ElementLoops, testing::ValuesIn(available_kernels()),
                         [](const auto& param) { return std::string(param.param->name); });

/// The distance of a float32 from the exact value, in units of the last place there.
double ulps(float got, double exact) {
  if (std::isnan(exact)) return std::isnan(got) ? 0 : 1e9;
  if (std::isnan(got)) return 1e9;
  const float nearest = static_cast<float>(exact);
  if (std::isinf(nearest) || std::isinf(got)) return got == nearest ? 0 : 1e9;
  const float size = std::min(std::fabs(nearest), 3e38f);
  return std::fabs(got - exact) / (double{std::nextafter(size, kInf)} - double{size});
}

/// Every 20,011th of all float32, and the special ones.
std::vector<float> sweep() {
  std::vector<float> x = {0.0f,   -0.0f,     1.0f,       -1.0f,     kInf,   -kInf,
                          kNan,   0x1p-149f, -0x1p-149f, 0x1p-126f, 88.72f, 88.8f,
                          -87.4f, -103.9f,   -104.1f,    1e6f,      1e10f,  3e38f};
  for (std::uint64_t bits = 0; bits < (1ULL << 32); bits += 20011)
    x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  for (int i = -20000; i <= 20000; ++i) x.push_back(static_cast<float>(i) * 0.00037f);
  return x;
}

struct Function {
  Opcode opcode;
  double (*exact)(double);
  double tolerance;
};

double sigmoid(double x) {
  return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}
double softplus(double x) {
  return std::isnan(x) ? x : std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)));
}

const Function kFunctions[] = {
    {Opcode::kExp, [](double x) { return std::exp(x); }, 1.0},
    {Opcode::kExpm1, [](double x) { return std::expm1(x); }, 0.51},
    {Opcode::kLog, [](double x) { return std::log(x); }, 1.0},
    {Opcode::kLog1p, [](double x) { return std::log1p(x); }, 0.51},
    {Opcode::kLog2, [](double x) { return std::log2(x); }, 0.51},
    {Opcode::kLog10, [](double x) { return std::log10(x); }, 0.51},
    {Opcode::kSin, [](double x) { return std::sin(x); }, 0.51},
    {Opcode::kCos, [](double x) { return std::cos(x); }, 0.51},
    {Opcode::kTan, [](double x) { return std::tan(x); }, 0.51},
    {Opcode::kAsin, [](double x) { return std::asin(x); }, 0.51},
    {Opcode::kAcos, [](double x) { return std::acos(x); }, 0.51},
    {Opcode::kAtan, [](double x) { return std::atan(x); }, 0.51},
    {Opcode::kSinh, [](double x) { return std::sinh(x); }, 0.51},
    {Opcode::kCosh, [](double x) { return std::cosh(x); }, 0.51},
    {Opcode::kTanh, [](double x) { return std::tanh(x); }, 2.0},
    {Opcode::kAsinh, [](double x) { return std::asinh(x); }, 0.51},
    {Opcode::kAcosh, [](double x) { return std::acosh(x); }, 0.51},
    {Opcode::kAtanh, [](double x) { return std::atanh(x); }, 0.51},
    {Opcode::kErf, [](double x) { return std::erf(x); }, 1.5},
    {Opcode::kErfc, [](double x) { return std::erfc(x); }, 0.51},
    {Opcode::kSigmoid, sigmoid, 2.1},
    {Opcode::kSoftplus, softplus, 0.51},
    {Opcode::kSqrt, [](double x) { return std::sqrt(x); }, 0.5},
    {Opcode::kRsqrt, [](double x) { return 1 / std::sqrt(x); }, 1.5},
    {Opcode::kReciprocal, [](double x) { return 1 / x; }, 0.5},
    {Opcode::kSquare, [](double x) { return x * x; }, 0.5},
    {Opcode::kNegative, [](double x) { return -x; }, 0},
    {Opcode::kAbs, [](double x) { return std::fabs(x); }, 0},
    {Opcode::kFloor, [](double x) { return std::floor(x); }, 0},
    {Opcode::kCeil, [](double x) { return std::ceil(x); }, 0},
    {Opcode::kRound, [](double x) { return std::nearbyint(x); }, 0},
    {Opcode::kTrunc, [](double x) { return std::trunc(x); }, 0},
    {Opcode::kSign, [](double x) { return std::isnan(x) ? x : double(x > 0) - double(x < 0); }, 0},
    {Opcode::kIsFinite, [](double x) { return double(std::isfinite(x)); }, 0},
    {Opcode::kIsInf, [](double x) { return double(std::isinf(x)); }, 0},
    {Opcode::kIsNan, [](double x) { return double(std::isnan(x)); }, 0},
    {Opcode::kLogicalNot, [](double x) { return double(x == 0); }, 0},
};

TEST_P(ElementLoops, Float32FunctionsAgreeWithDouble) {
  const std::vector<float> x = sweep();
  for (const Function& function : kFunctions) {
    const std::vector<float> y = apply(function.opcode, x);
    double worst = 0;
    std::size_t where = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double miss = ulps(y[i], function.exact(double{x[i]}));
      if (miss > worst) worst = miss, where = i;
    }
    EXPECT_LE(worst, function.tolerance)
        << opcode_name(function.opcode) << "(" << x[where] << ") is " << y[where] << ", not "
        << function.exact(double{x[where]});
  }
}

TEST_P(ElementLoops, SignsOfZeroAreKept) {
  for (const Opcode opcode :
       {Opcode::kExpm1, Opcode::kLog1p, Opcode::kSin, Opcode::kTan, Opcode::kAsin, Opcode::kAtan,
        Opcode::kSinh, Opcode::kTanh, Opcode::kAsinh, Opcode::kAtanh, Opcode::kErf, Opcode::kErfinv,
        Opcode::kSqrt, Opcode::kRound, Opcode::kTrunc})
    EXPECT_TRUE(std::signbit(apply<float>(opcode, {-0.0f})[0])) << opcode_name(opcode);
}

TEST_P(ElementLoops, Float64FunctionsAgreeWithTheLibrary) {
  std::vector<double> x = {0.0, -0.0, 1.0, -1.0, INFINITY, -INFINITY, NAN, 1e-320, 1e300};
  for (int i = -3000; i <= 3000; ++i) x.push_back(i * 0.0137);
  for (const Function& function : kFunctions) {
    const std::vector<double> y = apply(function.opcode, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double exact = function.exact(x[i]);
      const bool same = y[i] == exact || (std::isnan(y[i]) && std::isnan(exact)) ||
                        std::fabs(y[i] - exact) <= std::fabs(exact) * 1e-15;
      EXPECT_TRUE(same) << opcode_name(function.opcode) << "(" << x[i] << ") is " << y[i]
                        << ", not " << exact;
    }
  }
}

TEST_P(ElementLoops, ErfinvInvertsErf) {
  std::vector<float> x = {1.0f, -1.0f, 1.1f, kNan, 0x1p-149f};
  for (int i = -9999; i < 10000; ++i) x.push_back(static_cast<float>(i) * 1e-4f);
  for (float gap = 0.5f; gap > 5e-8f; gap *= 0.5f) x.push_back(1.0f - gap);
  const std::vector<float> y = apply(Opcode::kErfinv, x);
  EXPECT_EQ(y[0], kInf);
  EXPECT_EQ(y[1], -kInf);
  EXPECT_TRUE(std::isnan(y[2]));
  EXPECT_TRUE(std::isnan(y[3]));
  const std::vector<double> wide = apply(Opcode::kErfinv, std::vector<double>(x.begin(), x.end()));
  for (std::size_t i = 4; i < x.size(); ++i) {
    EXPECT_LE(ulps(y[i], wide[i]), 0.51) << x[i];
    EXPECT_NEAR(std::erf(wide[i]), double{x[i]}, 3e-16) << x[i];
  }
}

struct BinaryFunction {
  Opcode opcode;
  double (*exact)(double, double);
  double tolerance;
};

double python_mod(double x, double y) {
  const double rest = std::fmod(x, y);
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : std::copysign(rest, rest == 0 ? y : rest);
}
bool nan_in(double x, double y) { return std::isnan(x) || std::isnan(y); }

const BinaryFunction kBinaryFunctions[] = {
    {Opcode::kAdd, [](double x, double y) { return x + y; }, 0.5},
    {Opcode::kSubtract, [](double x, double y) { return x - y; }, 0.5},
    {Opcode::kMultiply, [](double x, double y) { return x * y; }, 0.5},
    {Opcode::kDivide, [](double x, double y) { return x / y; }, 0.5},
    {Opcode::kPower, [](double x, double y) { return std::pow(x, y); }, 0.51},
    {Opcode::kAtan2, [](double x, double y) { return std::atan2(x, y); }, 0.51},
    {Opcode::kMaximum, [](double x, double y) { return nan_in(x, y) ? NAN : std::max(x, y); }, 0},
    {Opcode::kMinimum, [](double x, double y) { return nan_in(x, y) ? NAN : std::min(x, y); }, 0},
    {Opcode::kMod, python_mod, 0.5},
    {Opcode::kEqual, [](double x, double y) { return double(x == y); }, 0},
    {Opcode::kNotEqual, [](double x, double y) { return double(x != y); }, 0},
    {Opcode::kLess, [](double x, double y) { return double(x < y); }, 0},
    {Opcode::kLessEqual, [](double x, double y) { return double(x <= y); }, 0},
    {Opcode::kGreater, [](double x, double y) { return double(x > y); }, 0},
    {Opcode::kGreaterEqual, [](double x, double y) { return double(x >= y); }, 0},
    {Opcode::kLogicalAnd, [](double x, double y) { return double(x != 0 && y != 0); }, 0},
    {Opcode::kLogicalOr, [](double x, double y) { return double(x != 0 || y != 0); }, 0},
    {Opcode::kLogicalXor, [](double x, double y) { return double((x != 0) != (y != 0)); }, 0},
};

TEST_P(ElementLoops, Float32BinaryFunctionsAgreeWithDouble) {
  std::vector<float> values = {0.0f,      -0.0f,  1.0f,        -1.0f, kInf,  -kInf, kNan,
                               0x1p-149f, 3e38f,  -2.0f,       3.0f,  -3.0f, 0.5f,  -0.5f,
                               2.5f,      1e-20f, 16777216.0f, 1e20f, 88.5f};
  for (int i = 0; i < 60; ++i)
    values.push_back(static_cast<float>(std::sin(i * 1.7) * std::exp(i % 11 - 4.0)));
  std::vector<float> x;
  std::vector<float> y;
  for (const float a : values)
    for (const float b : values) x.push_back(a), y.push_back(b);
  for (const BinaryFunction& function : kBinaryFunctions) {
    const std::vector<float> z = apply(function.opcode, x, y);
    for (std::size_t i = 0; i < x.size(); ++i)
      ASSERT_LE(ulps(z[i], function.exact(double{x[i]}, double{y[i]})), function.tolerance)
          << opcode_name(function.opcode) << "(" << x[i] << ", " << y[i] << ") is " << z[i]
          << ", not " << function.exact(double{x[i]}, double{y[i]});
  }
}

TEST_P(ElementLoops, FloorDivisionAndRemainderFollowPython) {
  EXPECT_EQ(apply<float>(Opcode::kFloorDivide, {7, -7, 7, -7, 1}, {2, 2, -2, -2, 0}),
            (std::vector<float>{3, -4, -4, 3, kInf}));
  EXPECT_EQ(apply<float>(Opcode::kMod, {7, -7, 7, -7, 5.5f}, {3, 3, -3, -3, 2}),
            (std::vector<float>{1, 2, -2, -1, 1.5f}));
  using Ints = std::vector<std::int64_t>;
  EXPECT_EQ(apply<std::int64_t>(Opcode::kFloorDivide, {7, -7, 7, -7, 5, INT64_MIN},
                                {2, 2, -2, -2, 0, -1}),
            (Ints{3, -4, -4, 3, 0, INT64_MIN}));
  EXPECT_EQ(apply<std::int64_t>(Opcode::kMod, {7, -7, 7, -7, 5, INT64_MIN}, {3, 3, -3, -3, 0, -1}),
            (Ints{1, 2, -2, -1, 0, 0}));
}

TEST_P(ElementLoops, IntegersWrapShiftAndRaise) {
  using Ints = std::vector<std::int64_t>;
  EXPECT_EQ(apply<std::int64_t>(Opcode::kAdd, {INT64_MAX}, {1}), Ints{INT64_MIN});
  EXPECT_EQ(apply<std::int64_t>(Opcode::kMultiply, {INT64_MAX, -3}, {2, 5}), (Ints{-2, -15}));
  EXPECT_EQ(apply<std::int64_t>(Opcode::kNegative, {INT64_MIN, 4}), (Ints{INT64_MIN, -4}));
  EXPECT_EQ(apply<std::int64_t>(Opcode::kAbs, {INT64_MIN, -4}), (Ints{INT64_MIN, 4}));
  EXPECT_EQ(apply<std::int64_t>(Opcode::kPower, {3, -2, 2, 0, -1}, {4, 3, -1, 0, -3}),
            (Ints{81, -8, 0, 1, -1}));
  EXPECT_EQ(apply<std::int64_t>(Opcode::kLeftShift, {1, 1, 3}, {4, 64, -1}), (Ints{16, 0, 0}));
  EXPECT_EQ(apply<std::int64_t>(Opcode::kRightShift, {-16, -1, 16}, {2, 99, 64}),
            (Ints{-4, -1, 0}));
  EXPECT_EQ(apply<std::int64_t>(Opcode::kBitwiseXor, {12, 12}, {10, 12}), (Ints{6, 0}));
  EXPECT_EQ(apply<std::int64_t>(Opcode::kBitwiseAnd, {12}, {10}), Ints{8});
  EXPECT_EQ(apply<std::int64_t>(Opcode::kBitwiseOr, {12}, {10}), Ints{14});
  EXPECT_EQ(apply<std::int64_t>(Opcode::kBitwiseNot, {12}), Ints{-13});
  EXPECT_EQ(apply<std::int64_t>(Opcode::kSign, {-5, 0, 9}), (Ints{-1, 0, 1}));
  EXPECT_EQ(apply<std::int64_t>(Opcode::kMultiplyAdd, {3}, {4}, {5}), Ints{17});
  EXPECT_EQ(apply<std::int64_t>(Opcode::kSelect, {1, 0}, {4, 4}, {5, 5}), (Ints{4, 5}));
}

TEST_P(ElementLoops, MultiplyAddAndSelect) {
  EXPECT_EQ(apply<float>(Opcode::kMultiplyAdd, {2, 3}, {4, 5}, {1, 1}),
            (std::vector<float>{9, 16}));
  EXPECT_EQ(apply<float>(Opcode::kSelect, {1, 0, kNan}, {2, 2, 2}, {3, 3, 3}),
            (std::vector<float>{2, 3, 2}));
}

TEST_P(ElementLoops, EveryRowHasItsLoops) {
  for (int opcode = 0; opcode < kOpcodeCount; ++opcode)
    for (int lane = 0; lane < kLaneCount; ++lane)
      EXPECT_EQ(GetParam()->elements->loop[opcode][lane] != nullptr,
                opcode_takes(static_cast<Opcode>(opcode), static_cast<Lane>(lane)))
          << opcode_name(static_cast<Opcode>(opcode)) << " " << lane;
}

}  // namespace
}  // namespace keras::backend::cpu::simd
