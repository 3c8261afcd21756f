#include <gtest/gtest.h>

#include "keras/keras.h"
#include "tests/support/temp_folder.h"

namespace keras {
namespace {

TEST(LowRankAdaptation, IsSavedInItsKernel) {
  const test_support::TempFolder folder;
  const Tensor input = Input({3});
  const Model model(input, layers::Dense(2, {.lora_rank = 1})(input));
  const Tensor a = model.weights()[2].value();
  model.weights()[3].assign(ops::ones({1, 2}));
  const Tensor x = ops::ones({4, 3});
  const auto expected = model.predict(x, {.verbose = 0}).to_vector<float>();
  const auto sum = ops::add(model.weights()[0].value(), a).to_vector<float>();
  for (const char* name : {"model.keras", "model.weights.h5"}) {
    SCOPED_TRACE(name);
    const std::string path = (folder / name).string();
    const bool whole = path.ends_with(".keras");
    if (whole) {
      model.save(path);
    } else {
      model.save_weights(path);
    }
    const Tensor in = Input({3});
    const Model again =
        whole ? load_model(path) : Model(in, layers::Dense(2, {.lora_rank = 1})(in));
    if (!whole) again.load_weights(path);
    const auto actual = again.predict(x, {.verbose = 0}).to_vector<float>();
    for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-6);
    EXPECT_EQ(again.weights()[0].value().to_vector<float>(), sum);
    EXPECT_EQ(again.weights()[3].value().to_vector<float>(), (std::vector<float>{0, 0}));
  }
}

TEST(LowRankAdaptation, StaysWhereItsLayerIsSkipped) {
  const test_support::TempFolder folder;
  const std::string path = (folder / "other.weights.h5").string();
  const Tensor wide = Input({4}), input = Input({3});
  Model(wide, layers::Dense(2)(wide)).save_weights(path);
  const Model model(input, layers::Dense(2, {.lora_rank = 1})(input));
  model.weights()[3].assign(ops::ones({1, 2}));
  model.load_weights(path, {.skip_mismatch = true});
  EXPECT_EQ(model.weights()[3].value().to_vector<float>(), (std::vector<float>{1, 1}));
}

TEST(LowRankAdaptation, TrainsItsFactorsAndNotItsKernel) {
  const Tensor input = Input({3});
  Model model(input, layers::Dense(2, {.lora_rank = 1})(input));
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const auto kernel = model.weights()[0].value().to_vector<float>();
  const auto b = model.weights()[3].value().to_vector<float>();
  model.fit(ops::ones({4, 3}), ops::ones({4, 2}), {.epochs = 2, .verbose = 0});
  EXPECT_EQ(model.weights()[0].value().to_vector<float>(), kernel);
  EXPECT_NE(model.weights()[3].value().to_vector<float>(), b);
}

}  // namespace
}  // namespace keras
