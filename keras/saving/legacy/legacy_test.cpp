#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "keras/keras.h"
#include "keras/saving/hdf5/hdf5_writer.h"
#include "tests/support/expect_tensor.h"
#include "tests/support/temp_folder.h"

namespace keras {
namespace {

using saving::Hdf5GroupWriter;
using saving::Hdf5Writer;
using test_support::TempFolder;

/// A whole-model file in the making, as an older Keras lays it out.
class OldFile {
 public:
  explicit OldFile(const std::string& model_config, const std::string& version) {
    root().attribute("model_config", model_config);
    if (!version.empty()) root().attribute("keras_version", version);
    weights().attribute("backend", "tensorflow");
    if (!version.empty()) weights().attribute("keras_version", version);
  }
  Hdf5GroupWriter root() { return writer_.root(); }
  Hdf5GroupWriter weights() { return root().group("model_weights"); }

  void layer(const std::string& name, const std::vector<std::pair<std::string, Tensor>>& weights) {
    layer_names_.push_back(name);
    std::vector<std::string> names;
    for (const auto& [weight, value] : weights) {
      const Tensor data = value.eval();
      this->weights().group(name).dataset(weight, data.dtype(), data.shape(), data.storage());
      names.push_back(weight);
    }
    this->weights().group(name).attribute("weight_names", Config::list_of(names));
  }

  /// The optimizer's variables.
  void add_state(const std::vector<std::pair<std::string, Tensor>>& state) {
    Hdf5GroupWriter group = root().group("optimizer_weights");
    std::vector<std::string> names;
    for (const auto& [name, value] : state) {
      const Tensor data = value.eval();
      group.dataset(name, data.dtype(), data.shape(), data.storage());
      names.push_back(name);
    }
    group.attribute("weight_names", Config::list_of(names));
  }

  std::string save(const TempFolder& folder, const std::string& name = "model.h5") {
    weights().attribute("layer_names", Config::list_of(layer_names_));
    writer_.save(folder / name);
    return (folder / name).string();
  }

 private:
  Hdf5Writer writer_;
  std::vector<std::string> layer_names_;
};

Tensor row(const std::vector<float>& values) {
  return Tensor::from(values, {1, static_cast<std::int64_t>(values.size())});
}

void expect_values(const Tensor& tensor, const std::vector<double>& expected) {
  const auto got = tensor.to_vector<double>();
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-5) << i;
}

template <typename Function>
std::string message_of(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

constexpr const char* kBareSequential = R"({"class_name": "Sequential", "config": [
  {"class_name": "Dense", "config": {"name": "dense_1", "trainable": true,
    "batch_input_shape": [null, 2], "dtype": "float32", "units": 2, "activation": "hard_sigmoid",
    "use_bias": true, "kernel_initializer": {"class_name": "GlorotUniform",
    "config": {"seed": null, "dtype": "float32"}}, "bias_initializer": {"class_name": "Zeros",
    "config": {}}}},
  {"class_name": "Dropout", "config": {"name": "dropout_1", "rate": 0.5, "noise_shape": null,
    "seed": null}}]})";

OldFile bare_sequential() {
  OldFile file(kBareSequential, "2.2.0");
  file.layer("dense_1", {{"dense_1/kernel:0", Tensor::from(std::vector<float>{1, 0, 0, 1}, {2, 2})},
                         {"dense_1/bias:0", Tensor::from(std::vector<float>{0, 1}, {2})}});
  file.layer("dropout_1", {});
  return file;
}

TEST(LegacyHdf5, LoadsASequentialWhoseConfigIsAListWhateverItsName) {
  const TempFolder folder;
  for (const char* name : {"model.h5", "model.keras", "model.bin"}) {
    const Model model = load_model(bare_sequential().save(folder, name));
    // hard_sigmoid as the file's author knew it: clip(0.2 x + 0.5, 0, 1).
    expect_values(model(row({1, -4})), {0.7, 0});
  }
}

TEST(LegacyHdf5, WarnsWhereKeras3WouldReadAnotherHardSigmoid) {
  const TempFolder folder;
  const Model model = load_model(bare_sequential().save(folder), {.compile = false});
  ::testing::internal::CaptureStderr();
  model.save((folder / "new.keras").string());
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("hard_sigmoid"), std::string::npos);
  EXPECT_EQ(load_model(folder / "new.keras").to_json().find("keras2>"), std::string::npos);
}

TEST(LegacyHdf5, ReadsTheArgumentsOfKeras1) {
  const TempFolder folder;
  OldFile file(R"({"class_name": "Sequential", "config": [
    {"class_name": "Convolution2D", "config": {"name": "conv", "trainable": true,
      "batch_input_shape": [null, 2, 2, 1], "input_dtype": "float32", "nb_filter": 1, "nb_row": 2,
      "nb_col": 1, "border_mode": "valid", "subsample": [1, 1], "dim_ordering": "tf",
      "init": "zero", "activation": "linear", "bias": true, "W_regularizer":
      {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01}, "b_regularizer": null,
      "activity_regularizer": null, "W_constraint": {"name": "maxnorm", "m": 2, "axis": 0},
      "b_constraint": null}},
    {"class_name": "Flatten", "config": {"name": "flatten", "trainable": true}},
    {"class_name": "Dropout", "config": {"name": "dropout", "trainable": true, "p": 0.25}},
    {"class_name": "Dense", "config": {"name": "dense", "trainable": true, "output_dim": 1,
      "input_dim": 2, "init": "normal", "activation": "linear", "bias": false,
      "W_regularizer": null, "b_regularizer": null, "activity_regularizer": null,
      "W_constraint": null, "b_constraint": null}}]})",
               "1.2.2");
  file.layer("conv", {{"conv_W", Tensor::from(std::vector<float>{1, 10}, {2, 1, 1, 1})},
                      {"conv_b", Tensor::from(std::vector<float>{1}, {1})}});
  file.layer("flatten", {});
  file.layer("dropout", {});
  file.layer("dense", {{"dense_W", Tensor::from(std::vector<float>{1, 100}, {2, 1})}});
  const Model model = load_model(file.save(folder), {.compile = false});
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 3, 4}, {1, 2, 2, 1});
  expect_values(model(x), {1 + 30 + 1 + 100 * (2 + 40 + 1)});
  const Config config = model.get_layer("conv").impl()->get_config();
  EXPECT_EQ(config.at("kernel_regularizer").at("class_name").as_string(), "L1L2");
  EXPECT_EQ(config.at("kernel_constraint").at("config").at("max_value").as_double(), 2);
  EXPECT_EQ(model.get_layer("dropout").impl()->get_config().at("rate").as_double(), 0.25);
}

std::string old_functional(const std::string& tail) {
  return R"({"class_name": "Model", "config": {"name": "model_1", "layers": [
    {"name": "input_1", "class_name": "InputLayer", "config": {"batch_input_shape": [null, 2],
      "dtype": "float32", "sparse": false, "name": "input_1"}, "inbound_nodes": []},
    {"name": "inner", "class_name": "Sequential", "config": {"name": "inner", "layers": [
      {"class_name": "Dense", "config": {"name": "d", "units": 2, "batch_input_shape": [null, 2],
       "dtype": "float32", "activation": "linear", "use_bias": false,
       "kernel_initializer": {"class_name": "Zeros", "config": {}}}}]},
      "inbound_nodes": [[["input_1", 0, 0, {}]], [["inner", 1, 0, {}]]]},)" +
         tail;
}

void add_inner_weights(OldFile& file) {
  file.layer("input_1", {});
  file.layer("inner", {{"d/kernel:0", Tensor::from(std::vector<float>{0, 1, 2, 0}, {2, 2})}});
}

TEST(LegacyHdf5, ReadsLayersThatKeras3Lacks) {
  const TempFolder folder;
  OldFile file(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
    {"class_name": "LocallyConnected1D", "config": {"name": "local", "trainable": true,
      "batch_input_shape": [null, 2, 1], "dtype": "float32", "filters": 1, "kernel_size": [1],
      "strides": [1], "padding": "valid", "data_format": "channels_last", "activation": "linear",
      "use_bias": true, "implementation": 1}},
    {"class_name": "ThresholdedReLU", "config": {"name": "relu", "trainable": true,
      "dtype": "float32", "theta": 0.5}},
    {"class_name": "ThresholdedReLU", "config": {"name": "relu_1"}}]}})",
               "2.2.0");
  file.layer("local", {{"local/kernel:0", Tensor::from(std::vector<float>{2, 3}, {2, 1, 1})},
                       {"local/bias:0", Tensor::from(std::vector<float>{0.5f, 0}, {2, 1})}});
  file.layer("relu", {});
  file.layer("relu_1", {});
  const Model model = load_model(file.save(folder));
  expect_values(model(Tensor::from(std::vector<float>{0.5f, 0.5f, 0.25f, 0.2f}, {2, 2, 1})),
                {1.5, 1.5, 0, 0});
  // relu alone: 0.6 passes the first, not the second.
  expect_values(model.layers()[1](row({0.5f, 0.6f, -1})), {0, 0.6, 0});
  ::testing::internal::CaptureStderr();
  model.save((folder / "new.keras").string());
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("LocallyConnected1D"), std::string::npos);
  expect_values(load_model(folder / "new.keras")(
                    Tensor::from(std::vector<float>{0.5f, 0.5f, 0.25f, 0.2f}, {2, 2, 1})),
                {1.5, 1.5, 0, 0});
}

TEST(LegacyHdf5, ReadsOldInboundNodesOfModelsInside) {
  const TempFolder folder;
  OldFile file(old_functional(R"(
    {"name": "add", "class_name": "Add", "config": {"name": "add", "trainable": true},
      "inbound_nodes": [[["inner", 1, 0, {}], ["inner", 2, 0, {}]]]}],
    "input_layers": [["input_1", 0, 0]], "output_layers": [["add", 0, 0]]}})"),
               "2.4.0");
  add_inner_weights(file);
  file.layer("add", {});
  const Model model = load_model(file.save(folder), {.compile = false});
  // x = (1, 10) -> (20, 1) -> (2, 20)
  expect_values(model(row({1, 10})), {22, 21});
  // In Keras 3, a list of one would be another structure.
  EXPECT_EQ(model.get_config().at("input_layers"), Config::list({"input_1", 0, 0}));
  EXPECT_EQ(model.get_config().at("output_layers"), Config::list({"add", 0, 0}));
}

TEST(LegacyHdf5, ReadsTensorFlowsFunctionsAsOperations) {
  const TempFolder folder;
  OldFile file(old_functional(R"(
    {"name": "tf.math.multiply", "class_name": "TFOpLambda", "config": {"name": "tf.math.multiply",
      "trainable": true, "dtype": "float32", "function": "math.multiply"},
      "inbound_nodes": [["inner", 1, 0, {"y": 3.0, "name": null}]]},
    {"name": "tf.__operators__.add", "class_name": "TFOpLambda", "config": {"name":
      "tf.__operators__.add", "trainable": true, "dtype": "float32",
      "function": "__operators__.add"}, "inbound_nodes":
      [["tf.math.multiply", 0, 0, {"y": ["inner", 2, 0], "name": null}]]},
    {"name": "slice", "class_name": "SlicingOpLambda", "config": {"name": "slice", "trainable":
      true, "dtype": "float32", "function": "__operators__.getitem"}, "inbound_nodes":
      [["tf.__operators__.add", 0, 0, {"slice_spec": [{"start": null, "stop": null, "step": null},
        {"start": 1, "stop": 2, "step": null}]}]]}],
    "input_layers": [["input_1", 0, 0]], "output_layers": [["slice", 0, 0]]}})"),
               "2.8.0");
  add_inner_weights(file);
  const Model model = load_model(file.save(folder), {.compile = false});
  expect_values(model(row({1, 10})), {3 * 1 + 20});
}

TEST(LegacyHdf5, NamesTensorFlowFunctionsWithoutACounterpart) {
  const TempFolder folder;
  OldFile file(old_functional(R"(
    {"name": "f", "class_name": "TFOpLambda", "config": {"name": "f", "function": "signal.fft"},
      "inbound_nodes": [["inner", 1, 0, {}]]}],
    "input_layers": [["input_1", 0, 0]], "output_layers": [["f", 0, 0]]}})"),
               "2.8.0");
  const std::string path = file.save(folder);
  EXPECT_NE(message_of([&] { load_model(path); }).find("signal.fft"), std::string::npos);
}

TEST(LegacyHdf5, RefusesGoneArgumentsThatWouldChangeTheResult) {
  const TempFolder folder;
  OldFile file(R"({"class_name": "Sequential", "config": [{"class_name": "BatchNormalization",
    "config": {"name": "bn", "batch_input_shape": [null, 2], "mode": 1}}]})",
               "1.1.0");
  file.layer("bn", {});
  const std::string path = file.save(folder);
  EXPECT_NE(message_of([&] { load_model(path); }).find("mode=1"), std::string::npos);
}

TEST(LegacyHdf5, RestoresTheTrainingOfKeras2) {
  const TempFolder folder;
  OldFile file = bare_sequential();
  file.root().attribute("training_config", R"({"optimizer_config": {"class_name": "Adam",
    "config": {"lr": 0.25, "beta_1": 0.5, "beta_2": 0.9, "decay": 0.0, "epsilon": 1e-07,
    "amsgrad": false}}, "loss": {"class_name": "MeanSquaredError", "config": {"reduction": "auto",
    "name": "mse"}}, "metrics": [[{"class_name": "MeanMetricWrapper", "config": {"name": "mae",
    "dtype": "float32", "fn": "mean_absolute_error"}}]], "sample_weight_mode": null,
    "loss_weights": null})");
  const std::vector<std::pair<std::string, Tensor>> state = {
      {"Adam/iterations:0", Tensor(std::int64_t{7})},
      {"training/Adam/Variable:0", Tensor::from(std::vector<float>{1, 2, 3, 4}, {2, 2})},
      {"training/Adam/Variable_1:0", Tensor::from(std::vector<float>{5, 6}, {2})},
      {"training/Adam/Variable_2:0", Tensor::from(std::vector<float>{7, 8, 9, 10}, {2, 2})},
      {"training/Adam/Variable_3:0", Tensor::from(std::vector<float>{11, 12}, {2})}};
  file.add_state(state);
  const Model model = load_model(file.save(folder));
  const Variables variables = model.optimizer().variables();
  ASSERT_EQ(variables.size(), 6u);
  EXPECT_EQ(variables[0].value().item<std::int64_t>(), 7);
  EXPECT_NEAR(variables[1].value().item<double>(), 0.25, 1e-7);
  // The old order has all first moments before the second ones.
  expect_values(variables[2], {1, 2, 3, 4});
  expect_values(variables[3], {7, 8, 9, 10});
  expect_values(variables[4], {5, 6});
  expect_values(variables[5], {11, 12});
  const Logs logs = model.evaluate(row({1, -4}), row({0, 0}), {.verbose = 0});
  EXPECT_NEAR(logs["mean_absolute_error"], 0.35, 1e-5);
}

/// A file whose Adam of two steps, with its moments, has a loss scale around it.
OldFile with_loss_scale(const std::string& dynamic) {
  OldFile file = bare_sequential();
  file.root().attribute("training_config", R"({"optimizer_config": {
    "class_name": "LossScaleOptimizerV3", "config": {"inner_optimizer": {"module":
    "keras.optimizers", "class_name": "Adam", "config": {"learning_rate": 0.25, "jit_compile": false,
    "is_legacy_optimizer": false}, "registered_name": null}, "dynamic": )" +
                                               dynamic +
                                               R"(, "initial_scale": 64.0,
    "dynamic_growth_steps": 2000}}, "loss": "mse", "metrics": null, "loss_weights": null})");
  const std::vector<std::pair<std::string, Tensor>> state = {
      {"iteration:0", Tensor(std::int64_t{2})},
      {"m/dense/kernel:0", Tensor::from(std::vector<float>{1, 2, 3, 4}, {2, 2})},
      {"v/dense/kernel:0", Tensor::from(std::vector<float>{5, 6, 7, 8}, {2, 2})},
      {"m/dense/bias:0", Tensor::from(std::vector<float>{9, 10}, {2})},
      {"v/dense/bias:0", Tensor::from(std::vector<float>{11, 12}, {2})}};
  file.add_state(state);
  return file;
}

TEST(LegacyHdf5, RestoresTheOptimizerInsideALossScale) {
  const TempFolder folder;
  const Model model = load_model(with_loss_scale("true").save(folder));
  EXPECT_EQ(model.optimizer().class_name(), "LossScaleOptimizer");
  EXPECT_NEAR(model.optimizer().learning_rate().item<double>(), 0.25, 1e-7);
  const Variables variables = model.optimizer().variables();
  ASSERT_GE(variables.size(), 6u);
  const auto inner = variables.end() - 6;
  EXPECT_EQ((inner - 1)->value().item<double>(), 64);
  EXPECT_EQ(inner->value().item<std::int64_t>(), 2);
  expect_values(inner[2], {1, 2, 3, 4});
  expect_values(inner[5], {11, 12});
}

TEST(LegacyHdf5, KeepsWhatALossScaleCounts) {
  const TempFolder folder;
  const Model model = load_model(with_loss_scale("true").save(folder));
  model.train_on_batch(row({1, -4}), row({0, 0}));
  const std::string path = (folder / "again.h5").string();
  model.save(path);
  const Variables written = model.optimizer().variables();
  const Variables read = load_model(path).optimizer().variables();
  ASSERT_EQ(read.size(), written.size());
  for (std::size_t i = 0; i < read.size(); ++i)
    expect_values(read[i].value(), written[i].value().to_vector<double>());
}

TEST(LegacyHdf5, MakesAFixedLossScaleAnArgument) {
  const TempFolder folder;
  const Optimizer optimizer = load_model(with_loss_scale("false").save(folder)).optimizer();
  EXPECT_EQ(optimizer.class_name(), "Adam");
  EXPECT_EQ(optimizer.get_config().get("loss_scale_factor", 0.0), 64);
  EXPECT_EQ(optimizer.variables()[0].value().item<std::int64_t>(), 2);
}

TEST(LegacyHdf5, NeedsNoSlotsOfAMomentumOfZero) {
  const TempFolder folder;
  OldFile file = bare_sequential();
  file.root().attribute("training_config", R"({"optimizer_config": {"class_name": "SGD",
    "config": {"learning_rate": 0.25, "momentum": 0.0}}, "loss": "mse", "metrics": null,
    "loss_weights": null})");
  const std::vector<std::pair<std::string, Tensor>> state = {
      {"iteration:0", Tensor(std::int64_t{3})},
      {"m/dense/kernel:0", Tensor::from(std::vector<float>{0, 0, 0, 0}, {2, 2})},
      {"m/dense/bias:0", Tensor::from(std::vector<float>{0, 0}, {2})}};
  file.add_state(state);
  const Variables variables = load_model(file.save(folder)).optimizer().variables();
  ASSERT_EQ(variables.size(), 2u);
  EXPECT_EQ(variables[0].value().item<std::int64_t>(), 3);
}

TEST(LegacyHdf5, WorksOutTheProductThatTheNadamOfKeras2KeepsToItself) {
  const TempFolder folder;
  OldFile file = bare_sequential();
  file.root().attribute("training_config", R"({"optimizer_config": {"class_name": "Nadam",
    "config": {"learning_rate": 0.25, "beta_1": 0.5}}, "loss": "mse", "metrics": null,
    "loss_weights": null})");
  const std::vector<std::pair<std::string, Tensor>> state = {
      {"iteration:0", Tensor(std::int64_t{2})},
      {"Nadam/m/dense/kernel:0", Tensor::from(std::vector<float>{1, 2, 3, 4}, {2, 2})},
      {"Nadam/v/dense/kernel:0", Tensor::from(std::vector<float>{5, 6, 7, 8}, {2, 2})},
      {"Nadam/m/dense/bias:0", Tensor::from(std::vector<float>{9, 10}, {2})},
      {"Nadam/v/dense/bias:0", Tensor::from(std::vector<float>{11, 12}, {2})}};
  file.add_state(state);
  const Variables variables = load_model(file.save(folder)).optimizer().variables();
  ASSERT_EQ(variables.size(), 7u);
  EXPECT_EQ(variables[0].value().item<std::int64_t>(), 2);
  expect_values(variables[3], {5, 6, 7, 8});
  expect_values(variables[4], {9, 10});
  EXPECT_NEAR(variables[6].value().item<double>(),
              0.5 * (1 - 0.5 * 0.96) * 0.5 * (1 - 0.5 * 0.96 * 0.96), 1e-7);
}

Model two_layers(int units = 3) {
  Sequential model({SequentialItem(Input({2})),
                    SequentialItem(layers::Dense(units, {.name = "first"})),
                    SequentialItem(layers::BatchNormalization({.name = "second"}))});
  model.compile({.optimizer = "adam", .loss = "mean_squared_error"});
  return model;
}

TEST(LegacyHdf5, WritesAndReadsAWholeModelWithItsTraining) {
  const TempFolder folder;
  const Model model = two_layers();
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 3, 4, 5, 6, 7, 9}, {4, 2});
  const Tensor y = ops::ones({4, 3});
  model.fit(x, y, {.epochs = 2, .verbose = 0});
  model.save((folder / "model.h5").string());
  const Model copy = load_model(folder / "model.h5");
  const Variables state = model.optimizer().variables(), copied = copy.optimizer().variables();
  ASSERT_EQ(copied.size(), state.size());
  for (std::size_t i = 0; i < state.size(); ++i)
    EXPECT_EQ(copied[i].value().to_vector<double>(), state[i].value().to_vector<double>())
        << state[i].path();
  EXPECT_EQ(copy.model_impl().get_compile_config(), model.model_impl().get_compile_config());
  EXPECT_EQ(copy.predict(x, {.verbose = 0}).to_vector<float>(),
            model.predict(x, {.verbose = 0}).to_vector<float>());
  model.fit(x, y, {.verbose = 0, .shuffle = false});
  copy.fit(x, y, {.verbose = 0, .shuffle = false});
  EXPECT_EQ(copy.predict(x, {.verbose = 0}).to_vector<float>(),
            model.predict(x, {.verbose = 0}).to_vector<float>());
}

/// Keras's own writer loses it: its format has configs and weights alone.
TEST(LegacyHdf5, HoldsTheVocabularyThatALayerAdaptedTo) {
  const TempFolder folder;
  const std::string path = (folder / "words.h5").string();
  const Tensor texts = string_tensor({"the cat", "the dog", "a bird"}, {3, 1});
  for (const char* mode : {"int", "tf_idf"}) {
    const layers::TextVectorization words({.output_mode = mode});
    words.adapt(texts);
    const Tensor input = Input({1}, {.dtype = "string"});
    const Model model(input, words(input));
    model.save(path);
    const Model again = load_model(path);
    expect_values(again(texts), model(texts).to_vector<double>());
  }
  const layers::IntegerLookup numbers;
  numbers.adapt(Tensor::of<std::int64_t>({7, 9, 9}));
  const Tensor input = Input({1}, {.dtype = "int64"});
  Model(input, numbers(input)).save(path);
  expect_values(load_model(path)(Tensor::from(std::vector<std::int64_t>{9, 7, 8}, {3, 1})),
                {1, 2, 0});
}

TEST(LegacyWeights, GoInOrderOrByName) {
  const TempFolder folder;
  const Model model = two_layers();
  model.save((folder / "model.h5").string());
  const Model other = two_layers();
  other.load_weights((folder / "model.h5").string());
  for (std::size_t i = 0; i < model.weights().size(); ++i)
    EXPECT_EQ(other.weights()[i].value().to_vector<float>(),
              model.weights()[i].value().to_vector<float>());
  Sequential partly({SequentialItem(Input({2})),
                     SequentialItem(layers::Dense(3, {.name = "other"})),
                     SequentialItem(layers::BatchNormalization({.name = "second"})),
                     SequentialItem(layers::Dense(1))});
  const auto before = partly.weights()[0].value().to_vector<float>();
  EXPECT_NE(message_of([&] { partly.load_weights((folder / "model.h5").string()); })
                .find("Layer count mismatch when loading weights from file. Model expected 3 "
                      "layers, found 2 saved layers."),
            std::string::npos);
  partly.load_weights((folder / "model.h5").string(), {.by_name = true});
  EXPECT_EQ(partly.weights()[0].value().to_vector<float>(), before);
}

TEST(LegacyWeights, MismatchesAreErrorsOrSkipped) {
  const TempFolder folder;
  const std::string whole = (folder / "model.h5").string();
  const std::string alone = (folder / "model.weights.h5").string();
  two_layers().save(whole);
  two_layers().save_weights(alone);
  const Model wider = two_layers(4);
  const auto before = wider.weights()[0].value().to_vector<float>();
  EXPECT_NE(message_of([&] { wider.load_weights(whole); }).find("Weight expects shape (2, 4)"),
            std::string::npos);
  EXPECT_NE(message_of([&] { wider.load_weights(alone); }).find("(2, 4)"), std::string::npos);
  ::testing::internal::CaptureStderr();
  wider.load_weights(whole, {.skip_mismatch = true});
  wider.load_weights(alone, {.skip_mismatch = true});
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("kip"), std::string::npos);
  EXPECT_EQ(wider.weights()[0].value().to_vector<float>(), before);
  EXPECT_NE(message_of([&] { wider.load_weights(alone, {.by_name = true}); }).find("by_name"),
            std::string::npos);
}

/// The weights of `two_layers` in a store whose groups have these names.
std::string save_store(const TempFolder& folder, const std::string& first,
                       const std::string& second) {
  Hdf5Writer writer;
  const auto add = [&](const std::string& group, const std::vector<Tensor>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Tensor data = values[i].eval();
      writer.root()
          .group(group + "/vars")
          .dataset(std::to_string(i), data.dtype(), data.shape(), data.storage());
    }
  };
  add(first, {ops::full({2, 3}, 1), ops::full({3}, 2)});
  add(second, {ops::full({3}, 3), ops::full({3}, 4), ops::full({3}, 5), ops::full({3}, 6)});
  writer.save(folder / "old.weights.h5");
  return (folder / "old.weights.h5").string();
}

TEST(OldStores, AreReadByClassAndOrder) {
  const TempFolder folder;
  const std::vector<std::pair<std::string, std::string>> spellings = {
      {"layers/dense", "layers/batch_normalization"},
      {"_layer_checkpoint_dependencies/dense_2",
       "_layer_checkpoint_dependencies/"
       "batch_normalization_1"},
      {"_layer_checkpoint_dependencies\\dense",
       "_layer_checkpoint_dependencies\\"
       "batch_normalization"},
      {"layers\\dense_7", "layers\\batch_normalization"}};
  for (const auto& [first, second] : spellings) {
    const Model model = two_layers();
    model.load_weights(save_store(folder, first, second));
    for (std::size_t i = 0; i < 6; ++i)
      EXPECT_EQ(model.weights()[i].value().to_vector<double>()[0], static_cast<double>(i + 1))
          << first;
  }
  const std::string wrong = save_store(folder, "layers/conv2d", "layers/batch_normalization");
  EXPECT_NE(
      message_of([&] { two_layers().load_weights(wrong); }).find("no group layers/dense/vars"),
      std::string::npos);
}

TEST(ModelFromJson, ReadsBothGenerations) {
  const Model old = model_from_json(kBareSequential);
  EXPECT_EQ(old.count_params(), 6);
  EXPECT_EQ(model_from_json(two_layers().to_json()).count_params(), two_layers().count_params());
}

}  // namespace
}  // namespace keras
