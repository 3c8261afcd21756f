#include "keras/utils/random_seed.h"

#include "keras/random/seed_generator.h"

namespace keras::utils {

void set_random_seed(std::int64_t seed) { random::reset_global_seed(seed); }

}  // namespace keras::utils
