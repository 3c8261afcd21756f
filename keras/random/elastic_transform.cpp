// keras.ops.image.elastic_transform, which draws.
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/image.h"
#include "keras/ops/image/batches.h"
#include "keras/ops/image/sampling.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/record.h"
#include "keras/random/random.h"

namespace keras::ops::image {
namespace {

Tensor elastic(const Tensor& images, const ElasticTransformOptions& options,
               const random::Seed& seed) {
  const Elasticity how{Tensor(static_cast<float>(options.alpha)),
                       Tensor(static_cast<float>(options.sigma)),
                       static_cast<std::int64_t>(6 * options.sigma) | 1};
  const ImageAxes axes(images, options.data_format);
  const Shape& shape = images.shape();
  const std::int64_t batch = images.rank() == 3 ? 1 : shape[0];
  const Tensor noise =
      random::normal({batch, shape[axes.height], shape[axes.width], 2}, {.seed = seed});
  return elastic_images(images, noise, how, options);
}

}  // namespace

Tensor elastic_transform(const Tensor& images, ElasticTransformOptions options) {
  check_image_rank(images);
  interpolation_order(options.interpolation);
  check_fill_mode(options.fill_mode);
  if (!(options.sigma > 0))
    throw ValueError(
        str("elastic_transform: `sigma` must be positive. Received: sigma=", options.sigma));
  options.data_format = standardize_data_format(options.data_format);
  random::Seed seed;
  if (options.seed) seed = random::Seed(*options.seed);
  return call_or_record("ElasticTransform", {images},
                        {{"alpha", options.alpha},
                         {"sigma", options.sigma},
                         {"interpolation", options.interpolation},
                         {"fill_mode", options.fill_mode},
                         {"fill_value", options.fill_value},
                         {"seed", options.seed ? Config(*options.seed) : Config()},
                         {"data_format", options.data_format}},
                        [=](const Tensors& in) { return elastic(in[0], options, seed); });
}

}  // namespace keras::ops::image
