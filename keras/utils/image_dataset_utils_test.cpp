#include "keras/utils/image_dataset_utils.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/utils/image_utils.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tensors.h"

namespace keras::utils {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;

class ImageDatasetTest : public ::testing::Test {
 protected:
  ImageDatasetTest() {
    write("cats/a.png", 10, 2, 4);
    write("cats/b.png", 20, 4, 2);
    write("dogs/c.png", 30, 2, 2);
  }

  void write(const std::string& name, float value, int height, int width) const {
    fs::create_directories((folder_ / name).parent_path());
    const std::vector<float> values(static_cast<std::size_t>(height * width) * 3, value);
    save_img(folder_ / name, Tensor::from(values, {height, width, 3}), {.scale = false});
  }

  Batch first(ImageDatasetOptions options) const {
    options.files.shuffle = false;
    options.files.verbose = false;
    const DirectoryDataset dataset = image_dataset_from_directory(folder_ / "", options);
    Batch batch;
    dataset.impl().reset();
    EXPECT_TRUE(dataset.impl().next(batch));
    return batch;
  }

  test_support::TempFolder folder_;
};

TEST_F(ImageDatasetTest, ReadsImagesWithTheirClasses) {
  const Batch batch = first({.image_size = {2, 2}});
  EXPECT_EQ(batch.x.single().shape().to_string(), "(3, 2, 2, 3)");
  EXPECT_EQ(batch.x.single().to_vector<float>()[12], 20.0f);
  EXPECT_EQ(batch.y.single().to_vector<int>(), (std::vector<int>{0, 0, 1}));
  const Batch grey = first({.files = {.label_mode = "none"},
                            .color_mode = "grayscale",
                            .image_size = {3, 2},
                            .data_format = "channels_first"});
  EXPECT_EQ(grey.x.single().shape().to_string(), "(3, 1, 3, 2)");
  EXPECT_FALSE(grey.y.defined());
}

TEST_F(ImageDatasetTest, PadsOrCutsToTheProportions) {
  const auto corner = [&](const ImageDatasetOptions& options) {
    return first(options).x.single().to_vector<float>()[0];
  };
  EXPECT_EQ(corner({.image_size = {4, 4}, .pad_to_aspect_ratio = true}), 0.0f);
  EXPECT_EQ(corner({.image_size = {4, 4}, .crop_to_aspect_ratio = true}), 10.0f);
}

TEST_F(ImageDatasetTest, NamesABrokenImage) {
  test_support::write_file(folder_ / "dogs/broken.jpg", "\xff\xd8\xff");
  expect_error<IoError>([&] { first({}); }, "broken.jpg");
}

TEST_F(ImageDatasetTest, LeavesBrokenImagesOutByChoice) {
  test_support::write_file(folder_ / "cats/broken.jpg", "\xff\xd8\xff");
  const DirectoryDataset dataset = image_dataset_from_directory(
      folder_ / "", {.files = {.shuffle = false, .verbose = false, .broken_files = "skip"},
                     .image_size = {2, 2}});
  Batch batch;
  dataset.impl().reset();
  ASSERT_TRUE(dataset.impl().next(batch));
  EXPECT_EQ(batch.x.single().shape(), (Shape{3, 2, 2, 3}));
  EXPECT_EQ(batch.y.single().to_vector<int>(), (std::vector<int>{0, 0, 1}));
  EXPECT_EQ(dataset.skipped(), 1);
  for (const char* name : {"cats/a.png", "cats/b.png", "dogs/c.png"})
    test_support::write_file(folder_ / name, "no image");
  expect_error<IoError>([&] { first({.files = {.broken_files = "skip"}}); },
                        "None of a batch's 4 files can be read");
  expect_error<ValueError>([&] { first({.files = {.broken_files = "drop"}}); }, "Received: drop");
}

TEST_F(ImageDatasetTest, GivesBothSubsets) {
  const auto [training, validation] = image_datasets_from_directory(
      folder_ / "",
      {.files = {.seed = 3, .validation_split = 0.4, .verbose = false}, .image_size = {2, 2}});
  EXPECT_EQ(training.file_paths.size(), 2u);
  EXPECT_EQ(validation.file_paths.size(), 1u);
  for (const auto& path : training.file_paths) EXPECT_NE(path, validation.file_paths[0]);
  EXPECT_EQ(validation.class_names, training.class_names);
  expect_error<ValueError>([&] { first({.files = {.validation_split = 0.4, .subset = "both"}}); },
                           "call the function with a plural name");
  expect_error<ValueError>([&] { image_datasets_from_directory(folder_ / "", {}); },
                           "`validation_split` must be set");
}

TEST_F(ImageDatasetTest, RefusesBadArguments) {
  expect_error<ValueError>([&] { first({.color_mode = "bgr"}); }, "color_mode=bgr");
  expect_error<ValueError>([&] { first({.image_size = {2}}); },
                           "Invalid `image_size` value. Expected a tuple of 2 integers");
  expect_error<ValueError>([&] { first({.interpolation = "area"}); }, "interpolation=area");
  first({.interpolation = "Nearest"});
  expect_error<ValueError>(
      [&] { first({.crop_to_aspect_ratio = true, .pad_to_aspect_ratio = true}); },
      "Only one of `pad_to_aspect_ratio`, `crop_to_aspect_ratio`");
}

}  // namespace
}  // namespace keras::utils
