#pragma once

#include <cstdint>
#include <optional>

#include "keras/initializers/initializer.h"
#include "keras/random/seed_generator.h"

namespace keras::initializers {

/// An initializer that draws, always from the same seed: its own, or one taken when it was made.
class SeededInitializer : public InitializerImpl {
 public:
  explicit SeededInitializer(std::optional<std::int64_t> seed)
      : given_(seed), seed_(seed ? *seed : random::make_default_seed()) {}

 protected:
  std::int64_t seed() const { return seed_; }
  /// As it was given: Keras writes no drawn seed.
  Config seed_config() const { return given_ ? Config(*given_) : Config(); }

 private:
  std::optional<std::int64_t> given_;
  std::int64_t seed_;
};

}  // namespace keras::initializers
