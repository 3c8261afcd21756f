#include "keras/initializers/initializers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "keras/engine/error.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"
#include "keras/utils/random_seed.h"
#include "tests/support/tensors.h"

namespace keras::initializers {
namespace {

using testing::expect_error;
using testing::expect_values;

struct Moments {
  double mean = 0;
  double stddev = 0;
  double largest = 0;
};

Moments moments(const Tensor& x) {
  Moments m;
  const std::vector<double> values = x.to_vector<double>();
  const double count = static_cast<double>(values.size());
  for (const double v : values) m.mean += v / count;
  for (const double v : values) m.stddev += (v - m.mean) * (v - m.mean) / count;
  m.stddev = std::sqrt(m.stddev);
  for (const double v : values) m.largest = std::max(m.largest, std::abs(v));
  return m;
}

TEST(Initializers, FillWithConstants) {
  expect_values(Zeros()({2}), {2}, {0, 0});
  expect_values(Ones()({2}), {2}, {1, 1});
  expect_values(Constant(2.5)({2}), {2}, {2.5f, 2.5f});
  expect_values(Identity({.gain = 2})({2, 3}), {2, 3}, {2, 0, 0, 0, 2, 0});
  EXPECT_EQ(Ones()({2}, DType::kInt32).dtype(), DType::kInt32);
  EXPECT_EQ(HeNormal()({2, 2}, DType::kFloat16).dtype(), DType::kFloat16);
}

TEST(Initializers, HaveTheVarianceOfTheirFans) {
  struct Case {
    Initializer initializer;
    double stddev;
    double bound;  ///< no value is larger
  };
  const double cut = 2 / 0.87962566103423978;
  const auto of_variance = [&](double v) { return std::sqrt(v); };
  const double glorot = of_variance(2.0 / (300 + 200));
  const double he = of_variance(2.0 / 300);
  const double lecun = of_variance(1.0 / 300);
  const std::vector<Case> cases = {
      {GlorotUniform({.seed = 1}), glorot, glorot * std::sqrt(3.0)},
      {GlorotNormal({.seed = 1}), glorot, glorot * cut},
      {HeUniform({.seed = 1}), he, he * std::sqrt(3.0)},
      {HeNormal({.seed = 1}), he, he * cut},
      {LecunUniform({.seed = 1}), lecun, lecun * std::sqrt(3.0)},
      {LecunNormal({.seed = 1}), lecun, lecun * cut},
      {RandomNormal({.stddev = 0.3, .seed = 1}), 0.3, 3},
      {TruncatedNormal({.stddev = 0.3, .seed = 1}), 0.3 * 0.87962566103423978, 0.6},
      {RandomUniform({.minval = -0.3, .maxval = 0.3, .seed = 1}), 0.3 / std::sqrt(3.0), 0.3},
      {VarianceScaling(
           {.scale = 3, .mode = "fan_out", .distribution = "untruncated_normal", .seed = 1}),
       of_variance(3.0 / 200), 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.initializer.serialize().to_string());
    const Moments m = moments(c.initializer({300, 200}));
    EXPECT_NEAR(m.mean, 0, 0.02 * c.stddev);
    EXPECT_NEAR(m.stddev, c.stddev, 0.02 * c.stddev);
    EXPECT_LE(m.largest, c.bound * (1 + 1e-6));
  }
}

TEST(Initializers, ComputeFansAsKeras) {
  using Fans = std::pair<std::int64_t, std::int64_t>;
  EXPECT_EQ(compute_fans({}), Fans(1, 1));
  EXPECT_EQ(compute_fans({7}), Fans(7, 7));
  EXPECT_EQ(compute_fans({3, 5}), Fans(3, 5));
  EXPECT_EQ(compute_fans({3, 3, 4, 8}), Fans(36, 72));
  EXPECT_EQ(compute_fans({2, 3, 4}, std::vector<int>{0}, std::vector<int>{1, 2}), Fans(2, 12));
}

TEST(Initializers, RepeatWithASeed) {
  const GlorotUniform seeded({.seed = 5});
  const std::vector<float> first = seeded({4, 4}).to_vector<float>();
  EXPECT_EQ(seeded({4, 4}).to_vector<float>(), first);
  EXPECT_EQ(GlorotUniform({.seed = 5})({4, 4}).to_vector<float>(), first);
  EXPECT_NE(GlorotUniform({.seed = 6})({4, 4}).to_vector<float>(), first);
  EXPECT_NE(GlorotUniform()({4, 4}).to_vector<float>(), GlorotUniform()({4, 4}).to_vector<float>());
  utils::set_random_seed(3);
  const std::vector<float> drawn = Initializer("he_normal")({4, 4}).to_vector<float>();
  utils::set_random_seed(3);
  EXPECT_EQ(Initializer("he_normal")({4, 4}).to_vector<float>(), drawn);
}

TEST(Initializers, MakeOrthogonalMatrices) {
  for (const Shape& shape : {Shape{5, 3}, Shape{3, 5}, Shape{2, 2, 3}, Shape{4, 4}}) {
    SCOPED_TRACE(shape.to_string());
    const std::int64_t columns = shape[-1];
    const std::int64_t rows = shape.size() / columns;
    Tensor q = ops::reshape(Orthogonal({.gain = 2, .seed = 1})(shape), {rows, columns});
    if (rows > columns) q = ops::transpose(q);
    const std::int64_t count = std::min(rows, columns);
    const std::vector<float> product = ops::matmul(q, ops::transpose(q)).to_vector<float>();
    for (std::int64_t i = 0; i < count * count; ++i)
      EXPECT_NEAR(product[static_cast<std::size_t>(i)], i % (count + 1) == 0 ? 4 : 0, 1e-5);
  }
}

TEST(Initializers, KeepTheirConfigs) {
  for (const auto& name : initializer_names()) {
    const Initializer initializer(name);
    EXPECT_EQ(Initializer::deserialize(initializer.serialize()).serialize(),
              initializer.serialize());
  }
  EXPECT_EQ(GlorotUniform({.seed = 3}).serialize().to_string(),
            R"({"module": "keras.initializers", "class_name": "GlorotUniform", )"
            R"("config": {"seed": 3, "input_axes": null, "output_axes": null}, )"
            R"("registered_name": null})");
  EXPECT_EQ(VarianceScaling({.scale = 2, .mode = "fan_out", .distribution = "uniform"})
                .get_config()
                .to_string(),
            R"({"seed": null, "scale": 2.0, "mode": "fan_out", "distribution": "uniform", )"
            R"("input_axes": null, "output_axes": null})");
}

TEST(Initializers, KnowKerasNames) {
  EXPECT_EQ(Initializer("he_normal").class_name(), "HeNormal");
  EXPECT_EQ(Initializer("HeNormal").class_name(), "HeNormal");
  EXPECT_EQ(Initializer("normal").class_name(), "RandomNormal");
  EXPECT_EQ(Initializer("uniform").class_name(), "RandomUniform");
  EXPECT_EQ(Initializer("one").class_name(), "Ones");
  EXPECT_FALSE(Initializer(nullptr).defined());
  expect_error<ValueError>([] { Initializer("glorot_unifrom"); }, "did you mean glorot_uniform");
}

TEST(Initializers, TakeFunctionsAndTensors) {
  const Initializer function = [](const Shape& shape, DType dtype) {
    return ops::full(shape, 3, dtype);
  };
  expect_values(function({2}), {2}, {3, 3});
  const Initializer values = Tensor::of<float>({1, 2});
  expect_values(values({2}), {2}, {1, 2});
  expect_error<ValueError>([&] { values({3}); }, "shape=(3,)");
  expect_error<ValueError>([&] { function.serialize(); }, "register_initializer");
}

TEST(Initializers, RejectBadArguments) {
  expect_error<ValueError>([] { Identity()({2}); }, "(2,)");
  expect_error<ValueError>([] { Orthogonal()({2}); }, "at least two-dimensional");
  expect_error<ValueError>([] { VarianceScaling({.scale = 0}); }, "scale=0");
  expect_error<ValueError>([] { VarianceScaling({.mode = "fan"}); }, "Invalid `mode`");
  expect_error<ValueError>([] { VarianceScaling({.distribution = "cauchy"}); }, "cauchy");
  expect_error<ValueError>([] { Initializer()({2}); }, "None");
}

TEST(Initializers, RegisterClassesOfTheProgram) {
  class Mine final : public InitializerImpl {
   public:
    std::string class_name() const override { return "my_app>Mine"; }
    Tensor call(const Shape& shape, DType dtype) const override {
      return ops::full(shape, 7, dtype);
    }
  };
  register_initializer("my_app>Mine",
                       [](const Config&) { return Initializer(std::make_shared<const Mine>()); });
  const Initializer mine(std::make_shared<const Mine>());
  expect_values(Initializer::deserialize(mine.serialize())({2}), {2}, {7, 7});
}

}  // namespace
}  // namespace keras::initializers
