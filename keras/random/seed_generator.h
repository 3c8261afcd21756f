#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/engine/tensor/tensor.h"
#include "keras/engine/tensor/variable.h"
#include "keras/utils/config.h"

namespace keras::random {

/// Further arguments of a SeedGenerator.
struct SeedGeneratorOptions {
  std::string name = {};
};

/// Gives a new seed at each call and counts them in a Variable, so that a compiled function draws
/// anew at each run. A handle; copies share the count. Keras: keras.random.SeedGenerator.
class SeedGenerator {
 public:
  /// Without a seed, one is drawn: a different one in each process, unless
  /// `utils::set_random_seed` was called.
  explicit SeedGenerator(std::optional<std::int64_t> seed = {}, SeedGeneratorOptions options = {});

  /// The next seed, uint32 (2,): the generator's own and how many were given before.
  Tensor next() const;
  /// `seed_generator_state`, uint32 (2,), not trainable.
  const Variable& state() const { return state_; }
  const std::string& name() const { return name_; }
  /// The seed as it was given.
  std::optional<std::int64_t> seed() const { return seed_; }
  Config get_config() const;
  static SeedGenerator from_config(const Config& config);

 private:
  std::optional<std::int64_t> seed_;
  std::string name_;
  Variable state_;
};

/// What a random function draws from: an integer (the same values at each call), a generator, a
/// seed tensor, or nothing: the global generator.
class Seed {
 public:
  Seed() = default;
  Seed(int seed) : number_(seed) {}
  Seed(std::int64_t seed) : number_(seed) {}
  Seed(SeedGenerator generator) : generator_(std::move(generator)) {}
  Seed(Tensor seed) : tensor_(std::move(seed)) {}

  /// The seed of one draw, uint32 (2,).
  Tensor draw() const;

 private:
  std::optional<std::int64_t> number_;
  std::optional<SeedGenerator> generator_;
  Tensor tensor_;
};

/// What draws without a seed come from.
SeedGenerator global_seed_generator();
/// A number in [1, 1e9], for objects that need a seed and were given none. Repeats after
/// `utils::set_random_seed`.
std::int64_t make_default_seed();
/// Starts both of them anew; see `utils::set_random_seed`.
void reset_global_seed(std::int64_t seed);

}  // namespace keras::random
