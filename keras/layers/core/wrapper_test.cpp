#include "keras/layers/core/wrapper.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/serialization.h"
#include "keras/models/model.h"
#include "keras/ops/numpy.h"
#include "keras/saving/saving_api.h"
#include "keras/saving/serialization.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_input_gradients;
using testing::expect_values;
using testing::ramp;

struct ResidualOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The inputs and what the layer inside makes of them.
class Residual : public Layer {
 public:
  explicit Residual(Layer inner, ResidualOptions options = {})
      : Layer(std::make_shared<Impl>(
            LayerBase{"tests>Residual", options.name, options.trainable, options.dtype},
            std::move(inner))) {}

  static Residual from_config(const Config& config) {
    ConfigReader reader("tests>Residual", config);
    const Layer inner = deserialize(reader.require("layer"));
    return Residual(inner, finish_options(reader, ResidualOptions{}));
  }

 private:
  class Impl final : public WrapperImpl {
   public:
    using WrapperImpl::WrapperImpl;
    Tensor call(const Tensor& x, const CallContext&) override { return x + layer()(x); }
  };
};

TEST(Wrapper, BuildsAndCallsTheLayerInside) {
  const Dense dense(2, {.kernel_initializer = "ones", .name = "inner"});
  const Residual layer(dense, {.name = "outer"});
  expect_values(layer(ramp({1, 2})), {1, 2}, {-2, -0.25f});
  EXPECT_TRUE(dense.built());
  ASSERT_EQ(layer.trainable_weights().size(), 2u);
  EXPECT_EQ(layer.weights()[0].path(), "outer/inner/kernel");
  layer.set_trainable(false);
  EXPECT_TRUE(dense.trainable_weights().empty());
}

TEST(Wrapper, LeavesALayerThatIsBuiltAsItIs) {
  const Dense dense(2);
  dense.build(Shape{kUnknown, 2});
  const auto kernel = dense.get_weights()[0].to_vector<float>();
  const Residual layer(dense);
  layer(ramp({1, 2}));
  EXPECT_EQ(layer.get_weights()[0].to_vector<float>(), kernel);
}

TEST(Wrapper, ConfigHoldsTheLayerInside) {
  const Residual layer(Dense(2, {.name = "inner"}));
  expect_config_keys(layer, {"layer"});
  EXPECT_EQ(layer.get_config().at("layer").at("class_name").as_string(), "Dense");
  expect_config_round_trip(layer);
}

TEST(Wrapper, FilesHoldTheLayerInside) {
  register_layer<Residual>("tests>Residual");
  const Tensor x = Input({2});
  const Model model({x}, {Residual(Dense(2))(x)});
  const std::string file = ::testing::TempDir() + "/wrapper.keras";
  model.save(file);
  const Model loaded = load_model(file);
  expect_values(loaded(ramp({3, 2})), {3, 2}, model(ramp({3, 2})).to_vector<float>());
  std::filesystem::remove(file);
}

TEST(Wrapper, HasRightGradients) {
  expect_input_gradients(Residual(Dense(3, {.dtype = "float64"}), {.dtype = "float64"}), {2, 3});
}

TEST(Wrapper, RefusesAnEmptyLayer) {
  expect_error<ValueError>([] { Residual{Layer()}; },
                           "supplied to Wrapper isn't a supported layer type.");
}

}  // namespace
}  // namespace keras::layers
