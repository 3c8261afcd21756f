#include "keras/random/seed_generator.h"

#include <mutex>
#include <random>
#include <utility>

#include "keras/ops/numpy.h"
#include "keras/ops/random/philox.h"
#include "keras/utils/naming.h"

namespace keras::random {
namespace {

/// The process's source of seeds.
struct GlobalSeed {
  std::mutex mutex;
  std::optional<SeedGenerator> generator;
  std::uint64_t key = (std::uint64_t{std::random_device{}()} << 32) | std::random_device{}();
  std::uint64_t count = 0;
};

GlobalSeed& global_seed() {
  static GlobalSeed seed;
  return seed;
}

std::int64_t next_default_seed(GlobalSeed& global) {
  constexpr std::uint64_t kLargest = 1'000'000'000;
  const auto words =
      ops::philox_words<1>(static_cast<std::uint32_t>(global.key),
                           static_cast<std::uint32_t>(global.key >> 32), global.count++);
  const std::uint64_t bits = words[0] | std::uint64_t{words[1]} << 32;
  return static_cast<std::int64_t>(1 + bits % kLargest);
}

Tensor seed_tensor(std::int64_t seed) {
  return Tensor::of<std::uint32_t>({static_cast<std::uint32_t>(seed), 0});
}

}  // namespace

SeedGenerator::SeedGenerator(std::optional<std::int64_t> seed, SeedGeneratorOptions options)
    : seed_(seed),
      name_(options.name.empty() ? auto_name("SeedGenerator") : std::move(options.name)),
      state_(seed_tensor(seed ? *seed : make_default_seed()),
             {.trainable = false, .name = "seed_generator_state"}) {
  state_.set_path(name_ + "/seed_generator_state");
}

Tensor SeedGenerator::next() const {
  const Tensor seed = state_.value();
  state_.assign(ops::add(seed, Tensor::of<std::uint32_t>({0, 1})));
  return seed;
}

Config SeedGenerator::get_config() const {
  Config config{{"seed", nullptr}, {"name", name_}};
  if (seed_) config.set("seed", *seed_);
  return config;
}

SeedGenerator SeedGenerator::from_config(const Config& config) {
  const Config* seed = config.find("seed");
  return SeedGenerator(seed && !seed->is_null() ? std::optional(seed->as_int()) : std::nullopt,
                       {.name = config.get("name", "")});
}

Tensor Seed::draw() const {
  if (tensor_.defined()) return tensor_;
  if (generator_) return generator_->next();
  if (number_) return seed_tensor(*number_);
  return global_seed_generator().next();
}

SeedGenerator global_seed_generator() {
  GlobalSeed& global = global_seed();
  const std::lock_guard lock(global.mutex);
  if (!global.generator)
    global.generator = SeedGenerator(next_default_seed(global), {.name = "global_seed_generator"});
  return *global.generator;
}

std::int64_t make_default_seed() {
  GlobalSeed& global = global_seed();
  const std::lock_guard lock(global.mutex);
  return next_default_seed(global);
}

void reset_global_seed(std::int64_t seed) {
  GlobalSeed& global = global_seed();
  const std::lock_guard lock(global.mutex);
  global.generator.reset();
  global.key = static_cast<std::uint64_t>(seed);
  global.count = 0;
}

}  // namespace keras::random
