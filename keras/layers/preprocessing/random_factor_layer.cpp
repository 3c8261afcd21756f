#include "keras/layers/preprocessing/random_factor_layer.h"

namespace keras::layers {

Config RandomFactorLayer::get_config() const {
  Config config = RandomImageLayer::get_config();
  config.set("factor", factor_.to_config());
  config.set("value_range", value_range_to_config(value_range_));
  config.set("seed", seed_config());
  return config;
}

}  // namespace keras::layers
