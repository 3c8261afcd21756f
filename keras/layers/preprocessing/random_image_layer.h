#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/layer_impl.h"
#include "keras/layers/preprocessing/random_range.h"
#include "keras/random/random.h"

namespace keras::layers {

/// What the layers have in common that change images at random in training and leave them alone
/// elsewhere. Where nobody says which it is, they are in training, as Keras's are.
class RandomImageLayer : public LayerImpl {
 public:
  RandomImageLayer(LayerBase base, const std::string& data_format,
                   std::optional<std::int64_t> seed);

  Tensor call(const Tensor& x, const CallContext& context) final;
  Config get_config() const override;

 protected:
  /// Changes a batch of images in the compute dtype.
  virtual Tensor transform(const Tensor& images) = 0;
  /// Whether images are changed outside of training too.
  virtual bool always() const { return false; }

  bool channels_first() const { return data_format_ == "channels_first"; }
  int row_axis() const { return channels_first() ? 2 : 1; }
  Config seed_config() const;
  /// One number for each image, of rank `rank`.
  Tensor draw(const Tensor& images, double low, double high, int rank) const;
  Tensor draw_scalar(double low, double high) const;
  /// The same in the images' dtype, (batch, 1, 1, 1), within a range.
  Tensor draw(const Tensor& images, const RandomRange& range) const;
  /// Which images a change is made to: (batch, 1, 1, 1), as probable as a number from the range.
  Tensor choose(const Tensor& images, const RandomRange& probability) const;
  const random::SeedGenerator& seed_generator() const { return seed_; }
  const std::string& data_format() const { return data_format_; }

 private:
  std::string data_format_;
  std::optional<std::int64_t> given_seed_;
  random::SeedGenerator seed_;
};

/// `factor` inside the bounds, as Keras's base class takes it: one number f means [-f, f], cut to
/// the bounds. Throws ValueError for numbers outside.
RandomRange checked_factor(const RandomRange& factor, int least, int most,
                           const char* argument = "factor");
/// Images whose values are brought from one range to another.
Tensor scale_range(const Tensor& images, const std::array<double, 2>& from,
                   const std::array<double, 2>& to);
/// Reads what all these layers have; bounding boxes are refused.
template <typename Options>
void read_random_image_options(ConfigReader& reader, Options& options);

template <typename Options>
void read_random_image_options(ConfigReader& reader, Options& options) {
  reader.expect("bounding_box_format", nullptr);
  options.seed = reader.get_optional_int("seed");
  options.data_format = reader.get("data_format", "");
}

}  // namespace keras::layers
