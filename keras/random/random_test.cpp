#include "keras/random/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "keras/engine/error.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "keras/ops/random/inverse_normal.h"
#include "keras/ops/random/philox.h"
#include "keras/utils/random_seed.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using testing::expect_values;

struct Statistics {
  double mean = 0, variance = 0, low = 0, high = 0;
};

Statistics statistics(const Tensor& x) {
  const std::vector<double> values = x.to_vector<double>();
  Statistics s;
  const auto count = static_cast<double>(values.size());
  s.mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  for (const double value : values) s.variance += (value - s.mean) * (value - s.mean) / count;
  s.low = *std::min_element(values.begin(), values.end());
  s.high = *std::max_element(values.begin(), values.end());
  return s;
}

TEST(Philox, GivesThePublishedWords) {
  // Known answers of the authors' own implementation.
  const auto zeros = ops::philox_words<2>(0, 0, 0);
  EXPECT_EQ(zeros[0], 0x6627e8d5u);
  EXPECT_EQ(zeros[1], 0xe169c58du);
  EXPECT_EQ(zeros[2], 0xbc57ac4cu);
  EXPECT_EQ(zeros[3], 0x9b00dbd8u);
  const auto next = ops::philox_words<1>(0, 0, 1);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(zeros[4 + i], next[i]);
}

TEST(InverseNormal, InvertsTheDistribution) {
  for (const double p : {0.001, 0.0227501319, 0.2, 0.5, 0.6, 0.97, 0.9999})
    EXPECT_NEAR(0.5 * std::erfc(-ops::inverse_normal(p) / std::sqrt(2.0)), p, 1e-13);
}

TEST(Random, GammaHasItsMoments) {
  for (const float alpha : {0.3f, 1.0f, 4.5f}) {
    const Statistics s = statistics(random::gamma({20000}, Tensor(alpha), {.seed = 3}));
    EXPECT_NEAR(s.mean, alpha, 0.05 * std::max(1.0f, alpha)) << alpha;
    EXPECT_NEAR(s.variance, alpha, 0.08 * std::max(1.0f, alpha)) << alpha;
    EXPECT_GE(s.low, 0);
  }
  // Each column by its own alpha.
  const Tensor both = random::gamma({4000, 2}, Tensor::of<float>({1, 9}), {.seed = 1});
  expect_values(ops::mean(both, {.axis = 0}), {2}, {1, 9}, 0.1f);
  expect_error<DtypeError>([] { random::gamma({2}, Tensor(1.0f), {.dtype = "int32"}); },
                           "requires a floating point `dtype`");
}

TEST(Random, BetaHasItsMoments) {
  const float pairs[][2] = {{2, 5}, {0.5f, 0.5f}, {1e-6f, 1e-6f}};
  for (const auto& [a, b] : pairs) {
    const Statistics s = statistics(random::beta({20000}, Tensor(a), Tensor(b), {.seed = 5}));
    EXPECT_NEAR(s.mean, a / (a + b), 0.02) << a;
    EXPECT_NEAR(s.variance, a * b / ((a + b) * (a + b) * (a + b + 1)), 0.02) << a;
    EXPECT_GE(s.low, 0);
    EXPECT_LE(s.high, 1);
  }
}

TEST(Random, BinomialHasItsMoments) {
  const float trials[][2] = {{1, 0.5f},   {20, 0.1f},  {20, 0.9f},    {30, 0.5f},
                             {200, 0.3f}, {50, 0.96f}, {1e6f, 0.25f}, {1e6f, 2e-6f}};
  for (const auto& [count, chance] : trials) {
    const Statistics s =
        statistics(random::binomial({20000}, Tensor(count), Tensor(chance), {.seed = 5}));
    const double variance = count * chance * (1.0 - chance);
    EXPECT_NEAR(s.mean, count * chance, 4 * std::sqrt(variance / 20000)) << count << " " << chance;
    EXPECT_NEAR(s.variance / variance, 1, 0.07) << count << " " << chance;
    EXPECT_GE(s.low, 0);
    EXPECT_LE(s.high, count);
  }
}

TEST(Random, BinomialHasItsProbabilities) {
  // Once added up (4 expected) and once by rejection (12 expected).
  for (const auto& [count, chance] : {std::pair{8, 0.5}, {24, 0.5}}) {
    const auto drawn =
        random::binomial({100000}, Tensor(count), Tensor(chance), {.seed = 2}).to_vector<float>();
    double probability = std::pow(1 - chance, count);
    for (int k = 0; k <= count; ++k) {
      const auto found = std::count(drawn.begin(), drawn.end(), static_cast<float>(k));
      EXPECT_NEAR(static_cast<double>(found) / 1e5, probability, 5e-3) << k << " of " << count;
      probability *= (count - k) / (k + 1.0) * chance / (1 - chance);
    }
  }
}

TEST(Random, BinomialKnowsItsEdges) {
  const Tensor counts = Tensor::of<float>({0, 7, 7, -1, 7, 7});
  const Tensor chances = Tensor::of<float>({0.5f, 0, 1, 0.5f, 1.5f, -0.1f});
  const auto drawn = random::binomial({6}, counts, chances, {.seed = 1}).to_vector<float>();
  EXPECT_EQ(drawn[0], 0);
  EXPECT_EQ(drawn[1], 0);
  EXPECT_EQ(drawn[2], 7);
  for (std::size_t i = 3; i < 6; ++i) EXPECT_TRUE(std::isnan(drawn[i])) << i;
  expect_error<DtypeError>(
      [] { random::binomial({2}, Tensor(3.0f), Tensor(0.5f), {.dtype = "int32"}); },
      "requires a floating point `dtype`");
  expect_error<Error>(
      [] {
        random::binomial({2}, Tensor::of<float>({1, 2, 3}), Tensor(0.5f));
      },
      "(3,)");
}

TEST(Random, UniformIsUniform) {
  for (const char* dtype : {"float32", "float64", "float16", "bfloat16"}) {
    const Statistics s = statistics(
        random::uniform({20000}, {.minval = -1, .maxval = 3, .dtype = dtype, .seed = 1}));
    EXPECT_NEAR(s.mean, 1, 0.05) << dtype;
    EXPECT_NEAR(s.variance, 16.0 / 12, 0.05) << dtype;
    EXPECT_GE(s.low, -1) << dtype;
    EXPECT_LE(s.high, 3) << dtype;
  }
  EXPECT_LT(statistics(random::uniform({100000}, {.dtype = "bfloat16", .seed = 1})).high, 1);
}

TEST(Random, DoesNotDependOnThreads) {
  const int before = engine::num_threads();
  engine::set_num_threads(1);
  const std::vector<float> one = random::uniform({200001}, {.seed = 8}).to_vector<float>();
  engine::set_num_threads(3);
  EXPECT_EQ(random::uniform({200001}, {.seed = 8}).to_vector<float>(), one);
  engine::set_num_threads(before);
}

TEST(Random, NormalIsNormal) {
  for (const char* dtype : {"float32", "float64"}) {
    const Tensor x = random::normal({20001}, {.mean = 2, .stddev = 3, .dtype = dtype, .seed = 5});
    const Statistics s = statistics(x);
    EXPECT_NEAR(s.mean, 2, 0.08);
    EXPECT_NEAR(s.variance, 9, 0.3);
    const std::vector<double> values = x.to_vector<double>();
    const auto within =
        std::count_if(values.begin(), values.end(), [](double v) { return std::abs(v - 2) < 3; });
    EXPECT_NEAR(static_cast<double>(within) / 20001, 0.6827, 0.01);
  }
}

TEST(Random, TruncatedNormalStaysWithinTwoDeviations) {
  const Statistics s = statistics(random::truncated_normal({20000}, {.stddev = 2, .seed = 5}));
  EXPECT_NEAR(s.mean, 0, 0.05);
  EXPECT_NEAR(s.variance, 4 * 0.7737, 0.06);
  EXPECT_GE(s.low, -4);
  EXPECT_LE(s.high, 4);
}

TEST(Random, RandintCoversItsRange) {
  const Tensor x = random::randint({6000}, -2, 4, {.seed = 3});
  EXPECT_EQ(x.dtype(), DType::kInt32);
  std::vector<int> counts(6);
  for (const std::int32_t value : x.data<std::int32_t>()) ++counts.at(value + 2);
  for (const int count : counts) EXPECT_NEAR(count, 1000, 130);
  const Tensor wide = random::randint({1000}, -(std::int64_t{1} << 62), std::int64_t{1} << 62,
                                      {.dtype = "int64", .seed = 3});
  EXPECT_NEAR(statistics(wide).mean / std::pow(2.0, 62), 0, 0.08);
}

TEST(Random, CategoricalFollowsTheLogits) {
  const Tensor logits = ops::log(Tensor::from(std::vector<float>{1, 3, 0, 0, 1, 1}, {2, 3}));
  const Tensor samples = random::categorical(logits, 4000, {.seed = 11});
  ASSERT_EQ(samples.shape(), (Shape{2, 4000}));
  std::vector<int> counts(6);
  const auto values = samples.data<std::int32_t>();
  for (std::size_t i = 0; i < values.size(); ++i) ++counts.at(values[i] + (i < 4000 ? 0 : 3));
  EXPECT_NEAR(counts[0], 1000, 120);
  EXPECT_NEAR(counts[1], 3000, 120);
  EXPECT_EQ(counts[2] + counts[3], 0);
  EXPECT_NEAR(counts[4], 2000, 130);
}

TEST(Random, ShufflePermutes) {
  const Tensor x = ops::reshape(ops::arange(40), {2, 20});
  const Tensor y = random::shuffle(x, {.axis = 1, .seed = 2});
  std::vector<float> values = y.to_vector<float>();
  EXPECT_NE(values, x.to_vector<float>());
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(values[i] + 20, values[i + 20]);
  std::sort(values.begin(), values.end());
  EXPECT_EQ(values, x.to_vector<float>());
}

TEST(Random, DropoutScalesWhatItKeeps) {
  const Tensor x = ops::ones({100, 100});
  const std::vector<float> y = random::dropout(x, 0.25, {.seed = 4}).to_vector<float>();
  int kept = 0;
  for (const float value : y) {
    EXPECT_TRUE(value == 0 || std::abs(value - 1 / 0.75f) < 1e-6f) << value;
    kept += value != 0;
  }
  EXPECT_NEAR(kept, 7500, 150);
  EXPECT_EQ(random::dropout(x, 0).to_vector<float>(), x.to_vector<float>());
  expect_values(ops::sum(random::dropout(x, 1)), {}, {0});
}

TEST(Random, DropoutTakesANoiseShapeAndHasAGradient) {
  const random::DropoutOptions options{.noise_shape = {kUnknown, 1}, .seed = 9};
  const Tensor x = ops::ones({8, 5});
  const Tensor y = random::dropout(x, 0.5, options);
  const std::vector<float> values = y.to_vector<float>();
  for (std::size_t i = 0; i < 40; ++i) EXPECT_EQ(values[i], values[i / 5 * 5]);
  const auto slope =
      grad([&](const Tensor& t) { return ops::sum(random::dropout(t, 0.5, options)); });
  EXPECT_EQ(slope(x).to_vector<float>(), values);
  expect_error<ShapeError>([&] { random::dropout(x, 0.5, {.noise_shape = {8}}); },
                           "received noise_shape=(8,) for inputs of shape (8, 5)");
}

TEST(Random, NamesWrongArguments) {
  expect_error<DtypeError>([] { random::uniform({2}, {.dtype = "int32"}); },
                           "requires a floating point `dtype`. Received: dtype=int32");
  expect_error<DtypeError>([] { random::randint({2}, 0, 1, {.dtype = "float32"}); },
                           "requires an integer `dtype`. Received: dtype=float32");
  expect_error<ValueError>([] { random::randint({2}, 3, 3); }, "minval=3, maxval=3");
  expect_error<ShapeError>([] { random::categorical(ops::ones({3}), 1); },
                           "`logits` should be a 2-D tensor with shape [batch_size, num_classes]. "
                           "Received: logits.shape=(3,)");
  expect_error<ValueError>([] { random::dropout(ops::ones({3}), 1.5); },
                           "`rate` must be between 0 and 1. Received: rate=1.5");
}

TEST(SeedGenerator, CountsItsDraws) {
  const random::SeedGenerator generator(1337);
  EXPECT_EQ(generator.next().to_vector<std::uint32_t>(), (std::vector<std::uint32_t>{1337, 0}));
  EXPECT_EQ(generator.next().to_vector<std::uint32_t>(), (std::vector<std::uint32_t>{1337, 1}));
  EXPECT_EQ(generator.state().name(), "seed_generator_state");
  EXPECT_FALSE(generator.state().trainable());
  const random::SeedGenerator again = random::SeedGenerator::from_config(generator.get_config());
  EXPECT_EQ(again.get_config(), generator.get_config());
  EXPECT_EQ(again.next().to_vector<std::uint32_t>()[1], 0u);
}

TEST(SeedGenerator, DrawsAnewAtEachRunOfACompiledFunction) {
  const random::SeedGenerator generator(7), eager(7);
  const CompiledFunction draw(
      [&](const Tensors&) { return Tensors{random::uniform({4}, {.seed = generator})}; });
  for (int run = 0; run < 3; ++run)
    EXPECT_EQ(draw({})[0].to_vector<float>(),
              random::uniform({4}, {.seed = eager}).to_vector<float>());
}

TEST(SetRandomSeed, MakesAllDrawsRepeat) {
  const auto draws = [] {
    utils::set_random_seed(42);
    std::vector<float> out = random::normal({5}).to_vector<float>();
    const std::vector<float> more = random::normal({5}).to_vector<float>();
    out.insert(out.end(), more.begin(), more.end());
    out.push_back(static_cast<float>(random::make_default_seed()));
    out.push_back(random::SeedGenerator().next().to_vector<float>()[0]);
    return out;
  };
  const std::vector<float> first = draws();
  EXPECT_EQ(first, draws());
  EXPECT_NE(first[0], first[5]);
}

}  // namespace
}  // namespace keras
