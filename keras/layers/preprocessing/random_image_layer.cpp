#include "keras/layers/preprocessing/random_image_layer.h"

#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/regularization/noise_arguments.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::layers {

RandomRange RandomRange::from_config(const Config& config, const char* argument) {
  if (config.is_number()) return config.as_double();
  if (config.is_list() && config.as_list().size() == 2 && config.as_list()[0].is_number() &&
      config.as_list()[1].is_number())
    return {config.as_list()[0].as_double(), config.as_list()[1].as_double()};
  throw ValueError(str("The `", argument,
                       "` argument should be a number (or a list of two numbers). Received: ",
                       argument, "=", config));
}

Config RandomRange::to_config() const {
  if (!pair_) return low_;
  return Config::list_of(std::vector<double>{low_, high_});
}

std::string RandomRange::to_string() const {
  return pair_ ? str("(", low_, ", ", high_, ")") : str(low_);
}

RandomRange checked_factor(const RandomRange& factor, int least, int most, const char* argument) {
  const bool inside = factor.is_pair() ? factor.first() <= most && factor.second() >= least
                                       : factor.first() >= least && factor.first() <= most;
  if (!inside)
    throw ValueError(str("The `", argument,
                         "` argument should be a number (or a list of two numbers) in "
                         "the range [",
                         least, ", ", most, "]. Received: factor=", factor));
  if (factor.is_pair()) return {factor.lower(), factor.upper()};
  return {std::max<double>(factor.lower(), least), factor.upper()};
}

Tensor scale_range(const Tensor& images, const std::array<double, 2>& from,
                   const std::array<double, 2>& to) {
  if (from == to) return images;
  return (images - from[0]) / (from[1] - from[0]) * (to[1] - to[0]) + to[0];
}

RandomImageLayer::RandomImageLayer(LayerBase base, const std::string& data_format,
                                   std::optional<std::int64_t> seed,
                                   std::optional<std::string> bounding_box_format)
    : ImageLayerImpl(std::move(base), data_format, std::move(bounding_box_format)),
      given_seed_(seed),
      seed_(seed) {}

Tensor RandomImageLayer::call(const Tensor& x, const CallContext& context) {
  if (x.rank() != 3 && x.rank() != 4)
    throw ShapeError(
        str("Expected image tensor to have rank 3 (single image) or 4 (batch of "
            "images). Received: data.shape=",
            x.shape()));
  const Tensor images = ops::cast(x, compute_dtype());
  if (!always() && !context.training.value_or(true)) return images;
  if (images.rank() == 4) return transform(images);
  return ops::squeeze(transform(ops::expand_dims(images, {.axis = 0})), {.axis = 0});
}

LabelledImages RandomImageLayer::change(const LabelledImages& data, bool training) {
  LabelledImages given = data;
  given.images = ops::cast(data.images, compute_dtype());
  return always() || training ? transform_labelled(given) : given;
}

LabelledImages RandomImageLayer::transform_labelled(const LabelledImages& data) {
  LabelledImages out = data;
  out.images = transform(data.images);
  return out;
}

Config RandomImageLayer::seed_config() const { return seed_to_config(given_seed_); }

Tensor RandomImageLayer::draw(const Tensor& images, double low, double high, int rank) const {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(rank), 1);
  shape[0] = images.shape()[0];
  return random::uniform(Shape(shape), {.minval = low, .maxval = high, .seed = seed_});
}

Tensor RandomImageLayer::draw(const Tensor& images, const RandomRange& range) const {
  return ops::cast(draw(images, range.lower(), range.upper(), 4), images.dtype());
}

Tensor RandomImageLayer::choose(const Tensor& images, const RandomRange& probability) const {
  const Tensor limit = draw(images, probability.lower(), probability.upper(), 4);
  return ops::less(draw(images, 0, 1, 4), limit);
}

Tensor RandomImageLayer::draw_scalar(double low, double high) const {
  return random::uniform({}, {.minval = low, .maxval = high, .seed = seed_});
}

}  // namespace keras::layers
