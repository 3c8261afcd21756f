#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "keras/keras.h"
#include "keras/utils/naming.h"
#include "tests/support/python.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tensors.h"

namespace keras::applications {
namespace {

using keras::testing::expect_error;
using keras::testing::expect_values;

/// The name and the output's shape of each layer after the first, a line each.
std::string layer_lines(const Model& model) {
  std::string lines;
  const std::vector<Layer> layers = model.layers();
  for (std::size_t i = 1; i < layers.size(); ++i)
    lines += layers[i].name() + layers[i].output().shape().to_string() + "\n";
  return lines;
}

std::uint64_t fnv1a(const std::string& text) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

/// What Python's Keras says of a model: `layers_hash` is fnv1a of its layer_lines.
struct Expected {
  std::function<Model()> make;
  std::string name;
  std::size_t layers;
  std::int64_t params;
  std::uint64_t layers_hash;
  Shape output;
};

void expect_model(const Expected& expected) {
  SCOPED_TRACE(expected.name);
  reset_names();
  const Model model = expected.make();
  EXPECT_EQ(model.name(), expected.name);
  EXPECT_EQ(model.layers().size(), expected.layers);
  EXPECT_EQ(model.count_params(), expected.params);
  EXPECT_EQ(model.output().shape(), expected.output);
  EXPECT_EQ(fnv1a(layer_lines(model)), expected.layers_hash) << layer_lines(model);
}

const Shape kThousand{kUnknown, 1000};

TEST(Applications, ResNetsHaveTheLayersOfKeras) {
  expect_model(
      {[] { return ResNet50(); }, "resnet50", 177, 25636712, 0x5f7e1bbc6e631624, kThousand});
  expect_model(
      {[] { return ResNet101(); }, "resnet101", 347, 44707176, 0x92fd475e6aaf1406, kThousand});
  expect_model(
      {[] { return ResNet152(); }, "resnet152", 517, 60419944, 0xc1c7dec9e5203f66, kThousand});
}

TEST(Applications, ResNetsOfTheSecondVersionHaveTheLayersOfKeras) {
  expect_model(
      {[] { return ResNet50V2(); }, "resnet50v2", 192, 25613800, 0x6dc293f0013a113f, kThousand});
  expect_model(
      {[] { return ResNet101V2(); }, "resnet101v2", 379, 44675560, 0xe2e1d1003ab19526, kThousand});
  expect_model(
      {[] { return ResNet152V2(); }, "resnet152v2", 566, 60380648, 0x2f9b87970c2b6c9f, kThousand});
}

TEST(Applications, MobileNetV2HasTheLayersOfKeras) {
  expect_model({[] { return MobileNetV2(); }, "mobilenetv2_1.00_224", 156, 3538984,
                0x875407d08f54a34c, kThousand});
  expect_model(
      {[] {
         return MobileNetV2({.input_shape = Shape{96, 96, 3}, .alpha = 0.35, .classes = 10});
       },
       "mobilenetv2_0.35_96",
       156,
       423018,
       0x33f6bbd8e3e511df,
       {kUnknown, 10}});
  expect_model({[] { return MobileNetV2({.alpha = 1.3, .include_top = false, .pooling = "max"}); },
                "mobilenetv2_1.30_None",
                155,
                3766048,
                0xc53f48cffb311514,
                {kUnknown, 1664}});
}

TEST(Applications, VggHasTheLayersOfKeras) {
  const Shape small{32, 32, 3};
  expect_model({[&] { return VGG16({.input_shape = small}); }, "vgg16", 23, 37694248,
                0x4b36e9f3a031ae5d, kThousand});
  expect_model({[&] { return VGG19({.input_shape = small}); }, "vgg19", 26, 43003944,
                0xc7c739df3200eb9b, kThousand});
}

TEST(Applications, TakesNameLogitsAndNoTop) {
  const Shape small{32, 32, 3};
  const Model logits = MobileNetV2({.input_shape = small,
                                    .alpha = 0.35,
                                    .classes = 7,
                                    .classifier_activation = nullptr,
                                    .name = "mine"});
  EXPECT_EQ(logits.name(), "mine");
  EXPECT_EQ(logits.output().shape(), Shape({kUnknown, 7}));
  EXPECT_EQ(logits.get_layer("predictions").get_config().at("activation").as_string(), "linear");
  const Model features = MobileNetV2({.input_shape = small, .alpha = 0.35, .include_top = false});
  EXPECT_EQ(features.output().shape(), Shape({kUnknown, 1, 1, 1280}));
  const Model open = MobileNetV2({.alpha = 0.35, .include_top = false, .pooling = "avg"});
  EXPECT_EQ(open.predict(ops::zeros({2, 40, 56, 3}), {.verbose = 0}).shape(), Shape({2, 1280}));
}

TEST(Applications, RefusesWhatDoesNotFit) {
  expect_error<ValueError>([] { ResNet50({.weights = "imagenet"}); }, "give its path");
  expect_error<ValueError>([] { VGG16({.weights = "nowhere.weights.h5"}); },
                           "Received: weights=nowhere.weights.h5");
  expect_error<ValueError>([] { ResNet50({.pooling = "mean"}); }, "pooling=mean");
  expect_error<ValueError>(
      [] {
        ResNet50({.input_shape = Shape{31, 64, 3}});
      },
      "Input size must be at least 32x32");
  expect_error<ValueError>(
      [] {
        ResNet50({.input_shape = Shape{64, 64}});
      },
      "must be a tuple of three integers");
  expect_error<ValueError>(
      [] {
        VGG16({.input_shape = Shape{kUnknown, kUnknown, 3}});
      },
      "you should specify a static `input_shape`");
  expect_error<ValueError>([] { MobileNetV2({.alpha = 0}); }, "`alpha` must be positive");
  const test_support::TempFolder folder;
  test_support::write_file(folder / "some.weights.h5", "");
  expect_error<ValueError>(
      [&] {
        ResNet50(
            {.weights = (folder / "some.weights.h5").string(), .classifier_activation = "relu"});
      },
      "Only `None` and `softmax` activations");
}

TEST(Applications, WeightsGoFromOneModelToAnotherThroughAFile) {
  const test_support::TempFolder folder;
  const std::string path = (folder / "m.weights.h5").string();
  const auto make = [](Weights weights) {
    return MobileNetV2({.input_shape = Shape{32, 32, 3},
                        .alpha = 0.35,
                        .weights = std::move(weights),
                        .classes = 10});
  };
  const Model from = make(nullptr);
  from.save_weights(path);
  const Tensor x = random::normal({2, 32, 32, 3}, {.seed = 1}).eval();
  expect_values(make(path).predict(x, {.verbose = 0}), {2, 10},
                from.predict(x, {.verbose = 0}).to_vector<float>());
}

TEST(PreprocessInput, IsKerasInEachMode) {
  const Tensor x = Tensor::from(std::vector<float>{0, 51, 102, 153, 204, 255}, {1, 2, 3});
  const Shape shape{1, 2, 3};
  expect_values(resnet50::preprocess_input(x), shape,
                {-1.939f, -65.779f, -123.68f, 151.061f, 87.221f, 29.32f});
  expect_values(mobilenet_v2::preprocess_input(x), shape, {-1, -0.6f, -0.2f, 0.2f, 0.6f, 1});
  expect_values(imagenet_utils::preprocess_input(x, {.mode = "torch"}), shape,
                {-2.117904f, -1.142857f, -0.026667f, 0.502183f, 1.535714f, 2.64f});
  const Tensor first = ops::reshape(ops::transpose(x, {.axes = {2, 0, 1}}), {1, 3, 1, 2});
  expect_values(
      ops::reshape(vgg19::preprocess_input(first, {.data_format = "channels_first"}), {6}), {6},
      {-1.939f, 151.061f, -65.779f, 87.221f, -123.68f, 29.32f});
  EXPECT_EQ(resnet_v2::preprocess_input(ops::cast(x, DType::kUint8)).dtype(), DType::kFloat32);
}

TEST(PreprocessInput, RefusesUnknownModesFormatsAndChannels) {
  const Tensor x = ops::zeros({4, 4, 3});
  expect_error<ValueError>([&] { imagenet_utils::preprocess_input(x, {.mode = "keras"}); },
                           "Received: mode=keras");
  expect_error<ValueError>([&] { resnet::preprocess_input(x, {.data_format = "last"}); },
                           "Received: data_format=last");
  expect_error<ShapeError>(
      [] {
        vgg16::preprocess_input(ops::zeros({4, 4, 1}));
      },
      "Expected 3 channels");
}

class ApplicationsAndKeras : public ::testing::Test {
 protected:
  void SetUp() override {
    python_ = test_support::find_python("keras, jax");
    if (!python_) GTEST_SKIP() << "no Python with Keras and JAX; name one in KERAS_TEST_PYTHON";
  }
  /// Runs a script that makes `model`, saves its weights under `file`, with moving averages that
  /// are not the initial ones, and what it predicts; then compares.
  void expect_same(const std::string& call, const std::string& file,
                   const std::function<Model(const std::string&)>& make) {
    const std::string said = test_support::run_python(
        *python_, folder_,
        "import os\nos.environ['KERAS_BACKEND'] = 'jax'\nimport keras, numpy as np\n"
        "model = keras.applications." +
            call +
            "\n"
            "rng = np.random.default_rng(0)\n"
            "for w in model.weights:\n"
            "    if w.path.endswith('moving_mean') or w.path.endswith('beta'):\n"
            "        w.assign(rng.normal(0, 0.1, w.shape))\n"
            "    if w.path.endswith('moving_variance') or w.path.endswith('gamma'):\n"
            "        w.assign(rng.uniform(0.7, 1.3, w.shape))\n"
            "model.save" +
            (file.ends_with(".keras") ? "" : "_weights") + "('" + file +
            "')\n"
            "x = rng.standard_normal((2, 32, 32, 3), dtype=np.float32)\n"
            "np.savez('data.npz', x=x, y=np.asarray(model(x)))\n"
            "open('layers.txt', 'w').write(''.join(l.name + str(l.output.shape) + '\\n'\n"
            "                                      for l in model.layers[1:]))\n");
    ASSERT_TRUE(std::filesystem::exists(folder_ / "layers.txt")) << said;
    reset_names();
    const Model model = make((folder_ / file).string());
    EXPECT_EQ(layer_lines(model), test_support::read_file(folder_ / "layers.txt"));
    const NamedTensors data = load_tensors(folder_ / "data.npz");
    expect_values(model.predict(find(data, "x"), {.verbose = 0}), find(data, "y").shape(),
                  find(data, "y").to_vector<float>(), 1e-3f);
  }

  static Tensor find(const NamedTensors& data, const std::string& name) {
    for (const auto& [key, value] : data)
      if (key == name) return value;
    throw ValueError("no " + name);
  }

  std::optional<std::string> python_;
  test_support::TempFolder folder_;
};

TEST_F(ApplicationsAndKeras, MobileNetV2PredictsAsKeras) {
  expect_same(
      "MobileNetV2((32, 32, 3), alpha=0.35, weights=None, classes=10)", "m.weights.h5",
      [](const std::string& path) {
        return MobileNetV2(
            {.input_shape = Shape{32, 32, 3}, .alpha = 0.35, .weights = path, .classes = 10});
      });
}

TEST_F(ApplicationsAndKeras, ResNet50PredictsAsKeras) {
  expect_same("ResNet50(include_top=False, weights=None, input_shape=(32, 32, 3), pooling='avg')",
              "m.weights.h5", [](const std::string& path) {
                return ResNet50({.include_top = false,
                                 .weights = path,
                                 .input_shape = Shape{32, 32, 3},
                                 .pooling = "avg"});
              });
}

TEST_F(ApplicationsAndKeras, ResNet50V2OpensAsAFileOfKeras) {
  expect_same("ResNet50V2(weights=None, input_shape=(32, 32, 3), classes=10)", "m.keras",
              [](const std::string& path) { return load_model(path); });
}

TEST_F(ApplicationsAndKeras, Vgg16PredictsAsKeras) {
  expect_same("VGG16(include_top=False, weights=None, input_shape=(32, 32, 3), pooling='max')",
              "m.weights.h5", [](const std::string& path) {
                return VGG16({.include_top = false,
                              .weights = path,
                              .input_shape = Shape{32, 32, 3},
                              .pooling = "max"});
              });
}

}  // namespace
}  // namespace keras::applications
