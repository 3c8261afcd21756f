#include "keras/layers/preprocessing/image_mixing.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/color_correction.h"
#include "keras/layers/preprocessing/random_brightness.h"
#include "keras/layers/preprocessing/random_color.h"
#include "keras/layers/preprocessing/random_contrast.h"
#include "keras/layers/preprocessing/random_filters.h"
#include "keras/layers/preprocessing/random_geometry.h"
#include "keras/layers/preprocessing/random_image_layer.h"
#include "keras/layers/preprocessing/random_rotation.h"
#include "keras/layers/preprocessing/random_translation.h"
#include "keras/layers/preprocessing/value_range.h"
#include "keras/ops/control_flow.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

using Range = std::array<double, 2>;

/// The changes that RandAugment and AugMix draw from.
struct Strength {
  RandomRange factor;
  Range value_range;
  std::string interpolation;
  std::optional<std::int64_t> seed;
  std::string data_format;
  std::optional<std::string> bounding_box_format;
  DTypePolicy dtype;
};

template <typename Options>
Options common(const Strength& s) {
  Options options;
  options.dtype = s.dtype;
  options.data_format = s.data_format;
  options.bounding_box_format = s.bounding_box_format;
  if constexpr (requires { options.seed; }) options.seed = s.seed;
  if constexpr (requires { options.value_range; }) options.value_range = s.value_range;
  if constexpr (requires { options.interpolation; }) options.interpolation = s.interpolation;
  return options;
}

std::vector<ImageLayer> shape_changes(const Strength& s) {
  auto shear = common<RandomShearOptions>(s);
  shear.x_factor = shear.y_factor = s.factor;
  auto solarization = common<SolarizationOptions>(s);
  solarization.addition_factor = solarization.threshold_factor = s.factor;
  const double bits = std::max(1.0, static_cast<double>(static_cast<int>(8 * s.factor.upper())));
  return {RandomShear(shear),
          RandomTranslation(s.factor, s.factor, common<RandomTranslationOptions>(s)),
          RandomRotation(s.factor, common<RandomRotationOptions>(s)),
          RandomPosterization(bits, common<RandomPosterizationOptions>(s)),
          Solarization(solarization),
          AutoContrast(common<AutoContrastOptions>(s)),
          Equalization(common<EqualizationOptions>(s))};
}

std::vector<ImageLayer> color_changes(const Strength& s) {
  return {RandomBrightness(s.factor, common<RandomBrightnessOptions>(s)),
          RandomColorDegeneration(s.factor, common<RandomColorDegenerationOptions>(s)),
          RandomContrast(s.factor, common<RandomContrastOptions>(s)),
          RandomSharpness(s.factor, common<RandomSharpnessOptions>(s))};
}

/// Pointers to all that is there.
std::vector<Tensor*> parts_of(LabelledImages& data) {
  std::vector<Tensor*> parts;
  for (Tensor* part : {&data.images, &data.bounding_boxes.boxes, &data.bounding_boxes.labels,
                       &data.segmentation_masks})
    if (part->defined()) parts.push_back(part);
  return parts;
}

Tensors values_of(LabelledImages data) {
  Tensors values;
  for (const Tensor* part : parts_of(data)) values.push_back(*part);
  return values;
}

LabelledImages with_values(LabelledImages data, const Tensors& values) {
  const auto parts = parts_of(data);
  for (std::size_t i = 0; i < parts.size(); ++i) *parts[i] = values[i];
  return data;
}

/// `change` of the tensors that stand for those of `data`.
Tensors changed(const ImageLayer& change, const LabelledImages& data, const Tensors& values) {
  auto& impl = static_cast<ImageLayerImpl&>(*change.impl());
  return values_of(impl.change(with_values(data, values), true));
}

/// In a compiled function, where `switch_case` would do all changes: a loop for each, of one turn
/// or none.
Tensors changed_by_loops(const LabelledImages& data, const Tensor& which,
                         const std::vector<ImageLayer>& changes) {
  Tensors values = values_of(data);
  values.push_back(which);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto is_next = [i](const Tensors& loop) {
      return ops::equal(loop.back(), static_cast<int>(i));
    };
    const auto turn = [&](Tensors loop) {
      loop.pop_back();
      loop = changed(changes[i], data, loop);
      loop.push_back(ops::full_like(which, -1));
      return loop;
    };
    values = ops::while_loop(is_next, turn, values, {.maximum_iterations = 1});
  }
  values.pop_back();
  return values;
}

/// One of the changes, by a number that may be one beyond them: no change.
LabelledImages changed(const LabelledImages& data, const Tensor& which,
                       const std::vector<ImageLayer>& changes) {
  if (engine::Trace::compiling() && !data.images.is_symbolic())
    return with_values(data, changed_by_loops(data, which, changes));
  std::vector<std::function<Tensors(const Tensors&)>> branches;
  for (const ImageLayer& change : changes)
    branches.push_back([change, data](const Tensors& in) { return changed(change, data, in); });
  branches.push_back([](const Tensors& in) { return in; });
  return with_values(data, ops::switch_case(which, branches, values_of(data)));
}

/// A layer that mixes each image with another one of its batch.
class MixingLayer : public GeometricImageLayer {
 public:
  using GeometricImageLayer::GeometricImageLayer;

 protected:
  /// The share of its own that each image keeps, (batch, 1, 1, 1), the places that the others come
  /// from, and which pixels are theirs, where these are not blended.
  struct Draws {
    Tensor share, order, pixels = {};
  };
  virtual Draws draw_mix(const Tensor& images) const = 0;
  /// Of images or masks.
  virtual Tensor mixed(const Tensor& images, const Draws& draws) const = 0;
  virtual BoundingBoxes mixed(const BoundingBoxes& boxes, const Draws& draws) const = 0;

  LabelledImages transform_labelled(const LabelledImages& data) final {
    check(data);
    const Draws draws = draw_mix(data.images);
    LabelledImages out = data;
    out.images = mixed(data.images, draws);
    if (data.labels.defined()) {
      const Tensor labels = ops::cast(data.labels, compute_dtype());
      const Tensor share = ops::reshape(ops::cast(draws.share, compute_dtype()), {-1, 1});
      out.labels = share * labels + (1.0 - share) * ops::take(labels, draws.order, {.axis = 0});
    }
    if (data.bounding_boxes.boxes.defined()) out.bounding_boxes = mixed(data.bounding_boxes, draws);
    if (data.segmentation_masks.defined())
      out.segmentation_masks = mixed(ops::cast(data.segmentation_masks, compute_dtype()), draws);
    return out;
  }

  Tensor draw_order(const Tensor& images) const {
    return random::shuffle(ops::arange(images.shape()[0]), {.seed = seed_generator()});
  }

 private:
  void check(const LabelledImages& data) const {
    if (data.labels.defined() &&
        (data.labels.rank() != 2 || data.labels.shape()[0] != data.images.shape()[0]))
      throw ValueError(str(class_name(),
                           ": `labels` must have the shape (batch, classes). Received: "
                           "labels.shape=",
                           data.labels.shape(), ", images.shape=", data.images.shape()),
                       "encode them with utils::to_categorical.");
  }
};

class MixUpImpl final : public MixingLayer {
 public:
  explicit MixUpImpl(const MixUpOptions& options)
      : MixingLayer({"MixUp", options.name, options.trainable, options.dtype}, options.data_format,
                    options.seed, options.bounding_box_format),
        alpha_(options.alpha) {
    if (!(alpha_ > 0)) throw ValueError(str("`alpha` must be positive. Received: alpha=", alpha_));
  }

  Config get_config() const override {
    Config config = MixingLayer::get_config();
    config.set("alpha", alpha_);
    config.set("seed", seed_config());
    return config;
  }

 protected:
  Draws draw_mix(const Tensor& images) const override {
    const Tensor alpha(static_cast<float>(alpha_));
    const Tensor share =
        random::beta({images.shape()[0], 1, 1, 1}, alpha, alpha, {.seed = seed_generator()});
    return {ops::cast(share, images.dtype()), draw_order(images)};
  }

  Tensor mixed(const Tensor& images, const Draws& draws) const override {
    const Tensor share = ops::cast(draws.share, images.dtype());
    return share * images + (1.0 - share) * ops::take(images, draws.order, {.axis = 0});
  }

  /// Keras joins the labels along the batch, where they belong to no boxes any more.
  BoundingBoxes mixed(const BoundingBoxes& given, const Draws& draws) const override {
    const auto with_others = [&](const Tensor& x) {
      return ops::concatenate({x, ops::take(x, draws.order, {.axis = 0})}, {.axis = 1});
    };
    return {with_others(given.boxes), with_others(given.labels)};
  }

 private:
  double alpha_;
};

class CutMixImpl final : public MixingLayer {
 public:
  explicit CutMixImpl(const CutMixOptions& options)
      : MixingLayer({"CutMix", options.name, options.trainable, options.dtype}, options.data_format,
                    options.seed, options.bounding_box_format),
        factor_(checked_factor(options.factor, 0, 1)) {}

  Config get_config() const override {
    Config config = MixingLayer::get_config();
    config.set("factor", factor_.to_config());
    config.set("seed", seed_config());
    return config;
  }

 protected:
  Draws draw_mix(const Tensor& images) const override {
    const Tensor alpha = draw_scalar(factor_.lower(), factor_.upper()) + 1e-6;
    const Tensor share =
        random::beta({images.shape()[0], 1, 1, 1}, alpha, alpha, {.seed = seed_generator()});
    const Tensor ratio = ops::sqrt(1.0 - share);
    const Tensor inside = ops::logical_and(stretch(images, row_axis(), ratio),
                                           stretch(images, row_axis() + 1, ratio));
    return {share, draw_order(images), inside};
  }

  Tensor mixed(const Tensor& images, const Draws& draws) const override {
    return ops::where(draws.pixels, ops::take(images, draws.order, {.axis = 0}), images);
  }

  BoundingBoxes mixed(const BoundingBoxes&, const Draws&) const override {
    throw ValueError("CutMix: bounding boxes cannot be mixed.",
                     "call the layer without them, as in Keras.");
  }

 private:
  /// Whether pixels lie within a stretch of that part of an axis.
  Tensor stretch(const Tensor& images, int axis, const Tensor& ratio) const {
    const std::int64_t length = images.shape()[axis];
    const auto all = static_cast<double>(length);
    const Tensor size = ratio * all;
    const Tensor begin = draw(images, 0, 1, 4) * (all - size);
    std::vector<std::int64_t> shape(4, 1);
    shape[static_cast<std::size_t>(axis)] = length;
    const Tensor at = ops::reshape(ops::arange(0, length, 1, DType::kFloat32), Shape(shape));
    return ops::logical_and(ops::greater_equal(at, begin), ops::less(at, begin + size));
  }

  RandomRange factor_;
};

class RandAugmentImpl final : public GeometricImageLayer {
 public:
  explicit RandAugmentImpl(const RandAugmentOptions& options)
      : GeometricImageLayer({"RandAugment", options.name, options.trainable, options.dtype},
                            options.data_format, options.seed, options.bounding_box_format),
        options_(options),
        factor_(checked_factor(options.factor, 0, 1)) {
    const Strength strength{factor_,      options.value_range, options.interpolation,
                            options.seed, data_format(),       options.bounding_box_format,
                            options.dtype};
    changes_ = shape_changes(strength);
    for (const ImageLayer& change : color_changes(strength)) changes_.push_back(change);
  }

  Config get_config() const override {
    Config config = GeometricImageLayer::get_config();
    config.set("value_range", value_range_to_config(options_.value_range));
    config.set("num_ops", options_.num_ops);
    config.set("factor", factor_.to_config());
    config.set("interpolation", options_.interpolation);
    config.set("seed", seed_config());
    return config;
  }

 protected:
  LabelledImages transform_labelled(const LabelledImages& data) override {
    const auto count = static_cast<std::int64_t>(changes_.size());
    LabelledImages x = data;
    if (Tensor& boxes = x.bounding_boxes.boxes; boxes.defined())
      boxes = ops::cast(boxes, DType::kFloat32);
    // Keras moves boxes in another order than images.
    for (std::int64_t i = 0; i < options_.num_ops; ++i)
      x = changed(x, random::randint({}, 0, count, {.seed = seed_generator()}), changes_);
    return x;
  }

 private:
  RandAugmentOptions options_;
  RandomRange factor_;
  std::vector<ImageLayer> changes_;
};

class AugMixImpl final : public GeometricImageLayer {
 public:
  explicit AugMixImpl(const AugMixOptions& options)
      : GeometricImageLayer({"AugMix", options.name, options.trainable, options.dtype},
                            options.data_format, options.seed, options.bounding_box_format),
        options_(options),
        factor_(checked_factor(options.factor, 0, 1)) {
    const Strength strength{factor_,      options.value_range, options.interpolation,
                            options.seed, data_format(),       options.bounding_box_format,
                            options.dtype};
    changes_ = shape_changes(strength);
    if (options.all_ops)
      for (const ImageLayer& change : color_changes(strength)) changes_.push_back(change);
  }

  Config get_config() const override {
    Config config = GeometricImageLayer::get_config();
    config.set("value_range", value_range_to_config(options_.value_range));
    config.set("num_chains", options_.num_chains);
    config.set("chain_depth", options_.chain_depth);
    config.set("factor", factor_.to_config());
    config.set("alpha", options_.alpha);
    config.set("all_ops", options_.all_ops);
    config.set("interpolation", options_.interpolation);
    config.set("seed", seed_config());
    return config;
  }

 protected:
  LabelledImages transform_labelled(const LabelledImages& data) override {
    const Tensor& images = data.images;
    const Tensor alpha(static_cast<float>(options_.alpha));
    const Tensor parts = random::gamma({options_.num_chains}, alpha, {.seed = seed_generator()});
    const Tensor weights = ops::cast(parts / ops::sum(parts), images.dtype());
    const Tensor share =
        ops::cast(random::beta({}, alpha, alpha, {.seed = seed_generator()}), images.dtype());
    const auto choices = static_cast<std::int64_t>(changes_.size()) + 1;
    LabelledImages given{images};
    if (const Tensor& masks = data.segmentation_masks; masks.defined())
      given.segmentation_masks = ops::cast(masks, images.dtype());
    const Tensors own = values_of(given);
    Tensors mixed;
    for (const Tensor& x : own) mixed.push_back(ops::zeros_like(x));
    for (std::int64_t chain = 0; chain < options_.num_chains; ++chain) {
      LabelledImages x = given;
      for (std::int64_t i = 0; i < options_.chain_depth; ++i)
        x = changed(x, random::randint({}, 0, choices, {.seed = seed_generator()}), changes_);
      const Tensors values = values_of(x);
      for (std::size_t i = 0; i < values.size(); ++i)
        mixed[i] = mixed[i] + values[i] * ops::slice_axis(weights, 0, chain, chain + 1);
    }
    for (std::size_t i = 0; i < own.size(); ++i)
      mixed[i] = share * own[i] + (1.0 - share) * mixed[i];
    LabelledImages out = data;
    const LabelledImages blended = with_values(given, mixed);
    out.images = ops::clip(blended.images, options_.value_range[0], options_.value_range[1]);
    out.segmentation_masks = blended.segmentation_masks;
    return out;
  }

 private:
  AugMixOptions options_;
  RandomRange factor_;
  std::vector<ImageLayer> changes_;
};

}  // namespace

MixUp::MixUp(MixUpOptions options) : ImageLayer(std::make_shared<MixUpImpl>(std::move(options))) {}

MixUp MixUp::from_config(const Config& config) {
  ConfigReader reader("MixUp", config);
  MixUpOptions options;
  options.alpha = reader.get_optional_double("alpha").value_or(0.2);
  read_random_image_options(reader, options);
  return MixUp(finish_options(reader, std::move(options)));
}

CutMix::CutMix(CutMixOptions options)
    : ImageLayer(std::make_shared<CutMixImpl>(std::move(options))) {}

CutMix CutMix::from_config(const Config& config) {
  ConfigReader reader("CutMix", config);
  CutMixOptions options;
  if (const Config& given = reader.get("factor"); !given.is_null())
    options.factor = RandomRange::from_config(given, "factor");
  read_random_image_options(reader, options);
  return CutMix(finish_options(reader, std::move(options)));
}

RandAugment::RandAugment(RandAugmentOptions options)
    : ImageLayer(std::make_shared<RandAugmentImpl>(std::move(options))) {}

RandAugment RandAugment::from_config(const Config& config) {
  ConfigReader reader("RandAugment", config);
  RandAugmentOptions options;
  options.value_range = read_value_range(reader);
  options.num_ops = reader.get_optional_int("num_ops").value_or(2);
  if (const Config& given = reader.get("factor"); !given.is_null())
    options.factor = RandomRange::from_config(given, "factor");
  options.interpolation = reader.get("interpolation", "bilinear");
  read_random_image_options(reader, options);
  return RandAugment(finish_options(reader, std::move(options)));
}

AugMix::AugMix(AugMixOptions options)
    : ImageLayer(std::make_shared<AugMixImpl>(std::move(options))) {}

AugMix AugMix::from_config(const Config& config) {
  ConfigReader reader("AugMix", config);
  AugMixOptions options;
  options.value_range = read_value_range(reader);
  options.num_chains = reader.get_optional_int("num_chains").value_or(3);
  options.chain_depth = reader.get_optional_int("chain_depth").value_or(3);
  if (const Config& given = reader.get("factor"); !given.is_null())
    options.factor = RandomRange::from_config(given, "factor");
  options.alpha = reader.get_optional_double("alpha").value_or(1.0);
  options.all_ops = reader.get("all_ops", true);
  options.interpolation = reader.get("interpolation", "bilinear");
  read_random_image_options(reader, options);
  return AugMix(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
