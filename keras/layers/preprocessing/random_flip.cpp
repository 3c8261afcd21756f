#include "keras/layers/preprocessing/random_flip.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/random_image_layer.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class RandomFlipImpl final : public RandomImageLayer {
 public:
  explicit RandomFlipImpl(RandomFlipOptions options)
      : RandomImageLayer({"RandomFlip", options.name, options.trainable, options.dtype},
                         options.data_format, options.seed),
        mode_(std::move(options.mode)) {
    if (mode_ != "horizontal" && mode_ != "vertical" && mode_ != "horizontal_and_vertical")
      throw ValueError(
          str("RandomFlip: `mode` must be \"horizontal\", \"vertical\" or "
              "\"horizontal_and_vertical\". Received: mode=",
              mode_));
  }

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("seed", seed_config());
    config.set("mode", mode_);
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    const Tensor flips = ops::less_equal(draw(images, 0, 1, 4), 0.5);
    Tensor flipped = images;
    if (mode_ != "vertical") flipped = ops::flip(flipped, {.axis = row_axis() + 1});
    if (mode_ != "horizontal") flipped = ops::flip(flipped, {.axis = row_axis()});
    return ops::where(flips, flipped, images);
  }

 private:
  std::string mode_;
};

}  // namespace

RandomFlip::RandomFlip(RandomFlipOptions options)
    : Layer(std::make_shared<RandomFlipImpl>(std::move(options))) {}

RandomFlip RandomFlip::from_config(const Config& config) {
  ConfigReader reader("RandomFlip", config);
  RandomFlipOptions options;
  options.mode = reader.get("mode", "horizontal_and_vertical");
  read_random_image_options(reader, options);
  return RandomFlip(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
