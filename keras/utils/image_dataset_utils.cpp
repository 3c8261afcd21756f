#include "keras/utils/image_dataset_utils.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/image.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"
#include "keras/utils/config.h"
#include "keras/utils/image_utils.h"

namespace keras::utils {
namespace {

void check(const ImageDatasetOptions& o) {
  if (o.color_mode != "rgb" && o.color_mode != "rgba" && o.color_mode != "grayscale")
    throw ValueError(
        str("`color_mode` must be one of {\"rgb\", \"rgba\", \"grayscale\"}. Received: "
            "color_mode=",
            o.color_mode));
  if (o.image_size.size() != 2 || o.image_size[0] <= 0 || o.image_size[1] <= 0)
    throw ValueError(
        str("Invalid `image_size` value. Expected a tuple of 2 integers, (height, width), both "
            "positive. Received: image_size=",
            Config::list_of(o.image_size)));
  const std::vector<std::string> known = {"bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"};
  if (std::find(known.begin(), known.end(), o.interpolation) == known.end())
    throw ValueError(str("Argument `interpolation` should be one of ", join(known, ", "),
                         ". Received: interpolation=", o.interpolation));
  if (o.crop_to_aspect_ratio && o.pad_to_aspect_ratio)
    throw ValueError(
        "Only one of `pad_to_aspect_ratio`, `crop_to_aspect_ratio` can be set to `True`.");
}

Tensor read_image(const std::filesystem::path& path, const ImageDatasetOptions& o) {
  const Tensor image = img_to_array(load_img(path, {.color_mode = o.color_mode}),
                                    {.data_format = o.data_format, .dtype = "float32"});
  return ops::image::resize(image, {o.image_size[0], o.image_size[1]},
                            {.interpolation = o.interpolation,
                             .crop_to_aspect_ratio = o.crop_to_aspect_ratio,
                             .pad_to_aspect_ratio = o.pad_to_aspect_ratio,
                             .data_format = o.data_format})
      .eval();
}

}  // namespace

DirectoryDataset image_dataset_from_directory(const std::filesystem::path& directory,
                                              ImageDatasetOptions options) {
  std::transform(options.interpolation.begin(), options.interpolation.end(),
                 options.interpolation.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  check(options);
  options.data_format = ops::standardize_data_format(options.data_format);
  const DirectoryOptions files = options.files;
  const auto read = [o = std::move(options)](const std::vector<std::filesystem::path>& paths) {
    Tensors images;
    for (const auto& path : paths) images.push_back(read_image(path, o));
    return ops::stack(images);
  };
  return dataset_from_directory(directory, {"images", {".bmp", ".gif", ".jpeg", ".jpg", ".png"}},
                                files, read);
}

DirectorySubsets image_datasets_from_directory(const std::filesystem::path& directory,
                                               ImageDatasetOptions options) {
  return both_subsets(std::move(options), [&](const ImageDatasetOptions& part) {
    return image_dataset_from_directory(directory, part);
  });
}

}  // namespace keras::utils
