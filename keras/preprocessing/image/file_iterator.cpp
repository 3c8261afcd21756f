#include "keras/preprocessing/image/file_iterator.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/utils/config.h"
#include "keras/utils/image_resampling.h"
#include "keras/utils/image_utils.h"
#include "keras/utils/io_utils.h"

namespace keras::preprocessing::image {
namespace {

int channels_of(const std::string& color_mode) {
  if (color_mode == "grayscale") return 1;
  return color_mode == "rgb" ? 3 : 4;
}

class FileIterator final : public IteratorImpl {
 public:
  FileIterator(std::shared_ptr<const Pipeline> pipeline, ImageFiles files, FileReading reading)
      : IteratorImpl(static_cast<std::int64_t>(files.paths.size()), reading.batch_size,
                     reading.shuffle, reading.seed),
        pipeline_(std::move(pipeline)),
        files_(std::move(files)),
        reading_(std::move(reading)),
        size_{reading_.target_size[0], reading_.target_size[1], channels_of(reading_.color_mode),
              pipeline_->channels_first} {
    filenames = files_.names;
    classes = files_.classes;
    for (std::size_t i = 0; i < files_.class_names.size(); ++i)
      class_indices.emplace(files_.class_names[i], static_cast<std::int64_t>(i));
  }

 protected:
  Batch batch_of(std::span<const std::int64_t> indices, RandomState& random) override {
    std::atomic<std::int64_t> broken = 0;
    const ImageBatch images = make_image_batch(
        *pipeline_, size_, indices, random,
        [&](std::size_t place, std::vector<float>& scratch) -> const float* {
          return read(files_.paths[static_cast<std::size_t>(indices[place])], scratch, broken);
        });
    skipped += broken;
    if (images.indices.empty())
      throw IoError(str("None of the ", indices.size(),
                        " images of a batch can be read; the last of them is ",
                        files_.paths[static_cast<std::size_t>(indices.back())].string(), "."));
    save_images(images, reading_.save_to, pipeline_->channels_first, random);
    Batch batch;
    batch.x = images.images;
    batch.y = targets_of(images);
    if (batch.y.defined() && files_.sample_weight.defined())
      batch.sample_weight = rows_of(files_.sample_weight, images.indices);
    return batch;
  }

 private:
  const float* read(const std::filesystem::path& path, std::vector<float>& scratch,
                    std::atomic<std::int64_t>& broken) const {
    try {
      utils::Image image = utils::load_img(path, {.color_mode = reading_.color_mode,
                                                  .target_size = reading_.target_size,
                                                  .interpolation = reading_.interpolation,
                                                  .keep_aspect_ratio = reading_.keep_aspect_ratio});
      copy_values(image, scratch);
      return scratch.data();
    } catch (const IoError& error) {
      if (!reading_.skip_broken) throw;
      utils::warn(str("An image is left out. ", error.what()));
      ++broken;
      return nullptr;
    }
  }

  void copy_values(const utils::Image& image, std::vector<float>& to) const {
    to.resize(size_.size());
    const auto channels = static_cast<std::size_t>(size_.channels);
    const std::size_t pixels = to.size() / channels;
    const auto value = [&](std::size_t i) {
      return static_cast<float>(image.mode == "I;16" ? image.pixels16[i] : image.pixels[i]);
    };
    for (std::size_t p = 0; p < pixels; ++p)
      for (std::size_t c = 0; c < channels; ++c)
        to[size_.channels_first ? c * pixels + p : p * channels + c] = value(p * channels + c);
  }

  Data targets_of(const ImageBatch& images) const {
    if (!reading_.class_mode) return {};
    const std::string& mode = *reading_.class_mode;
    if (mode == "input") return images.images;
    if (mode == "raw") return rows_of(files_.targets[0], images.indices);
    if (mode == "multi_output") {
      Tensors targets;
      for (const Tensor& target : files_.targets)
        targets.push_back(rows_of(target, images.indices));
      return targets;
    }
    const std::size_t width = mode == "categorical" ? files_.class_names.size() : 1;
    std::vector<float> values(images.indices.size() * width);
    for (std::size_t i = 0; i < images.indices.size(); ++i) {
      const std::int64_t label = files_.classes[static_cast<std::size_t>(images.indices[i])];
      if (mode == "categorical") {
        values[i * width + static_cast<std::size_t>(label)] = 1;
      } else {
        values[i] = static_cast<float>(label);
      }
    }
    const auto count = static_cast<std::int64_t>(images.indices.size());
    const Shape shape =
        mode == "categorical" ? Shape{count, static_cast<std::int64_t>(width)} : Shape{count};
    return ops::cast(Tensor::from(values, shape), pipeline_->dtype);
  }

  std::shared_ptr<const Pipeline> pipeline_;
  ImageFiles files_;
  FileReading reading_;
  ImageSize size_;
};

}  // namespace

void check_file_reading(const FileReading& reading, const std::string& broken_images) {
  if (reading.color_mode != "rgb" && reading.color_mode != "rgba" &&
      reading.color_mode != "grayscale")
    throw ValueError(str("Invalid color mode: ", reading.color_mode,
                         "; expected \"rgb\", \"rgba\", or \"grayscale\"."));
  if (reading.target_size.size() != 2 || reading.target_size[0] <= 0 || reading.target_size[1] <= 0)
    throw ValueError(
        str("`target_size` must be two positive numbers, (height, width). Received: target_size=",
            Config::list_of(reading.target_size)));
  const std::vector<std::string>& methods = utils::interpolation_methods();
  if (std::find(methods.begin(), methods.end(), reading.interpolation) == methods.end())
    throw ValueError(str("Invalid interpolation method ", reading.interpolation,
                         " specified. Supported methods are ", join(methods, ", ")));
  if (broken_images != "raise" && broken_images != "skip")
    throw ValueError(str("`broken_images` must be \"raise\" or \"skip\". Received: broken_images=",
                         broken_images));
}

Iterator make_file_iterator(std::shared_ptr<const Pipeline> pipeline, ImageFiles files,
                            FileReading reading) {
  pipeline->standardization.warn_of_missing_fit();
  return Iterator(
      std::make_shared<FileIterator>(std::move(pipeline), std::move(files), std::move(reading)));
}

FileRange range_of_subset(const std::string& subset, double validation_split, std::size_t count) {
  if (subset.empty()) return {0, count};
  const auto split = static_cast<std::size_t>(validation_split * static_cast<double>(count));
  if (subset == "validation") return {0, split};
  if (subset == "training") return {split, count};
  throw ValueError(
      str("Invalid subset name: ", subset, "; expected \"training\" or \"validation\"."));
}

bool has_image_extension(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 7> kExtensions = {"png", "jpg", "jpeg", "bmp",
                                                           "ppm", "tif", "tiff"};
  std::string name = path.filename().string();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::any_of(kExtensions.begin(), kExtensions.end(),
                     [&](std::string_view extension) { return name.ends_with(extension); });
}

}  // namespace keras::preprocessing::image
