#include "keras/datasets/cifar.h"

#include <gtest/gtest.h>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/utils/archive_extraction.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tensors.h"

namespace keras::datasets {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using Bytes = std::vector<std::uint8_t>;

class CifarTest : public ::testing::Test {
 protected:
  void SetUp() override {
    utils::extract_archive("keras/datasets/testdata/cifar.tar.gz", folder_ / "set");
  }
  fs::path batch(int i) const {
    return folder_ / ("set/cifar-10-batches-py/data_batch_" + std::to_string(i));
  }
  test_support::TempFolder folder_;
};

TEST_F(CifarTest, ReadsBatchesAsKeras) {
  const Split split = load_cifar_batches({batch(2), batch(3)}, "labels", DType::kUint8);
  EXPECT_EQ(split.x.shape(), (Shape{4, 32, 32, 3}));
  EXPECT_EQ(split.y.shape(), (Shape{4, 1}));
  EXPECT_EQ(split.y.to_vector<std::uint8_t>(), (Bytes{0, 1, 0, 1}));
  const auto pixels = split.x.data<std::uint8_t>();
  const auto last = pixels.subspan(std::size_t{3} * 3072, 15);
  EXPECT_EQ(Bytes(last.begin(), last.end()),
            (Bytes{30, 81, 131, 31, 81, 131, 32, 81, 131, 33, 81, 131, 31, 81, 131}));
}

TEST_F(CifarTest, KeepsTheChannelsFirstWhereAsked) {
  config::set_image_data_format("channels_first");
  const Split split = load_cifar_batches({batch(3)}, "labels", DType::kUint8);
  config::set_image_data_format("channels_last");
  EXPECT_EQ(split.x.shape(), (Shape{2, 3, 32, 32}));
  const auto pixels = split.x.data<std::uint8_t>();
  EXPECT_EQ(pixels[0], 30);
  EXPECT_EQ(pixels[1024], 80);
  EXPECT_EQ(pixels[3072 + 2 * 1024], 131);
}

TEST_F(CifarTest, ReadsFineAndCoarseLabels) {
  const std::vector<fs::path> train = {folder_ / "set/cifar-100-python/train"};
  EXPECT_EQ(load_cifar_batches(train, "fine_labels", DType::kInt64).y.to_vector<std::int64_t>(),
            (std::vector<std::int64_t>{75, 76}));
  EXPECT_EQ(load_cifar_batches(train, "coarse_labels", DType::kInt64).y.to_vector<std::int64_t>(),
            (std::vector<std::int64_t>{5, 6}));
  expect_error<ValueError>([] { cifar100::load_data("rough"); }, "Received: label_mode=rough");
}

TEST_F(CifarTest, RefusesDamage) {
  expect_error<IoError>([&] { load_cifar_batches({batch(1)}, "fine_labels", DType::kUint8); },
                        "has no entry fine_labels");
  expect_error<IoError>([&] { load_cifar_batches({batch(1)}, "filenames", DType::kUint8); },
                        "`filenames` is no list of numbers");
  std::string text = test_support::read_file(batch(1));
  // One number more, and another width.
  std::string more = text;
  more.replace(more.find("K\x01"
                         "e"),
               3,
               "K\x01K\x02"
               "e");
  test_support::write_file(folder_ / "more", more);
  expect_error<IoError>([&] { load_cifar_batches({folder_ / "more"}, "labels", DType::kUint8); },
                        "has another number of pictures than of labels");
  text.replace(text.find(std::string("M\x00\x0c", 3)), 3, std::string("M\x01\x0c", 3));
  test_support::write_file(folder_ / "wide", text);
  expect_error<IoError>([&] { load_cifar_batches({folder_ / "wide"}, "labels", DType::kUint8); },
                        "`data` is no array of uint8 pictures of 3x32x32");
}

}  // namespace
}  // namespace keras::datasets
