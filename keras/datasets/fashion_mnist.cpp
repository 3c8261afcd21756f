#include "keras/datasets/fashion_mnist.h"

#include <cstdint>
#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/file_utils.h"
#include "keras/utils/gzip_file.h"

namespace keras::datasets {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 30;
constexpr unsigned kUint8Code = 8;

[[noreturn]] void fail(const std::filesystem::path& file) {
  throw IoError(str(file.string(), ": is no IDX file of uint8, or a damaged one."));
}

std::uint32_t big_endian(const std::byte* bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

/// The front: two zeros, the code of the dtype, the rank, the dimensions as big-endian numbers.
Tensor load_array(const std::filesystem::path& file, std::size_t rank) {
  const Storage bytes = utils::read_gzip(file, kMostBytes);
  const std::size_t front = 4 + 4 * rank;
  if (bytes.size() < front || big_endian(bytes.data()) != (kUint8Code << 8 | rank)) fail(file);
  std::vector<std::int64_t> shape;
  std::uint64_t count = 1;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    shape.push_back(big_endian(bytes.data() + 4 + 4 * axis));
    if (__builtin_mul_overflow(count, static_cast<std::uint64_t>(shape.back()), &count)) fail(file);
  }
  if (bytes.size() - front != count) fail(file);
  return Tensor::from_storage({Shape(shape), DType::kUint8},
                              Storage::copy_of({bytes.data() + front, count}));
}

std::filesystem::path fetched_idx(const std::string& name) {
  const std::string folder = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/";
  return utils::get_file(name, folder + name, {.cache_subdir = "datasets/fashion-mnist"});
}

}  // namespace

Split load_idx(const std::filesystem::path& images, const std::filesystem::path& labels) {
  Split split{load_array(images, 3), load_array(labels, 1)};
  if (split.x.shape()[0] != split.y.shape()[0])
    throw IoError(str(images.string(), " and ", labels.string(), " do not fit each other."));
  return split;
}

TrainAndTest fashion_mnist::load_data() {
  const auto train_y = fetched_idx("train-labels-idx1-ubyte.gz");
  const auto train_x = fetched_idx("train-images-idx3-ubyte.gz");
  const auto test_y = fetched_idx("t10k-labels-idx1-ubyte.gz");
  const auto test_x = fetched_idx("t10k-images-idx3-ubyte.gz");
  return {load_idx(train_x, train_y), load_idx(test_x, test_y)};
}

}  // namespace keras::datasets
