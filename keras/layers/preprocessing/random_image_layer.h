#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/preprocessing/image_layer.h"
#include "keras/layers/preprocessing/random_range.h"
#include "keras/random/random.h"

namespace keras::layers {

/// What the layers have in common that change images at random in training and leave them alone
/// elsewhere. Where nobody says which it is, they are in training, as Keras's are.
class RandomImageLayer : public ImageLayerImpl {
 public:
  RandomImageLayer(LayerBase base, const std::string& data_format, std::optional<std::int64_t> seed,
                   std::optional<std::string> bounding_box_format);

  Tensor call(const Tensor& x, const CallContext& context) final;
  LabelledImages change(const LabelledImages& data, bool training) final;

 protected:
  /// Changes a batch of images in the compute dtype.
  virtual Tensor transform(const Tensor& images) = 0;
  /// Changes what is known of them, too; unless a layer says more, images alone.
  virtual LabelledImages transform_labelled(const LabelledImages& data);
  /// Whether images are changed outside of training too.
  virtual bool always() const { return false; }

  Config seed_config() const;
  /// One number for each image, of rank `rank`.
  Tensor draw(const Tensor& images, double low, double high, int rank) const;
  Tensor draw_scalar(double low, double high) const;
  /// The same in the images' dtype, (batch, 1, 1, 1), within a range.
  Tensor draw(const Tensor& images, const RandomRange& range) const;
  /// Which images a change is made to: (batch, 1, 1, 1), as probable as a number from the range.
  Tensor choose(const Tensor& images, const RandomRange& probability) const;
  const random::SeedGenerator& seed_generator() const { return seed_; }

 private:
  std::optional<std::int64_t> given_seed_;
  random::SeedGenerator seed_;
};

/// Those of them that move pixels: boxes, masks and images are one change.
class GeometricImageLayer : public RandomImageLayer {
 public:
  using RandomImageLayer::RandomImageLayer;

 protected:
  Tensor transform(const Tensor& images) final { return transform_labelled({images}).images; }
  LabelledImages transform_labelled(const LabelledImages& data) override = 0;
};

/// `factor` inside the bounds, as Keras's base class takes it: one number f means [-f, f], cut to
/// the bounds. Throws ValueError for numbers outside.
RandomRange checked_factor(const RandomRange& factor, int least, int most,
                           const char* argument = "factor");
/// Images whose values are brought from one range to another.
Tensor scale_range(const Tensor& images, const std::array<double, 2>& from,
                   const std::array<double, 2>& to);
/// Reads a RandomRange, or an optional one, that a config may leave out.
template <typename Range>
void read_range(ConfigReader& reader, const char* key, Range& into) {
  if (const Config& given = reader.get(key); !given.is_null())
    into = RandomRange::from_config(given, key);
}
/// Reads what all these layers have.
template <typename Options>
void read_random_image_options(ConfigReader& reader, Options& options) {
  read_image_options(reader, options);
  options.seed = reader.get_optional_int("seed");
}

}  // namespace keras::layers
