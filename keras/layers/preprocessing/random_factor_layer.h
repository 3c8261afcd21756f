#pragma once

#include <array>
#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/random_image_layer.h"
#include "keras/layers/preprocessing/value_range.h"

namespace keras::layers {

/// What the layers have in common whose arguments are `factor` and `value_range`.
class RandomFactorLayer : public RandomImageLayer {
 public:
  template <typename Options>
  RandomFactorLayer(const char* class_name, const RandomRange& factor,
                    const std::array<double, 2>& value_range, const Options& options)
      : RandomImageLayer({class_name, options.name, options.trainable, options.dtype},
                         options.data_format, options.seed, options.bounding_box_format),
        factor_(factor),
        value_range_(value_range) {}

  Config get_config() const override;

 protected:
  const RandomRange& factor() const { return factor_; }
  const std::array<double, 2>& value_range() const { return value_range_; }

 private:
  RandomRange factor_;
  std::array<double, 2> value_range_;
};

/// Such a layer of its config.
template <typename LayerClass, typename Options>
LayerClass read_factor_layer(const char* class_name, const Config& config) {
  ConfigReader reader(class_name, config);
  const RandomRange factor = RandomRange::from_config(reader.require("factor"), "factor");
  Options options;
  options.value_range = read_value_range(reader);
  read_random_image_options(reader, options);
  return LayerClass(factor, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
