#include <gtest/gtest.h>

#include "keras/keras.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using test_support::TempFolder;
using testing::expect_error;
using testing::ramp;

std::vector<float> predicted(const Model& model) {
  const Tensor x = Tensor::from<std::int32_t>({0, 3, 4, 2, 1, 1}, {2, 3});
  return model.predict(x, {.verbose = 0}).to_vector<float>();
}

Model net(const DTypePolicy& policy) {
  const Tensor x = Input({3}, {.dtype = "int32"});
  Tensor y = layers::Embedding(5, 4, {.dtype = policy})(x);
  y = layers::EinsumDense("abc,cde->abde", {3, 2, 2}, {.bias_axes = "de", .dtype = policy})(y);
  y = layers::Flatten()(y);
  const Model model(x,
                    layers::Dense(2, {.activation = "tanh", .name = "head", .dtype = policy})(y));
  for (const auto& weight : model.weights())
    if (weight.name() != "g_idx")
      weight.assign(ops::cast(ramp(weight.shape()) * 20, weight.dtype()));
  return model;
}

TEST(QuantizedFiles, RoundTrip) {
  const TempFolder folder;
  for (const char* policy : {"int8_from_float32", "int4/3_from_float32", "int4/-1_from_float32"})
    for (const char* name : {"model.keras", "model.h5", "model.weights.h5"}) {
      SCOPED_TRACE(str(policy, " ", name));
      const Model model = net(policy);
      const std::string path = (folder / name).string();
      const bool weights_only = std::string(name).find("weights") != std::string::npos;
      if (weights_only) {
        model.save_weights(path);
      } else {
        model.save(path);
      }
      const Model again = weights_only ? net(policy) : load_model(path);
      if (weights_only) {
        for (const auto& weight : again.weights())
          weight.assign(ops::zeros(weight.shape(), weight.dtype()));
        again.load_weights(path);
      }
      EXPECT_EQ(predicted(again), predicted(model));
      EXPECT_EQ(again.get_layer("head").get_config(), model.get_layer("head").get_config());
    }
}

TEST(QuantizedFiles, HoldAdaptationsInTheirKernels) {
  const TempFolder folder;
  for (const char* policy : {"int8_from_float32", "int4_from_float32"}) {
    SCOPED_TRACE(policy);
    const Tensor input = Input({4});
    const Model model(input, layers::Dense(3, {.lora_rank = 2, .dtype = policy})(input));
    const Variables weights = model.weights();
    weights[2].assign(ramp({2, 3}));
    weights[3].assign(ops::cast(ramp(weights[3].shape()) * 20, DType::kInt8));
    weights[4].assign(ops::full({3}, 20));
    const std::string path = (folder / "model.keras").string();
    model.save(path);
    const Model again = load_model(path);
    ASSERT_EQ(again.weights().size(), 5u);
    EXPECT_EQ(again.weights()[2].value().to_vector<float>(), std::vector<float>(6, 0));
    EXPECT_NE(again.weights()[3].value().to_vector<float>(), weights[3].value().to_vector<float>());
    const auto a = model(ramp({2, 4})).to_vector<float>();
    const auto b = again(ramp({2, 4})).to_vector<float>();
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 0.4);
  }
}

/// The weights of `source` in a file, read into the model.
void load_weights_of(const Model& source, const Model& into) {
  const TempFolder folder;
  const std::string path = (folder / "w.weights.h5").string();
  source.save_weights(path);
  into.load_weights(path);
}

TEST(QuantizedFiles, RefuseWeightsThatDoNotFit) {
  const auto dense = [](int units, const char* policy) {
    const Tensor x = Input({4});
    return Model(x, layers::Dense(units, {.name = "d", .dtype = policy})(x));
  };
  const Model int8 = dense(3, "int8_from_float32");
  const auto before = int8.weights()[1].value().to_vector<float>();
  expect_error<IoError>([&] { load_weights_of(dense(3, "float32"), int8); },
                        "expected 3 variables, but the file has 2");
  expect_error<ShapeError>([&] { load_weights_of(dense(5, "int8_from_float32"), int8); },
                           "has shape (4, 5)");
  expect_error<ShapeError>([&] { load_weights_of(dense(3, "int4_from_float32"), int8); },
                           "has shape (4, 2)");
  expect_error<IoError>([&] { load_weights_of(int8, dense(3, "float32")); },
                        "expected 2 variables, but the file has 3");
  EXPECT_EQ(int8.weights()[1].value().to_vector<float>(), before);
}

TEST(QuantizedFiles, RefuseFloatsForBytes) {
  // As many variables of the same shapes, all in floats.
  const Tensor x = Input({4});
  const Model floats(x, layers::Dense(3)(x));
  const Model bytes(x, layers::Dense(3, {.use_bias = false, .dtype = "int8_from_float32"})(x));
  expect_error<DtypeError>([&] { load_weights_of(floats, bytes); },
                           "has dtype float32, the model's");
}

}  // namespace
}  // namespace keras
