#include "keras/datasets/cifar.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "keras/config/config.h"
#include "keras/datasets/pickle_reader.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/mapped_file.h"
#include "keras/utils/file_utils.h"

namespace keras::datasets {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChannels = 3, kSide = 32, kPixels = kSide * kSide;
constexpr std::size_t kImage = kChannels * kPixels;
constexpr std::int64_t kMostLabels = 256;
constexpr const char* kOrigin = "https://www.cs.toronto.edu/~kriz/";

struct Batches {
  std::vector<std::byte> pixels;  // (n, channels, rows, columns)
  std::vector<std::int64_t> labels;
};

void add_pixels(Batches& batches, const Pickle& pickle) {
  const PickleValue& data = pickle.at("data");
  if (data.kind != PickleValue::Kind::kArray) pickle.fail("`data` is no array");
  const PickleNode& array = *data.node;
  if (array.numbers.size() != 2 || array.numbers[1] != kImage || array.descr != "|u1" ||
      array.bytes.size() / kImage != static_cast<std::size_t>(array.numbers[0]) ||
      array.bytes.size() % kImage != 0)
    pickle.fail("`data` is no array of uint8 pictures of 3x32x32");
  const auto bytes = std::as_bytes(std::span(array.bytes.data(), array.bytes.size()));
  if (!array.fortran_order) {
    batches.pixels.insert(batches.pixels.end(), bytes.begin(), bytes.end());
    return;
  }
  const std::size_t count = bytes.size() / kImage;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k < kImage; ++k) batches.pixels.push_back(bytes[k * count + i]);
}

void add_labels(Batches& batches, const Pickle& pickle, std::string_view key) {
  const PickleValue& labels = pickle.at(key);
  if (labels.kind != PickleValue::Kind::kList || !labels.node->items.empty())
    pickle.fail(str("`", key, "` is no list of numbers"));
  for (const std::int64_t label : labels.node->numbers) {
    if (label < 0 || label >= kMostLabels) pickle.fail(str("has the label ", label));
    batches.labels.push_back(label);
  }
  if (batches.labels.size() * kImage != batches.pixels.size())
    pickle.fail("has another number of pictures than of labels");
}

Tensor pictures(const std::vector<std::byte>& pixels) {
  const std::size_t count = pixels.size() / kImage;
  const auto n = static_cast<std::int64_t>(count);
  constexpr auto kC = static_cast<std::int64_t>(kChannels), kS = static_cast<std::int64_t>(kSide);
  if (config::image_data_format() == "channels_first")
    return Tensor::from_storage({{n, kC, kS, kS}, DType::kUint8}, Storage::copy_of(pixels));
  const Storage storage = Storage::allocate(pixels.size());
  std::byte* to = storage.data();
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k < kPixels; ++k)
      for (std::size_t c = 0; c < kChannels; ++c) *to++ = pixels[i * kImage + c * kPixels + k];
  return Tensor::from_storage({{n, kS, kS, kC}, DType::kUint8}, storage);
}

Tensor column(const std::vector<std::int64_t>& labels, DType dtype) {
  const Shape shape{static_cast<std::int64_t>(labels.size()), 1};
  if (dtype == DType::kInt64) return Tensor::from(labels, shape);
  return Tensor::from(std::vector<std::uint8_t>(labels.begin(), labels.end()), shape);
}

void check_label_mode(const std::string& label_mode) {
  if (label_mode != "fine" && label_mode != "coarse")
    throw ValueError(
        str("`label_mode` must be one of `\"fine\"`, `\"coarse\"`. "
            "Received: label_mode=",
            label_mode, "."));
}

fs::path fetched_archive(const std::string& fname, const std::string& file, const char* hash) {
  return utils::get_file(fname, kOrigin + file, {.file_hash = hash, .extract = true});
}

}  // namespace

Split load_cifar_batches(const std::vector<fs::path>& files, std::string_view label_key,
                         DType label_dtype) {
  Batches batches;
  for (const fs::path& file : files) {
    const Pickle pickle(saving::map_file(file), 0, file.string());
    add_pixels(batches, pickle);
    add_labels(batches, pickle, label_key);
  }
  return {pictures(batches.pixels), column(batches.labels, label_dtype)};
}

TrainAndTest cifar10::load_data() {
  return load_folder(
      fetched_archive("cifar-10-batches-py-target", "cifar-10-python.tar.gz",
                      "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"));
}

TrainAndTest cifar10::load_folder(const fs::path& folder) {
  const fs::path inner = folder / "cifar-10-batches-py";
  std::vector<fs::path> batches;
  for (int i = 1; i <= 5; ++i) batches.push_back(inner / str("data_batch_", i));
  return {load_cifar_batches(batches, "labels", DType::kUint8),
          load_cifar_batches({inner / "test_batch"}, "labels", DType::kUint8)};
}

TrainAndTest cifar100::load_data(const std::string& label_mode) {
  check_label_mode(label_mode);
  return load_folder(
      fetched_archive("cifar-100-python-target", "cifar-100-python.tar.gz",
                      "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"),
      label_mode);
}

TrainAndTest cifar100::load_folder(const fs::path& folder, const std::string& label_mode) {
  check_label_mode(label_mode);
  const fs::path inner = folder / "cifar-100-python";
  const std::string key = label_mode + "_labels";
  return {load_cifar_batches({inner / "train"}, key, DType::kInt64),
          load_cifar_batches({inner / "test"}, key, DType::kInt64)};
}

}  // namespace keras::datasets
