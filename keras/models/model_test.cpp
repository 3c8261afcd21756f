#include "keras/models/model.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "keras/engine/error.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/regularization/dropout.h"
#include "keras/models/sequential.h"
#include "keras/models/summary.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/random/random.h"
#include "keras/saving/saving_api.h"
#include "keras/saving/serialization.h"
#include "keras/utils/naming.h"

namespace keras {
namespace {

using layers::Dense;

std::vector<float> values(const Tensor& x) { return x.to_vector<float>(); }
Tensor some(const Shape& shape) { return random::normal(shape, {.seed = 3}).eval(); }

/// Two inputs, a shared layer, an operation of keras.ops, two outputs.
Model two_ends() {
  const Tensor a = Input({4}, {.name = "a"}), b = Input({4}, {.name = "b"});
  const Dense shared(3, {.activation = "tanh", .name = "shared"});
  const Tensor left = shared(a), right = shared(b);
  const Tensor sum = ops::relu(left + right) * 2.0;
  return Model({a, b}, {Dense(1, {.name = "first"})(sum), Dense(2, {.name = "second"})(sum)},
               {.name = "two_ends"});
}

TEST(Model, FunctionalComputesWhatItsLayersDo) {
  const Model model = two_ends();
  const Tensor a = some({5, 4}), b = some({5, 4}) * 2;
  const Tensors out = model.call_list({a, b});
  const Layer shared = model.get_layer("shared");
  const Tensor sum = ops::relu(shared(a) + shared(b)) * 2.0;
  EXPECT_EQ(values(out[0]), values(model.get_layer("first")(sum)));
  EXPECT_EQ(values(out[1]), values(model.get_layer("second")(sum)));
  EXPECT_EQ(model.count_params(), 15 + 4 + 8);
  EXPECT_EQ(model.input_names(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(model.output_names(), (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(model.outputs()[1].shape(), (Shape{kUnknown, 2}));
}

TEST(Model, JsonRoundTripKeepsTheArchitecture) {
  const Model model = two_ends();
  const Model again = model_from_json(model.to_json());
  EXPECT_EQ(again.to_json(), model.to_json());
  again.set_weights(model.get_weights());
  const Tensors in = {some({2, 4}), some({2, 4})};
  EXPECT_EQ(values(again.call_list(in)[1]), values(model.call_list(in)[1]));
}

TEST(Model, KerasFileRoundTripPredictsTheSameBits) {
  const auto path = std::filesystem::temp_directory_path() / "keras_cpp_model_test.keras";
  const Model model = two_ends();
  save_model(model, path);
  const Model again = load_model(path);
  const Tensors in = {some({2, 4}), some({2, 4})};
  EXPECT_EQ(values(again.call_list(in)[0]), values(model.call_list(in)[0]));
  EXPECT_THROW(save_model(model, path.string() + ".zip"), ValueError);
  EXPECT_THROW(load_model("/no/such/file.keras"), IoError);
  std::filesystem::remove(path);
}

TEST(Model, IntermediateOutputsMakeNewModels) {
  const Model model = two_ends();
  const Tensor inner = model.get_layer("first").input();
  const Model front(model.inputs(), {inner});
  EXPECT_EQ(front.outputs()[0].shape(), (Shape{kUnknown, 3}));
  const Model back(inner, model.outputs()[0]);
  const Tensors in = {some({2, 4}), some({2, 4})};
  EXPECT_EQ(values(back(front.call_list(in)[0])), values(model.call_list(in)[0]));
}

TEST(Model, NestedModelsAreLayers) {
  const Sequential inner({Input({4}), Dense(3, {.activation = "relu"}), Dense(2)});
  const Tensor x = Input({4});
  const Model outer(x, Dense(1)(inner(x)));
  EXPECT_EQ(outer.count_params(), 15 + 8 + 3);
  const Model again = model_from_json(outer.to_json());
  again.set_weights(outer.get_weights());
  EXPECT_EQ(values(again(some({3, 4}))), values(outer(some({3, 4}))));
}

TEST(Model, GraphErrorsSayWhatIsMissing) {
  const Tensor a = Input({4}), b = Input({4});
  const Tensor sum = Dense(2)(a) + Dense(2)(b);
  EXPECT_THROW(Model(a, sum), ValueError);
  EXPECT_THROW(Model(some({2, 4}), sum), ValueError);
  const Tensor twice = Dense(2, {.name = "same"})(Dense(2, {.name = "same"})(a));
  EXPECT_THROW(Model(a, twice), ValueError);
  EXPECT_THROW(two_ends().get_layer("nothing"), ValueError);
  EXPECT_THROW(model_from_json(R"({"class_name": "Sequential", "module": "keras", "config": {
    "name": "s", "layers": [{"class_name": "Mystery", "config": {}},
                            {"class_name": "Enigma", "config": {}}]}})"),
               ValueError);
}

TEST(Sequential, AddsPopsAndBuildsLate) {
  const Sequential model;
  model.add(Dense(3));
  model.add(Dense(2));
  EXPECT_FALSE(model.built());
  EXPECT_THROW(model.count_params(), NotBuiltError);
  EXPECT_EQ(model(some({5, 4})).shape(), (Shape{5, 2}));
  EXPECT_EQ(model.count_params(), 15 + 8);
  model.pop();
  EXPECT_EQ(model(some({5, 4})).shape(), (Shape{5, 3}));
  EXPECT_EQ(model.layers().size(), 1U);
  EXPECT_THROW(Sequential().pop(), ValueError);
  EXPECT_THROW(Sequential({Dense(1, {.name = "x"}), Dense(1, {.name = "x"})}), ValueError);
}

TEST(Sequential, FreezingALayerTakesItsWeightsOutOfTraining) {
  const Sequential model({Input({4}), Dense(3), Dense(2)});
  model.layers()[0].set_trainable(false);
  EXPECT_EQ(model.trainable_weights().size(), 2U);
  EXPECT_EQ(model.non_trainable_weights().size(), 2U);
  model.set_trainable(false);
  EXPECT_TRUE(model.trainable_weights().empty());
}

/// A layer as a user writes one.
class Scale final : public LayerImpl {
 public:
  explicit Scale(double factor) : LayerImpl({"my_app>Scale"}), factor_(factor) {}
  void build(const Shapes& shapes) override {
    offset_ = add_weight("offset", {shapes[0][-1]}, {.initializer = "ones"});
  }
  Tensor call(const Tensor& x, const CallContext&) override {
    return x * factor_ + offset_.value();
  }
  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("factor", factor_);
    return config;
  }

 private:
  double factor_;
  Variable offset_;
};

TEST(Model, LayersOfOnesOwnAreSavedAndLoaded) {
  register_layer("my_app>Scale",
                 [](const Config& config) { return make_layer<Scale>(config.get("factor", 1.0)); });
  const Sequential model({Input({2}), make_layer<Scale>(3.0)});
  EXPECT_EQ(values(model(Tensor::from(std::vector<float>{1, 2}, {1, 2}))),
            (std::vector<float>{4, 7}));
  const Model again = model_from_json(model.to_json());
  EXPECT_EQ(again.layers()[0].class_name(), "my_app>Scale");
}

TEST(Model, EndsMayHaveNames) {
  const Tensor a = Input({4}, {.name = "a"}), b = Input({4}, {.name = "b"});
  const Tensor shown = Dense(2, {.name = "d1"})(a - b);
  const Model inner({{"b", b}, {"a", a}}, {{"z", shown}, {"y", Dense(3, {.name = "d2"})(a)}},
                    {.name = "inner"});
  EXPECT_EQ(inner.output_names(), (std::vector<std::string>{"d2", "d1"}));
  const Tensor u = Input({4}, {.name = "u"}), v = Input({4}, {.name = "v"});
  const TensorMap parts = inner.call_map({{"b", v}, {"a", u}});
  const Model model({{"v", v}, {"u", u}},
                    {{"sum", ops::sum(parts.at("y"), {.axis = -1})}, {"same", parts.at("z")}});
  const Tensor xu = some({2, 4}), xv = some({2, 4}) * 2;
  const Tensors expected = inner.call_list({xu, xv});
  const TensorMap got = model.call_map({{"v", xv}, {"u", xu}});
  EXPECT_EQ(values(got.at("same")), values(expected[1]));
  EXPECT_EQ(values(got.at("sum")), values(ops::sum(expected[0], {.axis = -1})));
  EXPECT_EQ(values(model.predict_map({{"v", xv}, {"u", xu}}, {.verbose = 0}).at("same")),
            values(expected[1]));
  const Model again = model_from_json(model.to_json());
  EXPECT_EQ(again.to_json(), model.to_json());
  again.set_weights(model.get_weights());
  EXPECT_EQ(values(again.call_map({{"v", xv}, {"u", xu}}).at("same")), values(expected[1]));
  const Config config = model.get_config();
  EXPECT_EQ(config.at("input_layers").to_string(), R"({"v": ["v", 0, 0], "u": ["u", 0, 0]})");
  EXPECT_EQ(config.at("output_layers").at("same").to_string(), R"(["inner", 1, 1])");
  try {
    model.call_list(NamedTensors{{"v", xv}, {"w", xu}});
    FAIL() << "an unknown name was taken";
  } catch (const ValueError& error) {
    EXPECT_NE(std::string(error.what()).find("expected ['u', 'v'], received ['v', 'w']"),
              std::string::npos)
        << error.what();
  }
}

TEST(Model, ReadsCallsByNameOfModelsWithAListOfInputs) {
  const Tensor b = Input({3}, {.name = "b"}), a = Input({3}, {.name = "a"});
  const Model inner({b, a}, b - a, {.name = "inner"});
  const Tensor u = Input({3}, {.name = "u"}), v = Input({3}, {.name = "v"});
  const Model model({u, v}, inner({{"a", u}, {"b", v}}));
  const Tensor xu = some({2, 3}), xv = some({2, 3}) * 3;
  EXPECT_EQ(values(model({xu, xv})), values(xv - xu));
  const std::string json = model.to_json();
  const Config call =
      model.get_config().at("layers").at(std::size_t{2}).at("inbound_nodes").at(std::size_t{0});
  EXPECT_TRUE(call.at("args").at(std::size_t{0}).at("a").is_dict()) << call.to_string();
  EXPECT_EQ(values(model_from_json(json)({xu, xv})), values(xv - xu));
}

TEST(Model, ModelsFromListsKeepThem) {
  const Tensor a = Input({4}, {.name = "a"});
  const Model model(Tensors{a}, Tensors{Dense(1, {.name = "d"})(a)});
  EXPECT_EQ(model.get_config().at("input_layers").to_string(), R"([["a", 0, 0]])");
  EXPECT_EQ(model_from_json(model.to_json()).to_json(), model.to_json());
  EXPECT_EQ(model.output().shape(), (Shape{kUnknown, 1}));
  EXPECT_TRUE(model.input().is_same(a));
}

TEST(Model, SaysWhetherItsLayersTrain) {
  const Tensor input = Input({8});
  const Model model(input, layers::Dropout(0.5, {.seed = 1})(input, {.training = true}));
  const Tensor x = ops::ones({4, 8});
  EXPECT_EQ(values(model(x, {.training = false})), values(x));
  EXPECT_NE(values(model(x, {.training = true})), values(x));
  // As recorded, where nobody says.
  EXPECT_NE(values(model(x)), values(x));
  EXPECT_EQ(values(model.predict(x, {.verbose = 0})), values(x));
}

TEST(Summary, LooksLikeKeras) {
  reset_names();
  const Sequential model({Input({8}), Dense(10), Dense(1, {.name = "head"})}, {.name = "seq"});
  const std::string expected =
      "Model: \"seq\"\n"
      "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓\n"
      "┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃\n"
      "┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩\n"
      "│ dense (Dense)                   │ (None, 10)             │            90 │\n"
      "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
      "│ head (Dense)                    │ (None, 1)              │            11 │\n"
      "└─────────────────────────────────┴────────────────────────┴───────────────┘\n"
      " Total params: 101 (404.00 B)\n"
      " Trainable params: 101 (404.00 B)\n"
      " Non-trainable params: 0 (0.00 B)\n";
  EXPECT_EQ(summary_text(model, {}), expected);
}

}  // namespace
}  // namespace keras
