#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "keras/datasets/split.h"

namespace keras::datasets {

namespace mnist {
struct LoadDataOptions {
  std::string path = "mnist.npz";  ///< the file's name in Keras's cache
};
/// 60,000 and 10,000 handwritten digits of 28x28 pixels, uint8. Y. LeCun, C. Cortes, CC BY-SA 3.0.
TrainAndTest load_data(LoadDataOptions options = {});
/// load_data of a file at another place.
TrainAndTest load_file(const std::filesystem::path& file);
}  // namespace mnist

/// Further arguments of tables that are shuffled and split when they are loaded.
struct TableOptions {
  std::string path = {};    ///< the file's name in Keras's cache; Keras's when empty
  double test_split = 0.2;  ///< the share of examples for testing
  std::uint32_t seed = 113;
};

namespace boston_housing {
/// 506 suburbs with 13 properties each, and the price of their homes in thousands of dollars.
TrainAndTest load_data(TableOptions options = {});
/// load_data of a file at another place.
TrainAndTest load_file(const std::filesystem::path& file, const TableOptions& options);
}  // namespace boston_housing

namespace california_housing {
/// Districts with 8 properties each, and the price of their homes in dollars: 20,640 of them, or
/// the first 600 where `version` is "small".
TrainAndTest load_data(const std::string& version = "large", TableOptions options = {});
/// load_data of a file at another place.
TrainAndTest load_file(const std::filesystem::path& file, const std::string& version,
                       const TableOptions& options);
/// load_data of a file at another place.
TrainAndTest load_file(const std::filesystem::path& file, const std::string& version,
                       const TableOptions& options);
}  // namespace california_housing

}  // namespace keras::datasets
