#include "keras/layers/preprocessing/center_crop.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/preprocessing/image_size.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/nn.h"

namespace keras::layers {
namespace {

class CenterCropImpl final : public LayerImpl {
 public:
  CenterCropImpl(int height, int width, const CenterCropOptions& options)
      : LayerImpl({"CenterCrop", options.name, options.trainable, options.dtype}),
        height_(height),
        width_(width),
        data_format_(ops::standardize_data_format(options.data_format)) {
    check_image_size("CenterCrop", height, width);
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    if (x.rank() != 3 && x.rank() != 4)
      throw ShapeError(
          str("`input_shape` must be a non-nested tuple or list of rank-1 with size 3 (unbatched) "
              "or 4 (batched). Received: input_shape=",
              x.shape()));
    const Tensor images = ops::cast(x, compute_dtype());
    const int first = data_format_ == "channels_first" ? -2 : -3;
    const std::int64_t more_rows = images.shape()[first] - height_;
    const std::int64_t more_columns = images.shape()[first + 1] - width_;
    if (more_rows < 0 || more_columns < 0)
      return ops::image::resize(images, {height_, width_},
                                {.crop_to_aspect_ratio = true, .data_format = data_format_});
    return ops::image::crop_images(images, {.top_cropping = more_rows / 2,
                                            .left_cropping = more_columns / 2,
                                            .target_height = height_,
                                            .target_width = width_,
                                            .data_format = data_format_});
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("data_format", data_format_);
    config.set("height", height_);
    config.set("width", width_);
    return config;
  }

 private:
  int height_;
  int width_;
  std::string data_format_;
};

}  // namespace

CenterCrop::CenterCrop(int height, int width, CenterCropOptions options)
    : Layer(std::make_shared<CenterCropImpl>(height, width, options)) {}

CenterCrop CenterCrop::from_config(const Config& config) {
  ConfigReader reader("CenterCrop", config);
  const auto [height, width] = read_image_size(reader);
  CenterCropOptions options;
  options.data_format = reader.get("data_format", "");
  return CenterCrop(height, width, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
