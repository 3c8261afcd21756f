#include "keras/datasets/fashion_mnist.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tensors.h"

namespace keras::datasets {
namespace {

using testing::expect_error;

const std::filesystem::path kData = "keras/datasets/testdata";
const std::filesystem::path kImages = kData / "images_idx3.gz", kLabels = kData / "labels_idx1.gz";

TEST(FashionMnist, ReadsPicturesAndLabels) {
  const Split split = load_idx(kImages, kLabels);
  EXPECT_EQ(split.x.dtype(), DType::kUint8);
  testing::expect_values(split.x, {2, 2, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  testing::expect_values(split.y, {2}, {7, 9});
}

TEST(FashionMnist, RefusesDamage) {
  expect_error<IoError>([] { load_idx(kLabels, kLabels); }, "is no IDX file of uint8");
  expect_error<IoError>([] { load_idx(kData / "none.gz", kLabels); }, "none.gz: cannot be read");
  const test_support::TempFolder folder;
  const std::string whole = test_support::read_file(kImages);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    test_support::write_file(folder / "part.gz", std::string_view(whole).substr(0, size));
    expect_error<IoError>([&] { load_idx(folder / "part.gz", kLabels); }, "part.gz: is ");
  }
  // A front that promises more than there is: 2^32 - 1 pictures.
  test_support::write_file(folder / "large", std::string("\0\0\x08\x01\xff\xff\xff\xff", 8));
  expect_error<IoError>([&] { load_idx(kImages, folder / "large"); }, "is no IDX file of uint8");
}

}  // namespace
}  // namespace keras::datasets
