#include "keras/layers/reshaping/up_sampling.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/image.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

class UpSamplingImpl final : public LayerImpl {
 public:
  UpSamplingImpl(int rank, const ops::SpatialSizes& size, UpSampling2DOptions options)
      : LayerImpl({str("UpSampling", rank, "D"), options.name, options.trainable, options.dtype}),
        size_(size.for_axes(rank, "size")),
        data_format_(ops::standardize_data_format(options.data_format)),
        interpolation_(lower_case(options.interpolation)) {
    constexpr const char* kKnown[] = {"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"};
    if (std::find(std::begin(kKnown), std::end(kKnown), interpolation_) == std::end(kKnown))
      throw ValueError(
          str("UpSampling2D: `interpolation` must be one of nearest, bilinear, bicubic, lanczos3, "
              "lanczos5. Received: interpolation=",
              options.interpolation));
    input_spec_ = {{.ndim = rank + 2}};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    if (interpolation_ != "nearest") return interpolated(x);
    Tensor y = x;
    int axis = data_format_ == "channels_first" ? 2 : 1;
    for (const auto times : size_) {
      if (times > 1) y = ops::repeat(y, times, {.axis = axis});
      ++axis;
    }
    return y;
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    // Of one axis Keras writes a number and no data_format.
    if (size_.size() == 1) {
      config.set("size", size_[0]);
      return config;
    }
    config.set("size", Config::list_of(size_));
    config.set("data_format", data_format_);
    if (size_.size() == 2) config.set("interpolation", interpolation_);
    return config;
  }

 private:
  Tensor interpolated(const Tensor& x) const {
    const int height = data_format_ == "channels_first" ? 2 : 1;
    const std::vector<std::int64_t> size{x.shape()[height] * size_[0],
                                         x.shape()[height + 1] * size_[1]};
    return ops::image::resize(x, size,
                              {.interpolation = interpolation_, .data_format = data_format_});
  }

  std::vector<std::int64_t> size_;
  std::string data_format_;
  std::string interpolation_;
};

std::shared_ptr<LayerImpl> make(int rank, const ops::SpatialSizes& size,
                                UpSampling2DOptions options) {
  return std::make_shared<UpSamplingImpl>(rank, size, std::move(options));
}

int checked_size(int size) {
  if (size <= 0)
    throw ValueError(str("Argument `size` should be a positive integer. Received: size=", size));
  return size;
}

ops::SpatialSizes read_size(ConfigReader& reader) {
  const Config& size = reader.get("size");
  return size.is_null() ? ops::SpatialSizes(2) : ops::SpatialSizes::from_config(size);
}

template <typename Options>
void read_common(const ConfigReader& reader, Options& options) {
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
}

}  // namespace

UpSampling1D::UpSampling1D(int size, UpSampling1DOptions options)
    : Layer(make(1, checked_size(size),
                 {.name = options.name, .trainable = options.trainable, .dtype = options.dtype})) {}
UpSampling2D::UpSampling2D(ops::SpatialSizes size, UpSampling2DOptions options)
    : Layer(make(2, size, std::move(options))) {}
UpSampling3D::UpSampling3D(ops::SpatialSizes size, UpSampling3DOptions options)
    : Layer(make(3, size,
                 {.data_format = options.data_format,
                  .name = options.name,
                  .trainable = options.trainable,
                  .dtype = options.dtype})) {}

UpSampling1D UpSampling1D::from_config(const Config& config) {
  ConfigReader reader("UpSampling1D", config);
  const int size = reader.get("size", 2);
  UpSampling1DOptions options;
  read_common(reader, options);
  return UpSampling1D(size, std::move(options));
}

UpSampling2D UpSampling2D::from_config(const Config& config) {
  ConfigReader reader("UpSampling2D", config);
  const ops::SpatialSizes size = read_size(reader);
  UpSampling2DOptions options;
  options.data_format = reader.get("data_format", "");
  options.interpolation = reader.get("interpolation", "nearest");
  read_common(reader, options);
  return UpSampling2D(size, std::move(options));
}

UpSampling3D UpSampling3D::from_config(const Config& config) {
  ConfigReader reader("UpSampling3D", config);
  const ops::SpatialSizes size = read_size(reader);
  UpSampling3DOptions options;
  options.data_format = reader.get("data_format", "");
  read_common(reader, options);
  return UpSampling3D(size, std::move(options));
}

}  // namespace keras::layers
