#pragma once

#include <cstdint>

namespace keras::utils {

/// Makes all that is random from here on repeat: draws without a seed, initial weights, shuffled
/// data, and the seeds of objects created without one. Keras: keras.utils.set_random_seed.
void set_random_seed(std::int64_t seed);

}  // namespace keras::utils
