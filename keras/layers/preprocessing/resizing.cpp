#include "keras/layers/preprocessing/resizing.h"

#include <memory>
#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/preprocessing/image_size.h"
#include "keras/ops/image.h"
#include "keras/ops/nn.h"

namespace keras::layers {
namespace {

class ResizingImpl final : public LayerImpl {
 public:
  ResizingImpl(int height, int width, ResizingOptions options)
      : LayerImpl({"Resizing", options.name, options.trainable, options.dtype}),
        height_(height),
        width_(width),
        options_(std::move(options)) {
    check_image_size("Resizing", height, width);
    options_.data_format = ops::standardize_data_format(options_.data_format);
    // Says what is wrong with the other arguments before the first call.
    resized(Tensor::from(std::vector<float>{0}, {1, 1, 1}));
  }

  Tensor call(const Tensor& x, const CallContext&) override { return resized(x); }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("data_format", options_.data_format);
    config.set("height", height_);
    config.set("width", width_);
    config.set("interpolation", options_.interpolation);
    config.set("crop_to_aspect_ratio", options_.crop_to_aspect_ratio);
    config.set("pad_to_aspect_ratio", options_.pad_to_aspect_ratio);
    config.set("fill_mode", options_.fill_mode);
    config.set("fill_value", options_.fill_value);
    config.set("antialias", options_.antialias);
    return config;
  }

 private:
  Tensor resized(const Tensor& x) const {
    return ops::image::resize(x, {height_, width_},
                              {.interpolation = options_.interpolation,
                               .antialias = options_.antialias,
                               .crop_to_aspect_ratio = options_.crop_to_aspect_ratio,
                               .pad_to_aspect_ratio = options_.pad_to_aspect_ratio,
                               .fill_mode = options_.fill_mode,
                               .fill_value = options_.fill_value,
                               .data_format = options_.data_format});
  }

  int height_;
  int width_;
  ResizingOptions options_;
};

}  // namespace

Resizing::Resizing(int height, int width, ResizingOptions options)
    : Layer(std::make_shared<ResizingImpl>(height, width, std::move(options))) {}

Resizing Resizing::from_config(const Config& config) {
  ConfigReader reader("Resizing", config);
  const auto [height, width] = read_image_size(reader);
  ResizingOptions options;
  options.interpolation = reader.get("interpolation", "bilinear");
  options.crop_to_aspect_ratio = reader.get("crop_to_aspect_ratio", false);
  options.pad_to_aspect_ratio = reader.get("pad_to_aspect_ratio", false);
  options.fill_mode = reader.get("fill_mode", "constant");
  options.fill_value = reader.get("fill_value", 0.0);
  options.antialias = reader.get("antialias", false);
  options.data_format = reader.get("data_format", "");
  return Resizing(height, width, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
