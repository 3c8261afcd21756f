#include "keras/layers/preprocessing/random_geometry.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/image_sampling.h"
#include "keras/layers/preprocessing/random_image_layer.h"
#include "keras/layers/preprocessing/value_range.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/image/sampling.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

using Range = std::array<double, 2>;

/// Throws ValueError outside of [0, 1]; what Keras makes of one number, [-f, f], is that number.
RandomRange checked_shear(const RandomRange& factor, const char* argument) {
  if (factor.is_pair() && factor.first() == -factor.second())
    return checked_shear(factor.second(), argument);
  for (const double number : {factor.first(), factor.second()})
    if (!(number >= 0 && number <= 1))
      throw ValueError(str("The `", argument,
                           "` argument should be a number (or a list of two numbers) in the range "
                           "[0, 1.0]. Received: input_number=",
                           number));
  return factor;
}

class RandomShearImpl final : public GeometricImageLayer {
 public:
  explicit RandomShearImpl(const RandomShearOptions& options)
      : GeometricImageLayer({"RandomShear", options.name, options.trainable, options.dtype},
                            options.data_format, options.seed, options.bounding_box_format),
        x_factor_(checked_shear(options.x_factor, "x_factor")),
        y_factor_(checked_shear(options.y_factor, "y_factor")),
        sampling_{options.fill_mode, options.interpolation, options.fill_value, channels_first()} {
    check_image_sampling(sampling_);
  }

  Config get_config() const override {
    Config config = GeometricImageLayer::get_config();
    config.set("x_factor", x_factor_.to_config());
    config.set("y_factor", y_factor_.to_config());
    config.set("fill_mode", sampling_.fill_mode);
    config.set("interpolation", sampling_.interpolation);
    config.set("seed", seed_config());
    config.set("fill_value", sampling_.fill_value);
    return config;
  }

 protected:
  LabelledImages transform_labelled(const LabelledImages& data) override {
    const Tensor& images = data.images;
    const Tensor side = ops::where(ops::greater(draw(images, 0, 1, 3), 0.5), -1.0, 1.0);
    const auto shear = [&](const RandomRange& factor) {
      return draw(images, factor.lower(), factor.upper(), 3) * side;
    };
    const Tensor down = shear(y_factor_), right = shear(x_factor_);
    const Tensor zero = ops::zeros({1, 1, 1});
    const Tensor one = ops::ones({1, 1, 1});
    const ImageAffine affine = {
        .a0 = one, .a1 = right, .a2 = zero, .b0 = down, .b1 = one, .b2 = zero};
    LabelledImages out = data;
    out.images = sample_images(images, affine, sampling_);
    out.segmentation_masks = sample_masks(data.segmentation_masks, affine, sampling_);
    if (data.bounding_boxes.boxes.defined())
      out.bounding_boxes = sheared(data.bounding_boxes, right, down, extent_of(images));
    return out;
  }

 private:
  /// As in Keras, shares of the height are taken for shares of the width, and columns are moved by
  /// what the rows have become.
  BoundingBoxes sheared(const BoundingBoxes& given, const Tensor& right, const Tensor& down,
                        const ImageExtent& extent) const {
    BoundingBoxes boxes = boxes_as("rel_xyxy", given, extent);
    const Tensors c = ops::split(boxes.boxes, 4, {.axis = -1});
    const Tensor to_left = ops::less(right, 0), is_up = ops::greater(down, 0);
    const Tensor x1 = c[0] - right * ops::where(to_left, c[1], c[3]);
    const Tensor x2 = c[2] - right * ops::where(to_left, c[3], c[1]);
    const Tensor y1 = c[1] - down * ops::where(is_up, x2, x1);
    const Tensor y2 = c[3] - down * ops::where(is_up, x1, x2);
    boxes.boxes = ops::concatenate({x1, y1, x2, y2}, {.axis = -1});
    boxes = utils::bounding_boxes::clip_to_image_size(boxes, {.bounding_box_format = "rel_xyxy"});
    return boxes_from("rel_xyxy", boxes, extent);
  }

  RandomRange x_factor_, y_factor_;
  ImageSamplingOptions sampling_;
};

class RandomPerspectiveImpl final : public GeometricImageLayer {
 public:
  explicit RandomPerspectiveImpl(const RandomPerspectiveOptions& options)
      : GeometricImageLayer({"RandomPerspective", options.name, options.trainable, options.dtype},
                            options.data_format, options.seed, options.bounding_box_format),
        factor_(checked_factor(options.factor, 0, 1)),
        scale_(options.scale),
        interpolation_(options.interpolation),
        fill_value_(options.fill_value) {
    if (!(scale_ >= 0 && scale_ <= 1))
      throw ValueError(str(
          "The `scale` argument should be a number in the range [0,1]. Received: scale=", scale_));
    check_interpolation(interpolation_);
  }

  Config get_config() const override {
    Config config = GeometricImageLayer::get_config();
    config.set("factor", factor_.to_config());
    config.set("scale", scale_);
    config.set("interpolation", interpolation_);
    config.set("fill_value", fill_value_);
    config.set("seed", seed_config());
    return config;
  }

 protected:
  LabelledImages transform_labelled(const LabelledImages& data) override {
    const Tensor& images = data.images;
    const std::int64_t batch = images.shape()[0];
    const ImageExtent extent = extent_of(images);
    const auto right = static_cast<float>(extent.width - 1);
    const auto bottom = static_cast<float>(extent.height - 1);
    const Tensor corners =
        ops::reshape(Tensor::of<float>({0, 0, right, 0, 0, bottom, right, bottom}), {1, 4, 2});
    const Tensor start = ops::broadcast_to(corners, {batch, 4, 2});
    const Tensor shift = random::uniform(
        {batch, 4, 2}, {.minval = -0.5 * scale_, .maxval = 0.5 * scale_, .seed = seed_generator()});
    const Tensor end = start + start * shift, chosen = choose(images, factor_);
    LabelledImages out = data;
    out.images = ops::where(chosen, moved(images, start, end, interpolation_), images);
    if (const Tensor& masks = data.segmentation_masks; masks.defined())
      out.segmentation_masks = ops::where(chosen, moved(masks, start, end, "nearest"), masks);
    if (data.bounding_boxes.boxes.defined()) {
      BoundingBoxes boxes = boxes_as("xyxy", data.bounding_boxes, extent);
      boxes.boxes = ops::where(ops::squeeze(chosen, {.axis = -1}), moved(boxes.boxes, start, end),
                               boxes.boxes);
      // Keras leaves them in the format "xyxy".
      out.bounding_boxes = clipped(boxes, extent);
    }
    return out;
  }

 private:
  Tensor moved(const Tensor& images, const Tensor& start, const Tensor& end,
               const std::string& interpolation) const {
    const Tensor out = ops::image::perspective_transform(
        ops::cast(images, DType::kFloat32), start, end,
        {.interpolation = interpolation, .fill_value = fill_value_, .data_format = data_format()});
    return ops::cast(out, images.dtype());
  }

  /// The smallest boxes around moved ones.
  static Tensor moved(const Tensor& boxes, const Tensor& start, const Tensor& end) {
    // Pixels are fetched the other way.
    const auto p = ops::image::projection_of(ops::image::homographies(end, start));
    const Tensors c = ops::split(boxes, 4, {.axis = -1});
    Tensors xs, ys;
    for (const std::size_t column : {0u, 2u})
      for (const std::size_t row : {1u, 3u}) {
        const Tensor &x = c[column], &y = c[row];
        const Tensor depth = p.c0 * x + p.c1 * y + 1.0;
        xs.push_back((p.a0 * x + p.a1 * y + p.a2) / depth);
        ys.push_back((p.b0 * x + p.b1 * y + p.b2) / depth);
      }
    const Tensor x = ops::concatenate(xs, {.axis = -1}), y = ops::concatenate(ys, {.axis = -1});
    return ops::stack({ops::amin(x, {.axis = -1}), ops::amin(y, {.axis = -1}),
                       ops::amax(x, {.axis = -1}), ops::amax(y, {.axis = -1})},
                      {.axis = -1});
  }

  RandomRange factor_;
  double scale_;
  std::string interpolation_;
  double fill_value_;
};

class RandomElasticTransformImpl final : public GeometricImageLayer {
 public:
  explicit RandomElasticTransformImpl(const RandomElasticTransformOptions& options)
      : GeometricImageLayer(
            {"RandomElasticTransform", options.name, options.trainable, options.dtype},
            options.data_format, options.seed, options.bounding_box_format),
        factor_(checked_factor(options.factor, 0, 1)),
        scale_(checked_factor(options.scale, 0, 1, "scale")),
        transform_{.interpolation = options.interpolation,
                   .fill_mode = options.fill_mode,
                   .fill_value = options.fill_value,
                   .data_format = data_format()},
        value_range_(options.value_range) {
    check_interpolation(transform_.interpolation);
    check_fill_mode(transform_.fill_mode, {"reflect", "constant", "wrap", "mirror", "nearest"});
  }

  Config get_config() const override {
    Config config = GeometricImageLayer::get_config();
    config.set("factor", factor_.to_config());
    config.set("scale", scale_.to_config());
    config.set("interpolation", transform_.interpolation);
    config.set("fill_mode", transform_.fill_mode);
    config.set("fill_value", transform_.fill_value);
    config.set("value_range", value_range_to_config(value_range_));
    config.set("seed", seed_config());
    return config;
  }

 protected:
  LabelledImages transform_labelled(const LabelledImages& data) override {
    if (data.bounding_boxes.boxes.defined())
      throw ValueError("RandomElasticTransform: bounding boxes cannot be moved.",
                       "call the layer without them, as in Keras.");
    if (scale_.upper() == 0 || factor_.upper() == 0) return data;
    const Tensor& images = data.images;
    const auto [height, width] = extent_of(images);
    const double longest = kShift * static_cast<double>(std::max(height, width));
    const double shortest = kSpread * static_cast<double>(std::min(height, width));
    // The noise is blurred over as many pixels as the strongest change needs.
    const auto kernel_size = static_cast<std::int64_t>(6 * shortest * scale_.upper()) | 1;
    const Tensor strength = draw_scalar(scale_.lower(), scale_.upper());
    const Tensor noise =
        random::normal({images.shape()[0], height, width, 2}, {.seed = seed_generator()});
    const ops::image::Elasticity how{strength * longest, ops::maximum(strength * shortest, 1e-6),
                                     kernel_size};
    const Tensor moved = ops::image::elastic_images(images, noise, how, transform_);
    const Tensor chosen = choose(images, factor_);
    LabelledImages out = data;
    out.images = ops::clip(ops::where(chosen, moved, images), value_range_[0], value_range_[1]);
    if (const Tensor& masks = data.segmentation_masks; masks.defined()) {
      // Keras draws other shifts for them.
      ops::image::ElasticTransformOptions nearest = transform_;
      nearest.interpolation = "nearest";
      const Tensor as_images =
          ops::image::elastic_images(ops::cast(masks, DType::kFloat32), noise, how, nearest);
      out.segmentation_masks = ops::where(chosen, ops::cast(as_images, masks.dtype()), masks);
    }
    return out;
  }

 private:
  static constexpr double kShift = 0.1, kSpread = 0.05;  // of the sides

  RandomRange factor_, scale_;
  ops::image::ElasticTransformOptions transform_;
  Range value_range_;
};

}  // namespace

RandomShear::RandomShear(RandomShearOptions options)
    : ImageLayer(std::make_shared<RandomShearImpl>(std::move(options))) {}

RandomShear RandomShear::from_config(const Config& config) {
  ConfigReader reader("RandomShear", config);
  RandomShearOptions options;
  read_range(reader, "x_factor", options.x_factor);
  read_range(reader, "y_factor", options.y_factor);
  options.interpolation = reader.get("interpolation", "bilinear");
  options.fill_mode = reader.get("fill_mode", "reflect");
  options.fill_value = reader.get_optional_double("fill_value").value_or(0.0);
  read_random_image_options(reader, options);
  return RandomShear(finish_options(reader, std::move(options)));
}

RandomPerspective::RandomPerspective(RandomPerspectiveOptions options)
    : ImageLayer(std::make_shared<RandomPerspectiveImpl>(std::move(options))) {}

RandomPerspective RandomPerspective::from_config(const Config& config) {
  ConfigReader reader("RandomPerspective", config);
  RandomPerspectiveOptions options;
  read_range(reader, "factor", options.factor);
  options.scale = reader.get_optional_double("scale").value_or(1.0);
  options.interpolation = reader.get("interpolation", "bilinear");
  options.fill_value = reader.get_optional_double("fill_value").value_or(0.0);
  read_random_image_options(reader, options);
  return RandomPerspective(finish_options(reader, std::move(options)));
}

RandomElasticTransform::RandomElasticTransform(RandomElasticTransformOptions options)
    : ImageLayer(std::make_shared<RandomElasticTransformImpl>(std::move(options))) {}

RandomElasticTransform RandomElasticTransform::from_config(const Config& config) {
  ConfigReader reader("RandomElasticTransform", config);
  RandomElasticTransformOptions options;
  read_range(reader, "factor", options.factor);
  read_range(reader, "scale", options.scale);
  options.interpolation = reader.get("interpolation", "bilinear");
  options.fill_mode = reader.get("fill_mode", "reflect");
  options.fill_value = reader.get_optional_double("fill_value").value_or(0.0);
  options.value_range = read_value_range(reader);
  read_random_image_options(reader, options);
  return RandomElasticTransform(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
