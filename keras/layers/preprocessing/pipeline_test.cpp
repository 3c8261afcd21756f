#include "keras/layers/preprocessing/pipeline.h"

#include <gtest/gtest.h>

#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/preprocessing/center_crop.h"
#include "keras/layers/preprocessing/random_flip.h"
#include "keras/layers/preprocessing/rescaling.h"
#include "keras/models/model.h"
#include "keras/ops/numpy.h"
#include "keras/saving/saving_api.h"
#include "tests/support/layer_checks.h"
#include "tests/support/temp_folder.h"

namespace keras::layers {
namespace {

using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;
using testing::ramp;

TEST(Pipeline, CallsLayersInOrder) {
  const Pipeline layer({Rescaling(2, {.offset = 1}), CenterCrop(1, 2)});
  const Tensor x = ops::reshape(ops::arange(0, 12, 1, DType::kFloat32), {1, 3, 4, 1});
  expect_values(layer(x), {1, 1, 2, 1}, {11, 13});
  EXPECT_EQ(layer.layers().size(), 2u);
  EXPECT_EQ(layer(Input({3, 4, 1})).shape().to_string(), "(None, 1, 2, 1)");
}

TEST(Pipeline, IsInTrainingUnlessToldOtherwise) {
  const Pipeline layer({RandomFlip({.seed = 1})});
  const Tensor x = ramp({16, 2, 3, 1});
  EXPECT_NE(layer(x).to_vector<float>(), x.to_vector<float>());
  EXPECT_EQ(layer(x, {.training = false}).to_vector<float>(), x.to_vector<float>());
}

TEST(Pipeline, IsSavedWithItsWeights) {
  Tensor inputs = Input({3});
  const Model model(inputs, Pipeline({Rescaling(0.5), Dense(2)})(inputs));
  const test_support::TempFolder folder;
  model.save(folder / "m.keras");
  const Model loaded = load_model(folder / "m.keras");
  EXPECT_EQ(loaded.predict(ramp({4, 3}), {.verbose = 0}).to_vector<float>(),
            model.predict(ramp({4, 3}), {.verbose = 0}).to_vector<float>());
}

TEST(Pipeline, ConfigIsKeras) {
  expect_config_round_trip(Pipeline({Rescaling(0.5), CenterCrop(2, 2)}));
  expect_error<ValueError>([] { Pipeline({Layer{}}); }, "`layers` must be a list of layers");
  expect_error<ValueError>(
      [] {
        Pipeline::from_config({{"name", "p"}});
      },
      "must contain a `layers` key mapping to a list of serialized layers. Received config with "
      "layers=None.");
}

}  // namespace
}  // namespace keras::layers
