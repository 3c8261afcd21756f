#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/initializers/initializers.h"
#include "keras/initializers/seeded_initializer.h"
#include "keras/random/random.h"

namespace keras::initializers {
namespace {

class NormalImpl final : public SeededInitializer {
 public:
  explicit NormalImpl(RandomNormalOptions options)
      : SeededInitializer(options.seed), mean_(options.mean), stddev_(options.stddev) {}
  std::string class_name() const override { return "RandomNormal"; }
  Config get_config() const override {
    return {{"seed", seed_config()}, {"mean", mean_}, {"stddev", stddev_}};
  }
  Tensor call(const Shape& shape, DType dtype) const override {
    return random::normal(
        shape, {.mean = mean_, .stddev = stddev_, .dtype = to_text(dtype), .seed = seed()});
  }

 private:
  double mean_;
  double stddev_;
};

class TruncatedNormalImpl final : public SeededInitializer {
 public:
  explicit TruncatedNormalImpl(RandomNormalOptions options)
      : SeededInitializer(options.seed), mean_(options.mean), stddev_(options.stddev) {}
  std::string class_name() const override { return "TruncatedNormal"; }
  Config get_config() const override {
    return {{"seed", seed_config()}, {"mean", mean_}, {"stddev", stddev_}};
  }
  Tensor call(const Shape& shape, DType dtype) const override {
    return random::truncated_normal(
        shape, {.mean = mean_, .stddev = stddev_, .dtype = to_text(dtype), .seed = seed()});
  }

 private:
  double mean_;
  double stddev_;
};

class UniformImpl final : public SeededInitializer {
 public:
  explicit UniformImpl(RandomUniformOptions options)
      : SeededInitializer(options.seed), minval_(options.minval), maxval_(options.maxval) {}
  std::string class_name() const override { return "RandomUniform"; }
  Config get_config() const override {
    return {{"seed", seed_config()}, {"minval", minval_}, {"maxval", maxval_}};
  }
  Tensor call(const Shape& shape, DType dtype) const override {
    return random::uniform(
        shape, {.minval = minval_, .maxval = maxval_, .dtype = to_text(dtype), .seed = seed()});
  }

 private:
  double minval_;
  double maxval_;
};

}  // namespace

RandomNormal::RandomNormal(RandomNormalOptions options)
    : Initializer(std::make_shared<const NormalImpl>(options)) {}
TruncatedNormal::TruncatedNormal(RandomNormalOptions options)
    : Initializer(std::make_shared<const TruncatedNormalImpl>(options)) {}
RandomUniform::RandomUniform(RandomUniformOptions options)
    : Initializer(std::make_shared<const UniformImpl>(options)) {}

}  // namespace keras::initializers
