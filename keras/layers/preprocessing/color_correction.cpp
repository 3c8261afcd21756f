#include "keras/layers/preprocessing/color_correction.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/random_image_layer.h"
#include "keras/layers/preprocessing/value_range.h"
#include "keras/ops/core.h"
#include "keras/ops/math.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

using Range = std::array<double, 2>;
constexpr Range kBytes = {0, 255};

constexpr int kBins = 256;

/// [0, f] for one number f. Throws ValueError outside of [0, 1].
RandomRange checked_share(const RandomRange& factor) {
  for (const double number : {factor.first(), factor.second()})
    if (!(number >= 0 && number <= 1))
      throw ValueError(str(
          "The `addition_factor` and `threshold_factor` arguments should be a number (or a list "
          "of two numbers) in the range [0, 1]. Received: input_number=",
          number));
  return factor.is_pair() ? RandomRange(factor.lower(), factor.upper())
                          : RandomRange(0, factor.first());
}

std::array<std::int64_t, 2> read_pair(const Config& config, const char* argument) {
  if (!config.is_list() || config.as_list().size() != 2 || !config.as_list()[0].is_int() ||
      !config.as_list()[1].is_int())
    throw ValueError(
        str("`", argument, "` must be a list of two integers. Received: ", config.to_string()));
  return {config.at(std::size_t{0}).as_int(), config.at(std::size_t{1}).as_int()};
}

class SolarizationImpl final : public RandomImageLayer {
 public:
  explicit SolarizationImpl(const SolarizationOptions& options)
      : RandomImageLayer({"Solarization", options.name, options.trainable, options.dtype},
                         options.data_format, options.seed, options.bounding_box_format),
        addition_(checked_share(options.addition_factor)),
        threshold_(checked_share(options.threshold_factor)),
        value_range_(ordered(options.value_range)) {}

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("value_range", value_range_to_config(value_range_));
    config.set("addition_factor", addition_.to_config());
    config.set("threshold_factor", threshold_.to_config());
    config.set("seed", seed_config());
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    const auto drawn = [&](const RandomRange& factor) {
      return draw(images, {factor.lower(), factor.upper() * 255});
    };
    const Tensor additions = drawn(addition_);
    const Tensor thresholds = drawn(threshold_);
    const Tensor x = ops::clip(scale_range(images, value_range_, kBytes) + additions, 0, 255);
    return scale_range(ops::where(ops::less(x, thresholds), x, 255.0 - x), kBytes, value_range_);
  }

 private:
  RandomRange addition_, threshold_;
  Range value_range_;
};

class AutoContrastImpl final : public RandomImageLayer {
 public:
  explicit AutoContrastImpl(const AutoContrastOptions& options)
      : RandomImageLayer({"AutoContrast", options.name, options.trainable, options.dtype},
                         options.data_format, {}, options.bounding_box_format),
        value_range_(ordered(options.value_range)) {}

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("value_range", value_range_to_config(value_range_));
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    const Tensor x = scale_range(images, value_range_, kBytes);
    // As in Keras, these are axes 1 and 2 wherever the channels are.
    const Tensor low = ops::min(x, {.axis = {1, 2}, .keepdims = true});
    const Tensor high = ops::max(x, {.axis = {1, 2}, .keepdims = true});
    const Tensor scale = 255.0 / (high - low);
    const Tensor stretched = ops::clip(x * scale - low * scale, 0, 255);
    const Tensor result = scale_range(stretched, kBytes, value_range_);
    return ops::where(ops::isnan(result), images, result);
  }
  bool always() const override { return true; }

 private:
  Range value_range_;
};

class EqualizationImpl final : public RandomImageLayer {
 public:
  explicit EqualizationImpl(const EqualizationOptions& options)
      : RandomImageLayer({"Equalization", options.name, options.trainable, options.dtype},
                         options.data_format, {}, options.bounding_box_format),
        bins_(options.bins),
        value_range_(ordered(options.value_range)) {
    if (bins_ < 1) throw ValueError(str("`bins` must be positive. Received: bins=", bins_));
  }

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("bins", bins_);
    config.set("value_range", value_range_to_config(value_range_));
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    const int axis = channels_first() ? 1 : 3;
    Tensors channels;
    for (const Tensor& channel :
         ops::split(images, static_cast<int>(images.shape()[axis]), {.axis = axis}))
      channels.push_back(equalized(channel));
    return ops::concatenate(channels, {.axis = axis});
  }

 private:
  Tensor equalized(const Tensor& given) const {
    const auto last = static_cast<double>(bins_ - 1);
    const Tensor x = scale_range(given, value_range_, kBytes);
    const auto place = [&](const Tensor& at) {
      return ops::cast(ops::clip(at, 0, last), DType::kInt32);
    };
    const Tensor places = ops::reshape(place(x * last / 255.0), {-1});
    const Tensor counts = ops::segment_sum(ops::ones_like(places), places, bins_);
    const Tensor sums = ops::cast(ops::cumsum(counts), DType::kFloat32);
    // The least sum of a bin that holds something; there are no bins before it.
    const Tensor first = ops::min(ops::where(ops::greater(sums, 0), sums, ops::max(sums)));
    const Tensor range = ops::max(sums) - first;
    const Tensor divisor = ops::where(ops::equal(range, 0), 1.0, range);
    const Tensor table = ops::clip(ops::round((sums - first) * 255.0 / divisor), 0, 255);
    // Not the same to the last bit as above, as in Keras.
    const Tensor found = ops::take(table, place(x / 255.0 * last));
    const Tensor result =
        ops::where(ops::less_equal(ops::count_nonzero(counts), 1), x, ops::cast(found, x.dtype()));
    return scale_range(result, kBytes, value_range_);
  }

  std::int64_t bins_;
  Range value_range_;
};

/// The tiles along an axis, and where a pixel stands between their middles.
struct Tiles {
  std::int64_t count, size, length;
  std::int64_t padded() const { return count * size; }
};

struct BetweenTiles {
  Tensor first, second, share;
};

BetweenTiles between(const Tiles& tiles) {
  const auto size = static_cast<double>(tiles.size);
  const Tensor at = (ops::arange(0, tiles.padded(), 1, DType::kFloat32) - size / 2) / size + 1.0;
  const Tensor below = ops::floor(at);
  const auto place = [&](const Tensor& tile) {
    return ops::cast(ops::clip(tile, 0, static_cast<double>(tiles.count + 1)), DType::kInt32);
  };
  return {place(below), place(below + 1.0), at - below};
}

class ContrastLimitedAdaptiveHistogramEqualizationImpl final : public RandomImageLayer {
 public:
  explicit ContrastLimitedAdaptiveHistogramEqualizationImpl(
      const ContrastLimitedAdaptiveHistogramEqualizationOptions& options)
      : RandomImageLayer({"ContrastLimitedAdaptiveHistogramEqualization", options.name,
                          options.trainable, options.dtype},
                         options.data_format, {}, options.bounding_box_format),
        value_range_(options.value_range),
        clip_limit_(options.clip_limit),
        grid_(options.tile_grid_size) {
    if (grid_[0] < 1 || grid_[1] < 1)
      throw ValueError(str("`tile_grid_size` must be positive. Received: tile_grid_size=(",
                           grid_[0], ", ", grid_[1], ")"));
  }

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("value_range", value_range_to_config(value_range_));
    config.set("clip_limit", clip_limit_);
    config.set("tile_grid_size", Config::list_of(grid_));
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    Tensor x = channels_first() ? ops::transpose(images, {.axes = {0, 2, 3, 1}}) : images;
    x = scale_range(ops::cast(x, DType::kFloat32), value_range_, kBytes);
    x = ops::cast(scale_range(equalized(x), kBytes, value_range_), images.dtype());
    return channels_first() ? ops::transpose(x, {.axes = {0, 3, 1, 2}}) : x;
  }
  bool always() const override { return true; }

 private:
  Tiles tiles(std::int64_t count, std::int64_t length) const {
    return {count, (length + count - 1) / count, length};
  }

  /// The tables of new values: (batch, rows + 2, columns + 2, channels, 256), those at the edges
  /// twice.
  Tensor tables(const Tensor& values, const Tiles& rows, const Tiles& columns) const {
    const std::int64_t batch = values.shape()[0], channels = values.shape()[3];
    const std::int64_t pixels = rows.size * columns.size;
    Tensor x =
        ops::reshape(values, {batch, rows.count, rows.size, columns.count, columns.size, channels});
    x = ops::reshape(ops::transpose(x, {.axes = {0, 1, 3, 5, 2, 4}}),
                     {batch, rows.count, columns.count, channels, pixels});
    Tensor counts = ops::sum(ops::one_hot(x, kBins), {.axis = -2});
    if (clip_limit_ > 0) {
      const double limit = clip_limit_ * static_cast<double>(pixels) / kBins;
      const Tensor cut = ops::clip(counts, 0, limit);
      counts = cut + ops::sum(counts - cut, {.axis = -1, .keepdims = true}) / 256.0;
    }
    const Tensor sums = ops::cumsum(counts, {.axis = -1});
    const Tensor least = ops::min(sums, {.axis = -1, .keepdims = true});
    const Tensor rest = static_cast<double>(pixels) - least;
    const Tensor divisor = ops::where(ops::equal(rest, 0), 1.0, rest);
    const Tensor table = ops::clip((sums - least) * 255.0 / divisor, 0, 255);
    return ops::pad(table, {{0, 0}, {1, 1}, {1, 1}, {0, 0}, {0, 0}}, {.mode = "edge"});
  }

  Tensor equalized(const Tensor& images) const {
    const std::int64_t batch = images.shape()[0], channels = images.shape()[3];
    const Tiles rows = tiles(grid_[0], images.shape()[1]);
    const Tiles columns = tiles(grid_[1], images.shape()[2]);
    const Tensor padded = ops::pad(
        images,
        {{0, 0}, {0, rows.padded() - rows.length}, {0, columns.padded() - columns.length}, {0, 0}},
        {.mode = "symmetric"});
    const Tensor values = ops::cast(ops::clip(padded, 0, 255), DType::kInt32);
    const Tensor all = ops::reshape(tables(values, rows, columns), {-1});
    const auto places = [](std::int64_t count, std::int64_t stride, const Shape& shape) {
      return ops::reshape(ops::arange(0, count * stride, stride), shape);
    };
    const std::int64_t column_stride = kBins * channels;
    const std::int64_t row_stride = column_stride * (columns.count + 2);
    const Tensor base = values + places(batch, row_stride * (rows.count + 2), {batch, 1, 1, 1}) +
                        places(channels, kBins, {1, 1, 1, channels});
    const BetweenTiles y = between(rows), x = between(columns);
    const auto at = [&](const Tensor& row, const Tensor& column) {
      const Tensor below = row * static_cast<int>(row_stride);
      const Tensor beside = column * static_cast<int>(column_stride);
      return ops::take(
          all, base + ops::reshape(below, {1, -1, 1, 1}) + ops::reshape(beside, {1, 1, -1, 1}));
    };
    const Tensor down = ops::reshape(y.share, {1, -1, 1, 1});
    const Tensor right = ops::reshape(x.share, {1, 1, -1, 1});
    const auto blend = [](const Tensor& a, const Tensor& b, const Tensor& share) {
      return a * (1.0 - share) + b * share;
    };
    const Tensor result = blend(blend(at(y.first, x.first), at(y.first, x.second), right),
                                blend(at(y.second, x.first), at(y.second, x.second), right), down);
    return ops::slice_axis(ops::slice_axis(result, 1, 0, rows.length), 2, 0, columns.length);
  }

  Range value_range_;
  double clip_limit_;
  std::array<std::int64_t, 2> grid_;
};

}  // namespace

Solarization::Solarization(SolarizationOptions options)
    : ImageLayer(std::make_shared<SolarizationImpl>(std::move(options))) {}

Solarization Solarization::from_config(const Config& config) {
  ConfigReader reader("Solarization", config);
  SolarizationOptions options;
  read_range(reader, "addition_factor", options.addition_factor);
  read_range(reader, "threshold_factor", options.threshold_factor);
  options.value_range = read_value_range(reader);
  read_random_image_options(reader, options);
  return Solarization(finish_options(reader, std::move(options)));
}

AutoContrast::AutoContrast(AutoContrastOptions options)
    : ImageLayer(std::make_shared<AutoContrastImpl>(std::move(options))) {}

AutoContrast AutoContrast::from_config(const Config& config) {
  ConfigReader reader("AutoContrast", config);
  AutoContrastOptions options;
  options.value_range = read_value_range(reader);
  read_image_options(reader, options);
  return AutoContrast(finish_options(reader, std::move(options)));
}

Equalization::Equalization(EqualizationOptions options)
    : ImageLayer(std::make_shared<EqualizationImpl>(std::move(options))) {}

Equalization Equalization::from_config(const Config& config) {
  ConfigReader reader("Equalization", config);
  EqualizationOptions options;
  options.value_range = read_value_range(reader);
  options.bins = reader.get_optional_int("bins").value_or(256);
  read_image_options(reader, options);
  return Equalization(finish_options(reader, std::move(options)));
}

ContrastLimitedAdaptiveHistogramEqualization::ContrastLimitedAdaptiveHistogramEqualization(
    ContrastLimitedAdaptiveHistogramEqualizationOptions options)
    : ImageLayer(
          std::make_shared<ContrastLimitedAdaptiveHistogramEqualizationImpl>(std::move(options))) {}

ContrastLimitedAdaptiveHistogramEqualization
ContrastLimitedAdaptiveHistogramEqualization::from_config(const Config& config) {
  ConfigReader reader("ContrastLimitedAdaptiveHistogramEqualization", config);
  ContrastLimitedAdaptiveHistogramEqualizationOptions options;
  options.value_range = read_value_range(reader);
  options.clip_limit = reader.get_optional_double("clip_limit").value_or(4.0);
  if (const Config& given = reader.get("tile_grid_size"); !given.is_null())
    options.tile_grid_size = read_pair(given, "tile_grid_size");
  read_image_options(reader, options);
  return ContrastLimitedAdaptiveHistogramEqualization(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
