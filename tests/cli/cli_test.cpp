#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "keras/keras.h"
#include "keras/saving/json/json.h"
#include "tests/cli/program.h"

namespace keras {
namespace {

using testing::Ran;
using testing::run_keras;

class Cli : public ::testing::Test {
 protected:
  void SetUp() override {
    utils::set_random_seed(1);
    const Tensor input = Input({4}, {.name = "features"});
    const Tensor hidden = layers::Dense(3, {.activation = "tanh", .name = "hidden"})(input);
    model_ = Model(input, layers::Dense(2, {.activation = "softmax", .name = "scores"})(hidden));
    model_.save(folder_.file("plain.keras"));
    model_.compile({.optimizer = "sgd", .loss = "sparse_categorical_crossentropy"});
    model_.save(folder_.file("model.keras"));
    x_ = random::uniform({6, 4}, {.seed = 3});
    y_ = Tensor::of<std::int32_t>({0, 1, 0, 1, 1, 0});
    save_tensor(folder_.file("x.npy"), x_);
    save_tensors(folder_.file("data.npz"), {{"x", x_}, {"y", y_}});
  }

  Ran keras(const std::string& arguments) const { return run_keras(folder_.path(), arguments); }
  bool exists(const char* name) const { return std::filesystem::exists(folder_.path() / name); }
  void write(const char* name, const std::string& text) const {
    std::ofstream(folder_.file(name)) << text;
  }

  /// One line on standard error, nothing on standard output, exit code 1.
  void expect_refused(const std::string& arguments, const std::string& message) const {
    const Ran ran = keras(arguments);
    EXPECT_EQ(ran.code, 1) << arguments;
    EXPECT_EQ(ran.out, "") << arguments;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    EXPECT_EQ(ran.err.rfind("keras: ", 0), 0U) << ran.err;
    EXPECT_NE(ran.err.find(message), std::string::npos) << ran.err;
  }

  testing::Folder folder_;
  Model model_;
  Tensor x_, y_;
};

TEST_F(Cli, ExplainsItself) {
  EXPECT_EQ(keras("--version").out.rfind("keras ", 0), 0U);
  for (const char* command :
       {"summary", "predict", "evaluate", "train", "convert", "plot", "diff", "bench"}) {
    const Ran ran = keras(std::string(command) + " --help");
    EXPECT_EQ(ran.code, 0);
    EXPECT_NE(ran.out.find(std::string("keras ") + command), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find("Example:"), std::string::npos) << command;
  }
}

TEST_F(Cli, TellsWrongUsageApart) {
  for (const char* wrong : {"", "paint", "summary", "summary model.keras --nonsense",
                            "predict model.keras x.npy --batch-size 0"})
    EXPECT_EQ(keras(wrong).code, 2) << wrong;
}

TEST_F(Cli, Summarizes) {
  const Ran ran = keras("summary model.keras");
  EXPECT_EQ(ran.code, 0);
  EXPECT_NE(ran.out.find("hidden (Dense)"), std::string::npos) << ran.out;
  const Config json = saving::parse_json(keras("summary model.keras --json").out, "summary");
  EXPECT_EQ(json.at("total_params").as_int(), 23);
  EXPECT_EQ(json.at("layers").size(), 3U);
}

TEST_F(Cli, PredictsIntoFilesAndText) {
  const auto expected = model_.predict(x_, {.verbose = 0}).to_vector<float>();
  const Ran ran = keras("predict model.keras x.npy -o y.npy");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(load_tensor(folder_.file("y.npy")).to_vector<float>(), expected);
  EXPECT_EQ(keras("predict model.keras data.npz").code, 1);  // two arrays for one input
  EXPECT_EQ(keras("predict model.keras x.npy -o y.npz").code, 0);
  EXPECT_EQ(load_tensors(folder_.file("y.npz"))[0].first, "scores");

  write("x.csv", "a,b,c,d\n0.5,1,2,3\n1,0,0,1e-3\n");
  const Ran rows = keras("predict model.keras x.csv");
  EXPECT_EQ(std::count(rows.out.begin(), rows.out.end(), '\n'), 2) << rows.out << rows.err;
  const Config json = saving::parse_json(keras("predict model.keras x.csv --json").out, "out");
  EXPECT_EQ(json.size(), 2U);

  write("labels.txt", "cat\ndog\n");
  const Ran named = keras("predict model.keras x.csv --labels labels.txt --top 1");
  EXPECT_NE(named.out.find(" 0."), std::string::npos) << named.out;
}

TEST_F(Cli, PredictsImages) {
  const Tensor image = Input({4, 6, 3}, {.name = "image"});
  const Tensor gray = ops::mean(layers::Rescaling(1.0 / 255)(image), {.axis = -1});
  const Model means(image, ops::mean(gray, {.axis = Axes({1, 2}), .keepdims = true}));
  means.save(folder_.file("means.keras"));
  utils::save_img(folder_.file("white.png"), ops::full({8, 9, 3}, 255), {.scale = false});
  utils::save_img(folder_.file("black.JPG"), ops::zeros({2, 3, 1}),
                  {.file_format = "jpeg", .scale = false});
  EXPECT_EQ(keras("predict means.keras white.png black.JPG").out, "1\n0\n");
  EXPECT_EQ(keras("predict means.keras white.png --scale 0.5").out, "0.5\n");
  save_tensor(folder_.file("image.npy"), ops::full({1, 4, 6, 3}, 255));
  expect_refused("predict means.keras white.png image.npy", "image.npy: not an image");
  expect_refused("predict model.keras white.png", "no images");
  write("broken.png", "\x89PNG\r\n\x1a\n broken");
  expect_refused("predict means.keras broken.png", "broken.png");
  expect_refused("predict means.keras missing.png", "check the name");
}

TEST_F(Cli, EvaluatesAndTrains) {
  const double loss = model_.evaluate(x_, y_, {.verbose = 0}).at("loss");
  const Config before = saving::parse_json(keras("evaluate model.keras data.npz --json").out, "e");
  EXPECT_NEAR(before.at("loss").as_double(), loss, 1e-6);
  EXPECT_EQ(keras("evaluate model.keras data.npz").out.rfind("loss ", 0), 0U);

  const Ran ran = keras(
      "train model.keras data.npz --epochs 20 --batch-size 6 --learning-rate 0.1 --metrics "
      "accuracy "
      "-o new.keras --json --seed 1");
  EXPECT_EQ(ran.code, 0) << ran.err;
  const Config history = saving::parse_json(ran.out, "history");
  EXPECT_EQ(history.at("loss").size(), 20U);
  EXPECT_EQ(history.at("accuracy").size(), 20U);
  const Config after = saving::parse_json(keras("evaluate new.keras data.npz --json").out, "e");
  EXPECT_LT(after.at("loss").as_double(), loss);

  const Ran quiet = keras("train model.keras data.npz -o new.keras");
  EXPECT_EQ(std::count(quiet.out.begin(), quiet.out.end(), '\n'), 1) << quiet.out;
  EXPECT_EQ(keras("train plain.keras data.npz --loss sparse_categorical_crossentropy "
                  "--optimizer adam -o new.keras")
                .code,
            0);
}

TEST_F(Cli, Converts) {
  EXPECT_EQ(keras("convert model.keras model.json").code, 0);
  EXPECT_EQ(keras("convert model.keras model.weights.h5").code, 0);
  const Ran back = keras("convert model.json again.keras --weights model.weights.h5");
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_EQ(keras("diff model.keras again.keras").code, 0);
  EXPECT_EQ(keras("convert model.keras m.weights.json --shard-size 5e-8").code, 0);
  EXPECT_TRUE(exists("m_00001.weights.h5"));
  EXPECT_EQ(keras("convert model.json back.h5 --weights m.weights.json").code, 0);
  EXPECT_EQ(keras("diff model.keras back.h5").code, 0);
  expect_refused("convert m.weights.json back.keras", "with --weights");
}

TEST_F(Cli, TellsDifferences) {
  EXPECT_EQ(keras("diff model.keras model.keras").out, "");
  EXPECT_EQ(keras("train model.keras data.npz -o new.keras").code, 0);
  const Ran ran = keras("diff model.keras new.keras");
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.out.find("weight hidden/kernel: differs by up to"), std::string::npos) << ran.out;
  EXPECT_EQ(keras("diff model.keras new.keras --tolerance 10").code, 0);
  const Config json = saving::parse_json(keras("diff model.keras new.keras --json").out, "diff");
  EXPECT_GT(json.at(std::size_t{0}).at("max_difference").as_double(), 0);
}

TEST_F(Cli, MeasuresAndDraws) {
  const Config times = saving::parse_json(
      keras("bench model.keras --batch-sizes 1,4 --seconds 0 --json").out, "times");
  EXPECT_EQ(times.size(), 2U);
  EXPECT_GT(times.at(std::size_t{1}).at("examples_per_second").as_double(), 0);

  EXPECT_EQ(keras("plot model.keras -o model.dot").code, 0);
  std::ifstream file(folder_.file("model.dot"));
  const std::string dot(std::istreambuf_iterator<char>(file), {});
  EXPECT_NE(dot.find("hidden (Dense)\\n(None, 3)"), std::string::npos) << dot;
  EXPECT_NE(dot.find(" -> "), std::string::npos);
}

TEST_F(Cli, RefusesBadInputInOneLine) {
  write("text.keras", "not a model");
  write("bad.csv", "1,2,3,4\n1,2\n");
  write("words.csv", "1,2,3,4\n1,two,3,4\n");
  write("narrow.csv", "1,2,3\n");
  write("empty.csv", "a,b,c,d\n");
  write("no.json", "{\"a\": 1}");
  save_tensors(folder_.file("only_x.npz"), {{"x", x_}});
  expect_refused("summary missing.keras", "check the name");
  expect_refused("summary .", "is a folder");
  expect_refused("summary text.keras", "text.keras");
  expect_refused("predict model.keras bad.csv", "line 2: 2 columns");
  expect_refused("predict model.keras words.csv", "\"two\" is not a number");
  expect_refused("predict model.keras narrow.csv", "does not fit the input \"features\"");
  expect_refused("predict model.keras empty.csv", "has no numbers; give");
  expect_refused("convert no.json new.json", "no.json");
  expect_refused("summary no.json", "--weights");
  expect_refused("predict model.keras model.keras", "give .npy, .npz, .csv or images");
  expect_refused("predict model.keras x.npy -o y.txt", "y.txt");
  expect_refused("evaluate model.keras only_x.npz", "has no array y");
  expect_refused("evaluate plain.keras data.npz", "--loss");
  expect_refused("plot model.keras -o model.jpg", "model.jpg");
  expect_refused("convert model.keras model.onnx", "model.onnx");
  expect_refused("convert model.json model.keras", "model.json");
  EXPECT_FALSE(exists("y.txt"));
}

TEST_F(Cli, DrawsOnlyWithGraphviz) {
  write("model.svg", "old");
  const Ran drawn = keras("plot model.keras -o model.svg");
  std::ifstream file(folder_.file("model.svg"));
  const std::string svg(std::istreambuf_iterator<char>(file), {});
  if (drawn.code == 0) {
    EXPECT_NE(svg.find("<svg"), std::string::npos);
  } else {
    expect_refused("plot model.keras -o model.svg", "install graphviz");
    EXPECT_EQ(svg, "old");
  }
}

TEST_F(Cli, ChecksPermissions) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read and write everywhere";
  std::filesystem::permissions(folder_.file("x.npy"), std::filesystem::perms::none);
  expect_refused("predict model.keras x.npy", "permission");
  std::filesystem::permissions(folder_.file("data.npz"), std::filesystem::perms::owner_read);
  expect_refused("predict model.keras data.npz -o data.npz", "may be replaced");
  std::filesystem::permissions(
      folder_.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  expect_refused("convert model.keras new.keras", "ermission");
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::owner_all);
}

/// The end of every file that is written is a full disk: the old one stays, and nothing is left.
TEST_F(Cli, LeavesTheTargetAloneWhenTheDiskIsFull) {
  write("target.keras", "old");
  write("target.npy", "old");
  save_tensor(folder_.file("many.npy"), ops::zeros({500, 4}));
  const auto files = [&] {
    return std::distance(std::filesystem::directory_iterator(folder_.path()), {});
  };
  const auto before = files();
  for (const char* arguments :
       {"convert model.keras target.keras", "predict model.keras many.npy -o target.npy"}) {
    // No file may grow beyond 1 KiB: `write` fails, as it does on a full disk.
    const Ran ran = testing::run_keras(folder_.path(), arguments, "ulimit -f 2; trap '' XFSZ; ");
    EXPECT_EQ(ran.code, 1) << arguments;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    EXPECT_NE(ran.err.find("target"), std::string::npos) << ran.err;
  }
  EXPECT_EQ(files(), before);
  EXPECT_EQ(keras("summary model.keras >/dev/full 2>said #").code, 1);
  std::ifstream said(folder_.file("said"));
  EXPECT_NE(std::string(std::istreambuf_iterator<char>(said), {}).find("standard output"),
            std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(folder_.path() / "target.keras"), 3U);
  EXPECT_EQ(std::filesystem::file_size(folder_.path() / "target.npy"), 3U);
}

/// The same on a disk of its own that is truly too small, where one may be mounted.
TEST_F(Cli, LeavesTheTargetAloneOnASmallDisk) {
  std::filesystem::create_directory(folder_.path() / "disk");
  const std::string line =
      "cd " + folder_.path().string() + " && unshare -rm sh -c '" +
      "mount -t tmpfs -o size=12k none disk || exit 77; echo old >disk/t.keras; \"$0\" convert "
      "model.keras disk/t.keras 2>said; echo $? >>said; cat disk/t.keras >>said; ls -A disk "
      ">>said' " KERAS_PROGRAM " 2>/dev/null";
  const int status = std::system(line.c_str());
  if (WEXITSTATUS(status) != 0) GTEST_SKIP() << "no disk can be mounted here";
  std::ifstream file(folder_.path() / "said");
  std::vector<std::string> said;
  for (std::string text; std::getline(file, text);) said.push_back(text);
  ASSERT_EQ(said.size(), 4U);
  EXPECT_NE(said[0].find("disk/t.keras: No space left on device"), std::string::npos) << said[0];
  EXPECT_EQ(said[1], "1");
  EXPECT_EQ(said[2], "old");
  EXPECT_EQ(said[3], "t.keras");
}

TEST_F(Cli, LeavesTheTargetAloneWhenItFails) {
  write("target.keras", "old");
  expect_refused("train plain.keras data.npz -o target.keras", "--loss");
  expect_refused("train model.keras data.npz -o nowhere/new.keras", "nowhere");
  expect_refused("train model.keras data.npz --epochs 1000000 -o new.txt", "give .keras or .h5");
  EXPECT_EQ(std::filesystem::file_size(folder_.path() / "target.keras"), 3U);
}

}  // namespace
}  // namespace keras
