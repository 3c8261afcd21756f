#include <limits>

#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/random/draws.h"
#include "keras/random/random.h"

namespace keras::random {
namespace {

/// Where fewer successes than that are expected, the distribution is added up from 0 on.
constexpr double kFew = 10;
/// More successes than that have a probability below 1e-11 where `kFew` are expected.
constexpr int kMostOfFew = 40;
/// A round accepts two of three proposals or more, so that one of 4e9 numbers is left.
constexpr int kRounds = 20;

/// Numbers of trials and chances of success, at most a half.
struct Trials {
  Tensor counts, chance;
};

/// The number of successes whose cumulative probability passes a uniform number.
Tensor add_up(const Trials& trials, const Shape& shape, Draws& draws) {
  const Tensor level = ops::cast(draws.uniform(shape), DType::kFloat64);
  const Tensor odds = trials.chance / (1.0 - trials.chance);
  Tensor probability = ops::exp(trials.counts * ops::log1p(-trials.chance));
  Tensor below = probability, found = ops::zeros(shape, DType::kFloat64);
  for (int k = 0; k < kMostOfFew; ++k) {
    found = found + ops::cast(ops::greater(level, below), DType::kFloat64);
    probability = probability * odds * (ops::maximum(trials.counts - k, 0.0) / (k + 1.0));
    below = below + probability;
  }
  return ops::minimum(found, trials.counts);
}

/// log(k!) without its large terms, of which Stirling's formula is made.
Tensor stirling_tail(const Tensor& k) {
  const Tensor x = k + 1.0, square = ops::square(x);
  const Tensor series = (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / x;
  // The series is good from 10 on.
  static const double exact[] = {0.0810614667953272, 0.0413406959554092, 0.0276779256849983,
                                 0.0207906721037650, 0.0166446911898211, 0.0138761288230707,
                                 0.0118967099458917, 0.0104112652619720, 0.00925546218271273,
                                 0.00833056343336287};
  Tensor tail = series;
  for (int i = 0; i < 10; ++i)
    tail = ops::where(ops::equal(k, static_cast<double>(i)), exact[i], tail);
  return tail;
}

/// Hörmann's transformed rejection with squeeze (BTRS).
Tensor propose(const Trials& trials, const Shape& shape, Draws& draws) {
  const Tensor &n = trials.counts, &p = trials.chance;
  const Tensor stddev = ops::sqrt(n * p * (1.0 - p));
  const Tensor b = stddev * 2.53 + 1.15, a = b * 0.0248 + p * 0.01 - 0.0873;
  const Tensor squeeze = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * stddev;
  const Tensor odds = p / (1.0 - p), mode = ops::floor((n + 1.0) * p);
  const Tensor at_mode = stirling_tail(mode) + stirling_tail(n - mode);
  Tensor found = mode, open = ops::ones(shape, DType::kBool);
  for (int round = 0; round < kRounds; ++round) {
    const Tensor u = ops::cast(draws.uniform(shape), DType::kFloat64) - 0.5;
    const Tensor v = ops::cast(draws.uniform(shape), DType::kFloat64);
    const Tensor us = ops::maximum(0.5 - ops::abs(u), 1e-12);
    const Tensor proposed = ops::floor((a * 2.0 / us + b) * u + n * p + 0.5);
    const Tensor inside =
        ops::logical_and(ops::greater_equal(proposed, 0.0), ops::less_equal(proposed, n));
    const Tensor k = ops::where(inside, proposed, mode);
    const Tensor limit = (mode + 0.5) * ops::log((mode + 1.0) / (odds * (n - mode + 1.0))) +
                         (n + 1.0) * ops::log((n - mode + 1.0) / (n - k + 1.0)) +
                         (k + 0.5) * ops::log(odds * (n - k + 1.0) / (k + 1.0)) + at_mode -
                         stirling_tail(k) - stirling_tail(n - k);
    const Tensor level = ops::log(v * alpha / (a / ops::square(us) + b));
    const Tensor quick =
        ops::logical_and(ops::greater_equal(us, 0.07), ops::less_equal(v, squeeze));
    const Tensor accepted =
        ops::logical_and(inside, ops::logical_or(quick, ops::less_equal(level, limit)));
    found = ops::where(ops::logical_and(open, accepted), k, found);
    open = ops::logical_and(open, ops::logical_not(accepted));
  }
  return found;
}

}  // namespace

Tensor binomial(const Shape& shape, const Tensor& counts, const Tensor& probabilities,
                GammaOptions options) {
  const DType dtype = float_dtype(options.dtype);
  Draws draws(options.seed);
  const Tensor n = ops::broadcast_to(ops::floor(ops::cast(counts, DType::kFloat64)), shape);
  const Tensor p = ops::broadcast_to(ops::cast(probabilities, DType::kFloat64), shape);
  const Tensor valid =
      ops::logical_and(ops::greater_equal(n, 0.0),
                       ops::logical_and(ops::greater_equal(p, 0.0), ops::less_equal(p, 1.0)));
  const Tensor often = ops::greater(p, 0.5);
  const Tensor chance = ops::where(valid, ops::where(often, 1.0 - p, p), 0.25);
  const Tensor trials = ops::where(valid, n, 0.0);
  const Tensor few = ops::less(trials * chance, kFew);
  // Each way is given numbers that it can do with where the other one is taken.
  const Tensor counted = add_up({ops::where(few, trials, 0.0), chance}, shape, draws);
  const Tensor proposed =
      propose({ops::where(few, 100.0, trials), ops::where(few, 0.5, chance)}, shape, draws);
  const Tensor successes = ops::where(few, counted, proposed);
  const Tensor found = ops::where(often, trials - successes, successes);
  return ops::cast(ops::where(valid, found, std::numeric_limits<double>::quiet_NaN()), dtype);
}

}  // namespace keras::random
