#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string_view>

#include "keras/engine/error.h"
#include "keras/preprocessing/image.h"
#include "tests/support/temp_folder.h"

namespace keras::preprocessing::image {
namespace {

namespace fs = std::filesystem;
using test_support::TempFolder;
using test_support::write_file;
using Floats = std::vector<float>;

void expect_message(const std::function<void()>& function, std::string_view words) {
  std::string message;
  try {
    function();
  } catch (const Error& error) {
    message = error.what();
  }
  EXPECT_NE(message.find(words), std::string::npos) << message;
}

/// Images of one grey value in folders of their classes.
class FileIteratorTest : public testing::Test {
 protected:
  FileIteratorTest() {
    write("cats/b.png", 20);
    write("cats/a.png", 10);
    write("cats/old/c.png", 30);
    write("dogs/d.PNG", 40);
    write_file(folder_ / "dogs/notes.txt", "no image");
  }

  void write(const std::string& name, float value) {
    fs::create_directories((folder_ / name).parent_path());
    save_img(folder_ / name, Tensor::from(Floats(12, value), {2, 2, 3}), {.scale = false});
  }

  TempFolder folder_;
  ImageDataGenerator generator_{{.validation_split = 0.34}};
};

TEST_F(FileIteratorTest, TakesClassesFromFolders) {
  const Iterator batches = generator_.flow_from_directory(
      folder_ / "", {.target_size = {2, 2}, .color_mode = "grayscale", .shuffle = false});
  EXPECT_EQ(batches.n(), 4);
  EXPECT_EQ(batches.filenames(),
            (std::vector<std::string>{"cats/a.png", "cats/b.png", "cats/old/c.png", "dogs/d.PNG"}));
  EXPECT_EQ(batches.class_indices(),
            (std::map<std::string, std::int64_t>{{"cats", 0}, {"dogs", 1}}));
  const Batch batch = batches.next();
  EXPECT_EQ(batch.x.single().shape(), (Shape{4, 2, 2, 1}));
  EXPECT_EQ(batch.x.single().to_vector<float>()[8], 30.0f);
  EXPECT_EQ(batch.y.single().shape(), (Shape{4, 2}));
  EXPECT_EQ(batch.y.single().to_vector<float>(), (Floats{1, 0, 1, 0, 1, 0, 0, 1}));
}

TEST_F(FileIteratorTest, SplitsEachFolder) {
  const auto names = [&](const char* subset) {
    return generator_.flow_from_directory(folder_ / "", {.subset = subset}).filenames();
  };
  EXPECT_EQ(names("validation"), (std::vector<std::string>{"cats/a.png"}));
  EXPECT_EQ(names("training"),
            (std::vector<std::string>{"cats/b.png", "cats/old/c.png", "dogs/d.PNG"}));
}

TEST_F(FileIteratorTest, GivesTargetsByClassMode) {
  const auto target = [&](std::optional<std::string> mode) {
    return generator_
        .flow_from_directory(folder_ / "", {.target_size = {1, 1},
                                            .classes = {"dogs", "cats"},
                                            .class_mode = mode,
                                            .shuffle = false})
        .next()
        .y;
  };
  EXPECT_EQ(target("sparse").single().to_vector<float>(), (Floats{0, 1, 1, 1}));
  EXPECT_EQ(target("binary").single().shape(), (Shape{4}));
  EXPECT_EQ(target("input").single().shape(), (Shape{4, 1, 1, 3}));
  EXPECT_FALSE(target(std::nullopt).defined());
}

TEST_F(FileIteratorTest, NamesABrokenImageOrSkipsAndCountsIt) {
  write_file(folder_ / "dogs/broken.jpg", "\xff\xd8\xff nothing");
  const auto flow = [&](const char* broken_images) {
    return generator_.flow_from_directory(
        folder_ / "", {.target_size = {2, 2}, .shuffle = false, .broken_images = broken_images});
  };
  expect_message([&] { flow("raise").next(); }, "dogs/broken.jpg");
  const Iterator batches = flow("skip");
  testing::internal::CaptureStderr();
  const Batch batch = batches.next();
  EXPECT_NE(testing::internal::GetCapturedStderr().find("dogs/broken.jpg"), std::string::npos);
  EXPECT_EQ(batch.x.single().shape()[0], 4);
  EXPECT_EQ(batch.y.single().shape()[0], 4);
  EXPECT_EQ(batches.skipped(), 1);
  expect_message([&] { flow("ignore"); }, "broken_images=ignore");
}

TEST_F(FileIteratorTest, ReadsATableOfFiles) {
  write_file(folder_ / "table.csv",
             "filename,class,age,\"height, cm\",weight\r\n"
             "cats/a.png,cat,3,1.5,1\n"
             "cats/missing.png,cat,3,1.5,1\n"
             "\"dogs/d.PNG\",\"a \"\"dog\"\"\",4,2.5,2\n");
  const auto flow = [&](FlowFromDataframeOptions options) {
    options.directory = (folder_ / "").string();
    options.target_size = {2, 2};
    options.shuffle = false;
    testing::internal::CaptureStderr();
    const Iterator batches = generator_.flow_from_dataframe(folder_ / "table.csv", options);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("Found 1 invalid image filename(s)"),
              std::string::npos);
    return batches;
  };
  const Iterator classes = flow({.weight_col = "weight"});
  EXPECT_EQ(classes.class_indices(),
            (std::map<std::string, std::int64_t>{{"a \"dog\"", 0}, {"cat", 1}}));
  const Batch batch = classes.next();
  EXPECT_EQ(batch.y.single().to_vector<float>(), (Floats{0, 1, 1, 0}));
  EXPECT_EQ(batch.sample_weight.single().to_vector<float>(), (Floats{1, 2}));
  const Batch raw = flow({.y_col = {"age", "height, cm"}, .class_mode = "raw"}).next();
  EXPECT_EQ(raw.y.single().to_vector<float>(), (Floats{3, 1.5f, 4, 2.5f}));
  const Batch outputs = flow({.y_col = {"age", "weight"}, .class_mode = "multi_output"}).next();
  EXPECT_EQ(outputs.y[1].to_vector<float>(), (Floats{1, 2}));
}

TEST_F(FileIteratorTest, RefusesWrongTables) {
  const auto flow = [&](std::string_view text, FlowFromDataframeOptions options = {}) {
    write_file(folder_ / "table.csv", text);
    options.validate_filenames = false;
    generator_.flow_from_dataframe(folder_ / "table.csv", options);
  };
  expect_message([&] { flow("filename,kind\na.png,b\n"); },
                 "no column \"class\". Its columns are: filename, kind");
  expect_message([&] { flow("filename,class\na.png\n"); }, "table.csv, row 2: 1 fields");
  expect_message([&] { flow("filename,class\n\"a.png\n"); }, "a quote is never closed");
  expect_message([&] { flow("filename,class\na.png,cat\n", {.class_mode = "raw"}); },
                 "Column y_col=class must be numeric");
  expect_message([&] { flow("filename,class\na.png,cat\n", {.class_mode = "binary"}); },
                 "If class_mode=\"binary\" there must be 2 classes. Found 1");
  expect_message(
      [&] { flow("filename,class\na.png,cat\n", {.classes = {"cat"}, .class_mode = "binary"}); },
      "If class_mode=\"binary\" there must be 2 classes. 1 class/es were given.");
  expect_message([&] { flow("filename,class\na.png,cat\n", {.weight_col = "class"}); },
                 "Column weight_col=class must be numeric");
  expect_message([&] { flow("filename,class\n", {.class_mode = "other"}); },
                 "Invalid class_mode: other");
}

TEST_F(FileIteratorTest, RefusesWrongArguments) {
  const auto flow = [&](const FlowFromDirectoryOptions& options) {
    generator_.flow_from_directory(folder_ / "", options);
  };
  expect_message([&] { generator_.flow_from_directory(folder_ / "none"); }, "none");
  expect_message([&] { flow({.color_mode = "bgr"}); }, "Invalid color mode: bgr");
  expect_message([&] { flow({.class_mode = "raw"}); }, "Invalid class_mode: raw");
  expect_message([&] { flow({.subset = "test"}); }, "Invalid subset name: test");
  expect_message([&] { flow({.interpolation = "cubic"}); }, "Invalid interpolation method cubic");
  expect_message(
      [&] {
        flow({.target_size = {0, 2}});
      },
      "`target_size` must be two positive numbers, (height, width). Received: "
      "target_size=[0, 2]");
}

TEST_F(FileIteratorTest, SavesWhatComesOut) {
  generator_
      .flow_from_directory(folder_ / "", {.target_size = {2, 2},
                                          .shuffle = false,
                                          .seed = 1,
                                          .save_to_dir = (folder_ / "").string(),
                                          .save_prefix = "out"})
      .next();
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder_ / ""))
    files += entry.path().filename().string().starts_with("out_");
  EXPECT_EQ(files, 4);
}

}  // namespace
}  // namespace keras::preprocessing::image
