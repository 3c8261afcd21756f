#include "keras/preprocessing/image/image_data_generator.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/nn/spatial.h"
#include "keras/preprocessing/image/array_iterator.h"
#include "keras/preprocessing/image/batch_maker.h"
#include "keras/preprocessing/image/file_iterator.h"
#include "keras/preprocessing/image/iterator_impl.h"
#include "keras/random/random.h"
#include "keras/utils/io_utils.h"

namespace keras::preprocessing::image {
namespace {

void check_finite(std::string_view argument, double value) {
  if (!std::isfinite(value))
    throw ValueError(str("`", argument, "` must be finite. Received: ", argument, "=", value));
}

void warn_of_override(const char* by, const char* what) {
  utils::warn(str("This ImageDataGenerator specifies `", by, "`, which overrides setting of `",
                  what, "`."));
}

Augmentation augmentation_of(const ImageDataGeneratorOptions& o) {
  check_finite("rotation_range", o.rotation_range);
  check_finite("shear_range", o.shear_range);
  check_finite("zoom_range", o.zoom_range.low);
  check_finite("zoom_range", o.zoom_range.high);
  check_finite("channel_shift_range", o.channel_shift_range);
  for (const double factor : o.brightness_range.value_or(std::array{1.0, 1.0}))
    check_finite("brightness_range", factor);
  o.width_shift_range.check("width_shift_range");
  o.height_shift_range.check("height_shift_range");
  if (o.interpolation_order != 0 && o.interpolation_order != 1)
    throw ValueError(
        str("`interpolation_order` must be 0 or 1; splines of higher order are not "
            "supported. Received: interpolation_order=",
            o.interpolation_order));
  return {.rotation_range = o.rotation_range,
          .width_shift_range = o.width_shift_range,
          .height_shift_range = o.height_shift_range,
          .brightness_range = o.brightness_range,
          .shear_range = o.shear_range,
          .zoom_range = o.zoom_range,
          .channel_shift_range = o.channel_shift_range,
          .horizontal_flip = o.horizontal_flip,
          .vertical_flip = o.vertical_flip,
          .fill_mode = fill_mode_from_name(o.fill_mode),
          .cval = static_cast<float>(o.cval),
          .interpolation_order = o.interpolation_order};
}

Standardization standardization_of(const ImageDataGeneratorOptions& o) {
  Standardization s;
  s.featurewise_center = o.featurewise_center;
  s.samplewise_center = o.samplewise_center;
  s.featurewise_std_normalization = o.featurewise_std_normalization;
  s.samplewise_std_normalization = o.samplewise_std_normalization;
  s.zca_whitening = o.zca_whitening;
  s.zca_epsilon = o.zca_epsilon;
  s.rescale = o.rescale;
  s.preprocessing_function = o.preprocessing_function;
  if (s.zca_whitening && !s.featurewise_center) {
    s.featurewise_center = true;
    warn_of_override("zca_whitening", "featurewise_center");
  }
  if (s.zca_whitening && s.featurewise_std_normalization) {
    s.featurewise_std_normalization = false;
    warn_of_override("zca_whitening", "featurewise_std_normalization");
  }
  if (s.featurewise_std_normalization && !s.featurewise_center) {
    s.featurewise_center = true;
    warn_of_override("featurewise_std_normalization", "featurewise_center");
  }
  if (s.samplewise_std_normalization && !s.samplewise_center) {
    s.samplewise_center = true;
    warn_of_override("samplewise_std_normalization", "samplewise_center");
  }
  return s;
}

std::vector<float> floats_of(const Tensor& x) {
  const std::span<const float> values = ops::cast(x, DType::kFloat32).data<float>();
  return {values.begin(), values.end()};
}

void check_image(const Tensor& x) {
  if (x.rank() != 3)
    throw ShapeError(str(
        "Input arrays must be multi-channel 2D images, of rank 3. Received shape: ", x.shape()));
}

Tensor of_channels(const std::vector<float>& values, bool channels_first) {
  if (values.empty()) return {};
  const auto channels = static_cast<std::int64_t>(values.size());
  return Tensor::from(values, channels_first ? Shape{channels, 1, 1} : Shape{1, 1, channels});
}

}  // namespace

struct ImageDataGenerator::State {
  std::shared_ptr<Pipeline> pipeline = std::make_shared<Pipeline>();
  std::mutex mutex;
  RandomState random{numpy_seed(random::make_default_seed())};

  TransformParameters draw(const ImageSize& size, std::optional<std::int64_t> seed) {
    const std::lock_guard lock(mutex);
    if (seed) random.seed(numpy_seed(*seed));
    return pipeline->augmentation.draw(random, size);
  }
};

ImageDataGenerator::ImageDataGenerator(const ImageDataGeneratorOptions& options)
    : state_(std::make_shared<State>()) {
  Pipeline& pipeline = *state_->pipeline;
  if (!options.data_format.empty() && options.data_format != "channels_last" &&
      options.data_format != "channels_first")
    throw ValueError(
        str("`data_format` should be `\"channels_last\"` (channel after row and column) or "
            "`\"channels_first\"` (channel before row and column). Received: ",
            options.data_format));
  if (options.validation_split != 0 &&
      !(options.validation_split > 0 && options.validation_split < 1))
    throw ValueError(str("`validation_split` must be strictly between 0 and 1.  Received: ",
                         options.validation_split));
  pipeline.channels_first = ops::standardize_data_format(options.data_format) == "channels_first";
  pipeline.validation_split = options.validation_split;
  pipeline.dtype = dtype_from_name(options.dtype.empty() ? config::floatx() : options.dtype);
  pipeline.augmentation = augmentation_of(options);
  pipeline.standardization = standardization_of(options);
}

Iterator ImageDataGenerator::flow(const Data& x, const FlowOptions& options) const {
  return make_array_iterator(state_->pipeline, x, {}, options);
}

Iterator ImageDataGenerator::flow(const Data& x, const Tensor& y,
                                  const FlowOptions& options) const {
  return make_array_iterator(state_->pipeline, x, y, options);
}

Iterator ImageDataGenerator::flow_from_directory(const std::filesystem::path& directory,
                                                 const FlowFromDirectoryOptions& options) const {
  return make_directory_iterator(state_->pipeline, directory, options);
}

Iterator ImageDataGenerator::flow_from_dataframe(const std::filesystem::path& csv,
                                                 const FlowFromDataframeOptions& options) const {
  return make_dataframe_iterator(state_->pipeline, csv, options);
}

void ImageDataGenerator::fit(const Tensor& x, const GeneratorFitOptions& options) const {
  if (x.rank() != 4)
    throw ValueError(
        str("Input to `.fit()` should have rank 4. Got array with shape: ", x.shape()));
  Pipeline& pipeline = *state_->pipeline;
  const ImageSize size = image_size_of(x.shape(), pipeline.channels_first);
  warn_of_channels(size.channels, x.shape());
  if (options.rounds < 1)
    throw ValueError(str("`rounds` must be positive. Received: rounds=", options.rounds));
  std::vector<float> values = floats_of(x);
  if (!options.augment) return pipeline.standardization.fit(std::move(values), size);
  // Keras transforms what is scaled already; `fit` scales afterwards.
  const double rescale = pipeline.standardization.rescale;
  if (rescale != 0)
    for (float& v : values) v *= static_cast<float>(rescale);
  std::vector<float> augmented(values.size() * static_cast<std::size_t>(options.rounds));
  std::optional<std::int64_t> seed = options.seed;
  for (std::size_t at = 0; at < augmented.size(); at += size.size(), seed.reset())
    pipeline.augmentation.apply(&values[at % values.size()], &augmented[at], size,
                                state_->draw(size, seed));
  Standardization found = pipeline.standardization;
  found.rescale = 0;
  found.fit(std::move(augmented), size);
  found.rescale = rescale;
  pipeline.standardization = std::move(found);
}

Tensor ImageDataGenerator::standardize(const Tensor& x) const {
  const Pipeline& pipeline = *state_->pipeline;
  const Standardization& standardization = pipeline.standardization;
  standardization.warn_of_missing_fit();
  const Tensor changed =
      standardization.preprocessing_function ? standardization.preprocessing_function(x) : x;
  if (changed.rank() != 3 && changed.rank() != 4)
    throw ShapeError(
        str("`standardize` takes an image of rank 3 or several of rank 4. Received "
            "shape: ",
            changed.shape()));
  std::vector<float> values = floats_of(changed);
  std::vector<float> scratch;
  standardization.apply(values, image_size_of(changed.shape(), pipeline.channels_first), scratch);
  return ops::cast(Tensor::from(values, changed.shape()), pipeline.dtype);
}

TransformParameters ImageDataGenerator::get_random_transform(
    const Shape& img_shape, std::optional<std::int64_t> seed) const {
  if (img_shape.rank() != 3)
    throw ShapeError(str("`img_shape` must have rank 3. Received: img_shape=", img_shape));
  return state_->draw(image_size_of(img_shape, state_->pipeline->channels_first), seed);
}

Tensor ImageDataGenerator::apply_transform(const Tensor& x,
                                           const TransformParameters& parameters) const {
  check_image(x);
  const Pipeline& pipeline = *state_->pipeline;
  const std::vector<float> values = floats_of(x);
  std::vector<float> changed(values.size());
  pipeline.augmentation.apply(values.data(), changed.data(),
                              image_size_of(x.shape(), pipeline.channels_first), parameters);
  return ops::cast(Tensor::from(changed, x.shape()), pipeline.dtype);
}

Tensor ImageDataGenerator::random_transform(const Tensor& x,
                                            std::optional<std::int64_t> seed) const {
  check_image(x);
  return apply_transform(x, get_random_transform(x.shape(), seed));
}

Tensor ImageDataGenerator::mean() const {
  return of_channels(state_->pipeline->standardization.mean, state_->pipeline->channels_first);
}

Tensor ImageDataGenerator::std() const {
  return of_channels(state_->pipeline->standardization.std, state_->pipeline->channels_first);
}

Tensor ImageDataGenerator::zca_whitening_matrix() const {
  const std::vector<float>& matrix = state_->pipeline->standardization.zca_matrix;
  if (matrix.empty()) return {};
  const auto side = static_cast<std::int64_t>(std::lround(std::sqrt(matrix.size())));
  return Tensor::from(matrix, {side, side});
}

}  // namespace keras::preprocessing::image
