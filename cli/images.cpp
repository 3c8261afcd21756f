// Images as a model's input.

#include <algorithm>
#include <array>

#include "cli/command.h"
#include "cli/files.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/utils/image_utils.h"

namespace keras::cli {
namespace {

constexpr std::array<const char*, 3> kEndings = {".png", ".jpg", ".jpeg"};

const char* color_mode_for(std::int64_t channels, const std::string& path) {
  if (channels == 1) return "grayscale";
  if (channels == 3 || channels == kUnknown) return "rgb";
  if (channels == 4) return "rgba";
  throw BadInput(str(path, ": an image has 1, 3 or 4 channels, and the model takes ", channels,
                     "; give arrays instead"));
}

/// The size that the model takes; empty, the image's own, where it takes any.
std::vector<int> size_for(std::int64_t height, std::int64_t width) {
  if (height == kUnknown || width == kUnknown) return {};
  return {static_cast<int>(height), static_cast<int>(width)};
}

Tensor read_image(const std::string& path, const Shape& wanted, bool channels_first) {
  check_readable(path);
  const int rows = channels_first ? 2 : 1;
  const utils::LoadImgOptions how = {
      .color_mode = color_mode_for(wanted[channels_first ? 1 : 3], path),
      .target_size = size_for(wanted[rows], wanted[rows + 1]),
      .interpolation = "bilinear"};
  return utils::img_to_array(
      utils::load_img(path, how),
      {.data_format = channels_first ? "channels_first" : "channels_last", .dtype = "float32"});
}

}  // namespace

bool is_image(const std::string& path) {
  return std::find(kEndings.begin(), kEndings.end(), ending_of(path)) != kEndings.end();
}

Tensor read_images(const Model& model, const std::vector<std::string>& paths) {
  for (const auto& path : paths)
    if (!is_image(path))
      throw BadInput(path + ": not an image, and others are; give images alone or arrays alone");
  const Tensors inputs = model.inputs();
  if (inputs.size() != 1 || inputs[0].rank() != 4)
    throw BadInput(str(paths.front(), ": the model takes ",
                       inputs.size() == 1 ? str(inputs[0].shape()) : "several inputs",
                       " and no images; give arrays"));
  const Shape& wanted = inputs[0].shape();
  // Keras's own mark of channels_first is in the layers; three or one channels in front tell, too.
  const auto is_color = [](std::int64_t size) { return size == 1 || size == 3 || size == 4; };
  const bool channels_first = is_color(wanted[1]) && !is_color(wanted[3]);
  Tensors images;
  for (const auto& path : paths) {
    images.push_back(read_image(path, wanted, channels_first));
    if (images.back().shape() != images.front().shape())
      throw BadInput(str(path, ": ", images.back().shape(), " where ", paths.front(), " is ",
                         images.front().shape(),
                         ", and the model takes any size; give images of one size"));
  }
  return ops::stack(images);
}

}  // namespace keras::cli
