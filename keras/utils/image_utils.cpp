#include "keras/utils/image_utils.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"
#include "keras/saving/atomic_file.h"
#include "keras/saving/mapped_file.h"
#include "keras/utils/config.h"
#include "keras/utils/image_resampling.h"
#include "keras/utils/io_utils.h"

namespace keras::utils {
namespace {

std::string mode_of(std::string_view color_mode) {
  if (color_mode == "grayscale") return "L";
  if (color_mode == "rgb") return "RGB";
  if (color_mode == "rgba") return "RGBA";
  throw ValueError(
      str("color_mode must be \"grayscale\", \"rgb\", or \"rgba\". Received: ", color_mode));
}

/// The largest part in the middle that has the proportions of the target.
ImageBox middle_of(const Image& image, int height, int width) {
  const std::int64_t image_height = image.height;
  const std::int64_t image_width = image.width;
  const auto rows = static_cast<int>(std::min(image_height, image_width * height / width));
  const auto columns = static_cast<int>(std::min(image_width, image_height * width / height));
  const int top = (image.height - rows) / 2;
  const int left = (image.width - columns) / 2;
  return {left, top, left + columns, top + rows};
}

void check_target_size(const std::vector<int>& size) {
  if (size.size() != 2 || size[0] <= 0 || size[1] <= 0)
    throw ValueError(
        str("`target_size` must be two positive numbers, (height, width). Received: target_size=",
            Config::list_of(size)));
}

template <typename T>
std::vector<float> floats_of(const std::vector<T>& samples, std::int64_t pixels,
                             std::int64_t channels, bool channels_first) {
  std::vector<float> out(samples.size());
  if (!channels_first) {
    std::copy(samples.begin(), samples.end(), out.begin());
    return out;
  }
  for (std::int64_t p = 0; p < pixels; ++p)
    for (std::int64_t c = 0; c < channels; ++c)
      out[static_cast<std::size_t>(c * pixels + p)] =
          static_cast<float>(samples[static_cast<std::size_t>(p * channels + c)]);
  return out;
}

/// Whole numbers modulo 256, as a cast of arrays gives them.
std::uint8_t to_byte(float value) {
  if (!(std::abs(value) < 9e18f)) return 0;
  return static_cast<std::uint8_t>(static_cast<std::int64_t>(value) & 255);
}

void scale_to_bytes(std::vector<float>& values) {
  const float least = *std::min_element(values.begin(), values.end());
  for (float& v : values) v -= least;
  const float most = *std::max_element(values.begin(), values.end());
  for (float& v : values) {
    if (most != 0) v /= most;
    v *= 255;
  }
}

void fill_pixels(Image& image, const std::vector<float>& values) {
  if (image.channels() == 1 && *std::max_element(values.begin(), values.end()) > 255) {
    image.mode = "I;16";
    for (const float v : values) {
      if (!(v > -1 && v < 65536))
        throw ValueError(str("array_to_img: a grey value of ", v, " does not fit into 16 bits."));
      image.pixels16.push_back(static_cast<std::uint16_t>(v));
    }
    return;
  }
  image.pixels.resize(values.size());
  std::transform(values.begin(), values.end(), image.pixels.begin(), to_byte);
}

std::string format_of(const std::filesystem::path& path, std::string format) {
  if (format.empty() && path.has_extension()) format = path.extension().string().substr(1);
  std::transform(format.begin(), format.end(), format.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return format == "jpg" ? "jpeg" : format;
}

}  // namespace

Image load_img(const std::filesystem::path& path, LoadImgOptions options) {
  const std::string mode = mode_of(options.color_mode);
  const Storage file = saving::map_file(path);
  Image image = decode_image({file.data(), file.size()}, mode, path.string());
  if (options.target_size.empty()) return image;
  check_target_size(options.target_size);
  const int height = options.target_size[0];
  const int width = options.target_size[1];
  if (image.height == height && image.width == width) return image;
  const ImageBox box = options.keep_aspect_ratio ? middle_of(image, height, width)
                                                 : ImageBox{0, 0, image.width, image.height};
  if (box.left >= box.right || box.top >= box.bottom)
    throw ValueError(str("The image ", path.string(), " of ", image.height, " x ", image.width,
                         " pixels has no part in the proportions of ", height, " x ", width, "."));
  return resize_image(image, height, width, options.interpolation, box);
}

Tensor img_to_array(const Image& image, ImgToArrayOptions options) {
  const bool first = ops::standardize_data_format(options.data_format) == "channels_first";
  const std::int64_t height = image.height;
  const std::int64_t width = image.width;
  const std::int64_t channels = image.channels();
  const std::vector<float> values = image.mode == "I;16"
                                        ? floats_of(image.pixels16, height * width, channels, first)
                                        : floats_of(image.pixels, height * width, channels, first);
  const Tensor array =
      Tensor::from(values, first ? Shape{channels, height, width} : Shape{height, width, channels});
  const DType dtype = dtype_from_name(options.dtype.empty() ? config::floatx() : options.dtype);
  return dtype == DType::kFloat32 ? array : ops::cast(array, dtype);
}

Image array_to_img(const Tensor& x, ArrayToImgOptions options) {
  const std::string data_format = ops::standardize_data_format(options.data_format);
  if (x.rank() != 3)
    throw ValueError(str(
        "Expected image array to have rank 3 (single image). Got array with shape: ", x.shape()));
  const DType dtype = dtype_from_name(options.dtype.empty() ? config::floatx() : options.dtype);
  const Tensor last = data_format == "channels_first" ? ops::transpose(x, {.axes = {1, 2, 0}}) : x;
  std::vector<float> values = ops::cast(last, dtype).to_vector<float>();
  const std::int64_t channels = last.shape()[2];
  if (channels != 1 && channels != 3 && channels != 4)
    throw ValueError(str("Unsupported channel number: ", channels));
  if (values.empty())
    throw ValueError(str("array_to_img: an array of shape ", x.shape(), " has no pixels."));
  if (options.scale) scale_to_bytes(values);
  Image image;
  image.height = static_cast<int>(last.shape()[0]);
  image.width = static_cast<int>(last.shape()[1]);
  image.mode = channels == 1 ? "L" : channels == 3 ? "RGB" : "RGBA";
  fill_pixels(image, values);
  return image;
}

void save_img(const std::filesystem::path& path, const Tensor& x, SaveImgOptions options) {
  const std::string format = format_of(path, options.file_format);
  Image image = array_to_img(x, {.data_format = options.data_format, .scale = options.scale});
  if (image.mode == "RGBA" && format == "jpeg") {
    warn("The JPEG format does not support RGBA images, converting to RGB.");
    image = convert_image(std::move(image), "RGB");
  }
  const std::vector<std::byte> bytes = encode_image(image, format);
  saving::AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

Tensor smart_resize(const Tensor& x, const std::vector<int>& size, SmartResizeOptions options) {
  if (size.size() != 2)
    throw ValueError(
        str("Expected `size` to be a tuple of 2 integers, but got: ", Config::list_of(size), "."));
  if (size[0] <= 0 || size[1] <= 0)
    throw ValueError(str("`size` must be positive. Received: size=(", size[0], ", ", size[1], ")"));
  if (x.rank() != 3 && x.rank() != 4)
    throw ValueError(
        str("Expected an image array with shape `(height, width, channels)`, or `(batch_size, "
            "height, width, channels)`, but got input with incorrect rank, of shape ",
            x.shape(), "."));
  const int row_axis = options.data_format == "channels_last" ? -3 : -2;
  const std::int64_t height = x.shape()[row_axis];
  const std::int64_t width = x.shape()[row_axis + 1];
  const auto in_proportion = [](std::int64_t side, int numerator, int denominator) {
    return static_cast<std::int64_t>(static_cast<double>(side * numerator) / denominator);
  };
  const auto rows =
      std::max<std::int64_t>(std::min(height, in_proportion(width, size[0], size[1])), 1);
  const auto columns =
      std::max<std::int64_t>(std::min(width, in_proportion(height, size[1], size[0])), 1);
  const Tensor middle = ops::image::crop_images(x, {.top_cropping = (height - rows) / 2,
                                                    .left_cropping = (width - columns) / 2,
                                                    .target_height = rows,
                                                    .target_width = columns,
                                                    .data_format = options.data_format});
  return ops::image::resize(
      middle, {size[0], size[1]},
      {.interpolation = options.interpolation, .data_format = options.data_format});
}

}  // namespace keras::utils
