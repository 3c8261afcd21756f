#include "keras/preprocessing/image/batch_maker.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <filesystem>
#include <mutex>
#include <thread>

#include "keras/engine/error.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/utils/image_utils.h"

namespace keras::preprocessing::image {
namespace {

// About 200 microseconds of work, next to which starting a thread is little.
constexpr std::size_t kValuesPerThread = 200'000;

/// Calls function(place) for all places, on threads of its own: those of the library's pool belong
/// to the training step that goes on meanwhile.
void for_each_place(std::size_t count, std::size_t threads,
                    const std::function<void(std::size_t)>& function) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&] {
    try {
      for (std::size_t place; (place = next++) < count;) function(place);
    } catch (...) {
      next = count;
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

Shape shape_of(const ImageSize& size) {
  if (size.channels_first) return {size.channels, size.height, size.width};
  return {size.height, size.width, size.channels};
}

void apply_function(const Standardization& standardization, float* values, const ImageSize& size) {
  const Tensor given = Tensor::from(std::span<const float>(values, size.size()), shape_of(size));
  const Tensor changed = ops::cast(standardization.preprocessing_function(given), DType::kFloat32);
  if (changed.shape() != given.shape())
    throw ShapeError(str("`preprocessing_function` made ", changed.shape(), " out of ",
                         given.shape(), "; it must keep an image's shape."));
  std::memcpy(values, changed.data<float>().data(), size.size() * sizeof(float));
}

/// Moves the images that are there to the front.
std::size_t close_gaps(float* values, std::size_t a_image, const std::vector<char>& present) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < present.size(); ++i) {
    if (!present[i]) continue;
    if (kept != i) std::memcpy(values + kept * a_image, values + i * a_image, a_image * 4);
    ++kept;
  }
  return kept;
}

}  // namespace

ImageSize image_size_of(const Shape& shape, bool channels_first) {
  const int rows = channels_first ? -2 : -3;
  return {static_cast<int>(shape[rows]), static_cast<int>(shape[rows + 1]),
          static_cast<int>(shape[channels_first ? -3 : -1]), channels_first};
}

ImageBatch make_image_batch(const Pipeline& pipeline, const ImageSize& size,
                            std::span<const std::int64_t> indices, RandomState& random,
                            const ImageSource& source) {
  std::vector<TransformParameters> parameters;
  for (std::size_t i = 0; i < indices.size(); ++i)
    parameters.push_back(pipeline.augmentation.draw(random, size));
  const Standardization& standardization = pipeline.standardization;
  const std::size_t a_image = size.size();
  const Storage storage = Storage::allocate(indices.size() * a_image * sizeof(float));
  auto* values = reinterpret_cast<float*>(storage.data());
  std::vector<char> present(indices.size());
  const auto make_one = [&](std::size_t i) {
    thread_local std::vector<float> scratch;
    const float* from = source(i, scratch);
    if (!from) return;
    present[i] = 1;
    float* to = values + i * a_image;
    pipeline.augmentation.apply(from, to, size, parameters[i]);
    if (standardization.preprocessing_function) apply_function(standardization, to, size);
    standardization.apply({to, a_image}, size, scratch);
  };
  // A function of the user's need not bear several threads.
  const std::size_t most_threads =
      standardization.preprocessing_function ? 1 : static_cast<std::size_t>(engine::num_threads());
  for_each_place(
      indices.size(),
      std::clamp<std::size_t>(indices.size() * a_image / kValuesPerThread, 1, most_threads),
      make_one);
  ImageBatch batch;
  for (std::size_t i = 0; i < indices.size(); ++i)
    if (present[i]) batch.indices.push_back(indices[i]);
  const auto kept = static_cast<std::int64_t>(close_gaps(values, a_image, present));
  const Shape shape = Shape{kept}.concat(shape_of(size));
  batch.images = Tensor::from_storage({shape, DType::kFloat32}, storage);
  if (pipeline.dtype != DType::kFloat32) batch.images = ops::cast(batch.images, pipeline.dtype);
  return batch;
}

void save_images(const ImageBatch& batch, const SaveTo& to, bool channels_first,
                 RandomState& random) {
  if (to.folder.empty()) return;
  const Tensor images = ops::cast(batch.images, DType::kFloat32);
  const Shape shape = images.shape().slice(1);
  const auto a_image = static_cast<std::size_t>(shape.size());
  for (std::size_t i = 0; i < batch.indices.size(); ++i) {
    const std::string name =
        str(to.prefix, "_", batch.indices[i], "_", random.interval(9'999'999), ".", to.format);
    utils::save_img(std::filesystem::path(to.folder) / name,
                    Tensor::from(images.data<float>().subspan(i * a_image, a_image), shape),
                    {.data_format = channels_first ? "channels_first" : "channels_last"});
  }
}

Tensor rows_of(const Tensor& from, std::span<const std::int64_t> indices) {
  Shape shape = from.shape();
  const auto rows = static_cast<std::size_t>(shape[0]);
  const std::size_t a_row =
      rows == 0 ? 0 : static_cast<std::size_t>(from.size()) / rows * dtype_size(from.dtype());
  const Storage storage = Storage::allocate(indices.size() * a_row);
  const auto* bytes = static_cast<const std::byte*>(from.raw_data());
  for (std::size_t i = 0; i < indices.size(); ++i)
    std::memcpy(storage.data() + i * a_row, bytes + static_cast<std::size_t>(indices[i]) * a_row,
                a_row);
  shape[0] = static_cast<std::int64_t>(indices.size());
  return Tensor::from_storage({shape, from.dtype()}, storage);
}

}  // namespace keras::preprocessing::image
