// What a user can get wrong, item by item, and what the error says.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "keras/activations/activation.h"
#include "keras/callbacks/callbacks.h"
#include "keras/engine/error.h"
#include "keras/layers/convolutional/conv.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/losses/losses.h"
#include "keras/metrics/metrics.h"
#include "keras/models/model.h"
#include "keras/models/sequential.h"
#include "keras/ops/numpy.h"
#include "keras/saving/saving_api.h"
#include "keras/saving/serialization.h"
#include "keras/saving/tensor_files.h"
#include "keras/utils/naming.h"
#include "tests/support/temp_folder.h"

namespace keras {
namespace {

using layers::Dense;

template <typename Kind, typename Function>
std::string error_of(const Function& function) {
  try {
    function();
  } catch (const Kind& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("an error of another kind: ") + error.what();
  }
  return "nothing was thrown";
}
#define EXPECT_ERROR(kind, statement, text)                                   \
  EXPECT_NE(error_of<kind>([&] { statement; }).find(text), std::string::npos) \
      << error_of<kind>([&] { statement; })

Sequential classifier() {
  const Sequential model({Input({2}), Dense(3, {.activation = "softmax", .name = "head"})},
                         {.name = "classifier"});
  model.compile({.optimizer = "sgd", .loss = "sparse_categorical_crossentropy"});
  return model;
}
const Shape kTwoRows = {2, 2};
Tensor labels() { return Tensor::of<std::int32_t>({0, 2}); }

TEST(BadInput, WrongShape) {
  reset_names();
  const Dense dense(4);
  dense(ops::ones({32, 64}));
  EXPECT_ERROR(ShapeError, dense(ops::ones({32, 63})),
               "Input 0 of layer \"dense\" is incompatible with the layer: expected axis -1 of "
               "input shape to have value 64, but received input with shape (32, 63)");
  const Sequential model = classifier();
  EXPECT_ERROR(ShapeError, model.fit(ops::ones({2, 5}), labels(), {.verbose = 0}), "(2, 5)");
  EXPECT_ERROR(ShapeError, model.predict(ops::ones({2, 5}), {.verbose = 0}), "\"head\"");
  EXPECT_ERROR(ShapeError, model.set_weights({ops::ones({2, 4}), ops::ones({3})}),
               "weight shape (2, 3) is not compatible with provided weight shape (2, 4)");
}

TEST(BadInput, WrongRank) {
  const layers::Conv2D conv(4, 3, {.name = "conv"});
  EXPECT_ERROR(ShapeError, conv(ops::ones({32, 28, 28})),
               "Input 0 of layer \"conv\" is incompatible with the layer: expected min_ndim=4, "
               "found ndim=3. Full shape received: (32, 28, 28)");
}

TEST(BadInput, WrongDtype) {
  const Tensor x = ops::ones({2, 2});
  EXPECT_ERROR(DtypeError, x.data<int>(), "float32");
  EXPECT_ERROR(Error, Dense(2, {.dtype = "float31"}), "float31");
}

TEST(BadInput, DifferentLengths) {
  const Sequential model = classifier();
  const std::string text =
      "Data cardinality is ambiguous. Make sure all arrays contain the same number of samples.\n"
      "'x' sizes: 3\n'y' sizes: 2";
  EXPECT_ERROR(ValueError, model.fit(ops::ones({3, 2}), labels(), {.verbose = 0}), text);
  EXPECT_ERROR(ValueError, model.evaluate(ops::ones({3, 2}), labels(), {.verbose = 0}), text);
  EXPECT_ERROR(ValueError, model.train_on_batch(ops::ones({3, 2}), labels()), text);
}

TEST(BadInput, LabelOutsideTheClasses) {
  const Sequential model = classifier();
  const Tensor x = ops::ones(kTwoRows);
  const auto before = model.get_weights()[0].to_vector<float>();
  EXPECT_ERROR(ValueError, model.fit(x, Tensor::of<std::int32_t>({0, 3}), {.verbose = 0}),
               "Received a label value of 3.0 which is outside the valid range of [0, 3)");
  EXPECT_ERROR(ValueError, model.fit(x, Tensor::of<std::int32_t>({-1, 2}), {.verbose = 0}),
               "Received a label value of -1.0");
  EXPECT_EQ(model.get_weights()[0].to_vector<float>(), before);
}

TEST(BadInput, UnknownNames) {
  const Sequential model({Dense(1)});
  EXPECT_ERROR(ValueError, model.compile({.loss = "mean_squared_eror"}), "mean_squared_error");
  EXPECT_ERROR(ValueError, model.compile({.loss = "mse", .metrics = {"acuracy"}}), "accuracy");
  EXPECT_ERROR(ValueError, model.compile({.optimizer = "adamm", .loss = "mse"}), "adam");
  EXPECT_ERROR(ValueError, Dense(1, {.activation = "relu7"}), "relu6");
  EXPECT_ERROR(ValueError, Dense(1, {.kernel_initializer = "glorot_unifrm"}), "glorot_uniform");
  EXPECT_ERROR(ValueError,
               saving::deserialize_layer({{"module", "keras.layers"},
                                          {"class_name", "Densee"},
                                          {"config", Config::dict()},
                                          {"registered_name", nullptr}}),
               "Dense");
  EXPECT_ERROR(ValueError, classifier().get_layer("hed"), "head");
}

TEST(BadInput, ArgumentsOutOfRange) {
  const Sequential model = classifier();
  const Tensor x = ops::ones(kTwoRows);
  EXPECT_ERROR(ValueError, model.fit(x, labels(), {.batch_size = 0, .verbose = 0}), "batch_size=0");
  EXPECT_ERROR(ValueError, model.predict(x, {.batch_size = -1, .verbose = 0}), "batch_size=-1");
  EXPECT_ERROR(ValueError, model.fit(x, labels(), {.verbose = 0, .validation_split = 1}),
               "`validation_split` must be in [0, 1). Received: validation_split=1");
  EXPECT_ERROR(ValueError, model.fit(x, labels(), {.epochs = -1, .verbose = 0}), "epochs=-1");
  EXPECT_ERROR(ValueError, Dense(-3),
               "Received an invalid value for `units`, expected a positive integer. Received: "
               "units=-3");
  EXPECT_ERROR(ValueError, Dense(0), "units=0");
}

TEST(BadInput, DisconnectedGraph) {
  const Tensor a = Input({2}, {.name = "a"}), b = Input({2}, {.name = "b"});
  EXPECT_ERROR(ValueError, Model(a, a + b),
               "`inputs` not connected to `outputs`: the model functional");
  EXPECT_ERROR(ValueError, Model(a, Dense(2)(b)), "needs the tensor of 'b'");
  EXPECT_ERROR(ValueError, Model(a, ops::ones({2})), "A symbolic tensor is needed");
}

TEST(BadInput, CyclicGraph) {
  const Tensor a = Input({2}, {.name = "a"});
  const Model model(a, Dense(2, {.name = "second"})(Dense(2, {.name = "first"})(a)));
  std::string json = model.to_json();
  const std::string wanted = "\"keras_history\": [\"a\", 0, 0]";
  const auto at = json.find(wanted);
  ASSERT_NE(at, std::string::npos) << json;
  json.replace(at, wanted.size(), "\"keras_history\": [\"second\", 0, 0]");
  EXPECT_ERROR(ValueError, model_from_json(json), "The model's config is cyclic");
}

TEST(BadInput, NoCompile) {
  const Sequential model({Dense(1)});
  const Tensor x = ops::ones(kTwoRows);
  const std::string text = "You must call `compile()` before using the model.";
  EXPECT_ERROR(ValueError, model.fit(x, x, {.verbose = 0}), text);
  EXPECT_ERROR(ValueError, model.evaluate(x, x, {.verbose = 0}), text);
  EXPECT_ERROR(ValueError, model.train_on_batch(x, x), text);
  EXPECT_ERROR(ValueError, model.test_on_batch(x, x), text);
  EXPECT_FALSE(model.built());
}

TEST(BadInput, NoData) {
  const Sequential model = classifier();
  EXPECT_ERROR(ValueError, model.fit(Data(), Data(), {.verbose = 0}), "There is no data");
  EXPECT_ERROR(ValueError, model.fit(ops::ones({0, 2}), ops::ones({0}), {.verbose = 0}),
               "There is no data: `x` has 0 samples.");
  EXPECT_ERROR(ValueError, model.predict(Data(), {.verbose = 0}), "There is no data");
  EXPECT_ERROR(ValueError, model.fit(ops::ones(kTwoRows), Data(), {.verbose = 0}),
               "`y` is missing");
  EXPECT_ERROR(ValueError, Sequential().predict(ops::ones(kTwoRows), {.verbose = 0}),
               "has no layers");
}

TEST(BadInput, MissingFile) {
  const test_support::TempFolder folder;
  const std::string path = (folder / "nowhere" / "model.keras").string();
  const Sequential model = classifier();
  EXPECT_ERROR(Error, load_model(path), path);
  EXPECT_ERROR(Error, model.load_weights((folder / "no.weights.h5").string()), "no.weights.h5");
  EXPECT_ERROR(IoError, load_tensor(path), path);
}

TEST(BadInput, UnwritableFile) {
  const test_support::TempFolder folder;
  const std::string path = (folder / "nowhere" / "model.keras").string();
  const Sequential model = classifier();
  EXPECT_ERROR(IoError, model.save(path), path);
  EXPECT_ERROR(IoError, model.save_weights((folder / "nowhere" / "x.weights.h5").string()),
               "x.weights.h5");
  EXPECT_ERROR(IoError,
               model.fit(ops::ones(kTwoRows), labels(),
                         {.verbose = 0,
                          .callbacks = {callbacks::CSVLogger((folder / "no" / "log").string())}}),
               "CSVLogger: cannot write to");
}

TEST(BadInput, FolderOfCheckpointsGone) {
  const test_support::TempFolder folder;
  std::filesystem::create_directory(folder / "kept");
  std::filesystem::create_directory(folder / "gone");
  const Sequential model = classifier();
  const std::string old = (folder / "kept" / "old.keras").string();
  model.save(old);
  const auto before = std::filesystem::file_size(old);
  // A folder that is only missing would be made anew.
  const auto remove_folder = callbacks::LambdaCallback({.on_epoch_begin = [&](int epoch, Logs&) {
    if (epoch != 1) return;
    std::filesystem::rename(folder / "gone", folder / "elsewhere");
    test_support::write_file(folder / "gone", "in the way");
  }});
  const auto checkpoint = callbacks::ModelCheckpoint((folder / "gone" / "model.keras").string());
  const std::string error = error_of<IoError>([&] {
    model.fit(ops::ones(kTwoRows), labels(),
              {.epochs = 3, .verbose = 0, .callbacks = {remove_folder, checkpoint}});
  });
  EXPECT_NE(error.find("ModelCheckpoint cannot make the directory"), std::string::npos) << error;
  EXPECT_EQ(std::filesystem::file_size(old), before);
  EXPECT_EQ(load_model((folder / "elsewhere" / "model.keras").string()).layers().size(), 1u);
}

}  // namespace
}  // namespace keras
