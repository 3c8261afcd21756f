#include "keras/datasets/numpy_datasets.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "keras/datasets/numpy_shuffle.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/npy.h"
#include "keras/utils/file_utils.h"

namespace keras::datasets {
namespace {

constexpr const char* kFolder = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/";

std::filesystem::path fetched(const std::string& path, const std::string& file, const char* hash) {
  return utils::get_file(path.empty() ? file : path, kFolder + file, {.file_hash = hash});
}

Tensor array_of(const std::filesystem::path& file, const std::string& name) {
  for (const auto& [key, array] : saving::load_npz(file))
    if (key == name) return Tensor::from_storage({array.shape, array.dtype}, array.bytes);
  throw IoError(str("The file ", file.string(), " has no array ", name, "."));
}

Tensor rows_of(const Tensor& table, const std::vector<std::size_t>& order, std::size_t begin,
               std::size_t end) {
  TensorSpec spec = table.spec();
  const auto row = static_cast<std::size_t>(spec.shape.slice(1).size()) * dtype_size(spec.dtype);
  spec.shape[0] = static_cast<std::int64_t>(end - begin);
  const Storage storage = Storage::allocate(row * (end - begin));
  const auto* from = static_cast<const std::byte*>(table.raw_data());
  for (std::size_t i = begin; i < end; ++i)
    std::memcpy(storage.data() + (i - begin) * row, from + order[i] * row, row);
  return Tensor::from_storage(spec, storage);
}

TrainAndTest split_table(const std::filesystem::path& file, const TableOptions& options,
                         std::size_t most) {
  const Tensor x = array_of(file, "x"), y = array_of(file, "y");
  if (x.rank() < 1 || y.rank() < 1 || x.shape()[0] != y.shape()[0])
    throw IoError(str("The arrays x and y of ", file.string(), " do not fit each other."));
  const std::size_t count = std::min(most, static_cast<std::size_t>(x.shape()[0]));
  const auto order = numpy_shuffle(count, options.seed);
  const auto cut = static_cast<std::size_t>(static_cast<double>(count) * (1 - options.test_split));
  return {{rows_of(x, order, 0, cut), rows_of(y, order, 0, cut)},
          {rows_of(x, order, cut, count), rows_of(y, order, cut, count)}};
}

void check_split(double test_split) {
  if (!(test_split >= 0 && test_split < 1))
    throw ValueError(str("Invalid `test_split` argument: ", test_split,
                         ". It must be between 0 and 1 (exclusive of 1)."));
}

}  // namespace

TrainAndTest mnist::load_data(LoadDataOptions options) {
  const auto file = fetched(options.path, "mnist.npz",
                            "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1");
  return {{array_of(file, "x_train"), array_of(file, "y_train")},
          {array_of(file, "x_test"), array_of(file, "y_test")}};
}

TrainAndTest boston_housing::load_data(TableOptions options) {
  check_split(options.test_split);
  return split_table(fetched(options.path, "boston_housing.npz",
                             "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"),
                     options, SIZE_MAX);
}

TrainAndTest california_housing::load_data(const std::string& version, TableOptions options) {
  check_split(options.test_split);
  if (version != "small" && version != "large")
    throw ValueError(
        str("Argument `version` must be one of 'small', 'large'. Received: version=", version));
  return split_table(fetched(options.path, "california_housing.npz",
                             "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"),
                     options, version == "small" ? 600 : SIZE_MAX);
}

}  // namespace keras::datasets
