#include "keras/datasets/numpy_datasets.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "keras/datasets/fetching.h"
#include "keras/datasets/numpy_shuffle.h"
#include "keras/datasets/row_selection.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/npy.h"

namespace keras::datasets {
namespace {

Tensor array_of(const std::filesystem::path& file, const std::string& name) {
  for (const auto& [key, array] : saving::load_npz(file))
    if (key == name) return Tensor::from_storage({array.shape, array.dtype}, array.bytes);
  throw IoError(str("The file ", file.string(), " has no array ", name, "."));
}

TrainAndTest split_table(const std::filesystem::path& file, const TableOptions& options,
                         std::size_t most) {
  check_split(options.test_split);
  const Tensor x = array_of(file, "x"), y = array_of(file, "y");
  if (x.rank() < 1 || y.rank() < 1 || x.shape()[0] != y.shape()[0])
    throw IoError(str("The arrays x and y of ", file.string(), " do not fit each other."));
  const std::size_t count = std::min(most, static_cast<std::size_t>(x.shape()[0]));
  const auto order = numpy_shuffle(count, options.seed);
  const auto cut = static_cast<std::size_t>(static_cast<double>(count) * (1 - options.test_split));
  const std::span train(order.data(), cut), test(order.data() + cut, count - cut);
  return {{rows_of(x, train), rows_of(y, train)}, {rows_of(x, test), rows_of(y, test)}};
}

/// How many rows the version has. Throws ValueError for another one.
std::size_t most_of(const std::string& version) {
  if (version != "small" && version != "large")
    throw ValueError(
        str("Argument `version` must be one of 'small', 'large'. Received: version=", version));
  return version == "small" ? 600 : SIZE_MAX;
}

}  // namespace

TrainAndTest mnist::load_data(LoadDataOptions options) {
  return load_file(fetched(options.path, "mnist.npz",
                           "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"));
}

TrainAndTest mnist::load_file(const std::filesystem::path& file) {
  return {{array_of(file, "x_train"), array_of(file, "y_train")},
          {array_of(file, "x_test"), array_of(file, "y_test")}};
}

TrainAndTest boston_housing::load_data(TableOptions options) {
  check_split(options.test_split);
  return load_file(fetched(options.path, "boston_housing.npz",
                           "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"),
                   options);
}

TrainAndTest boston_housing::load_file(const std::filesystem::path& file,
                                       const TableOptions& options) {
  return split_table(file, options, SIZE_MAX);
}

TrainAndTest california_housing::load_data(const std::string& version, TableOptions options) {
  check_split(options.test_split);
  most_of(version);
  return load_file(fetched(options.path, "california_housing.npz",
                           "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"),
                   version, options);
}

TrainAndTest california_housing::load_file(const std::filesystem::path& file,
                                           const std::string& version,
                                           const TableOptions& options) {
  return split_table(file, options, most_of(version));
}

}  // namespace keras::datasets
