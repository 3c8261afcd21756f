// Files that are written here, opened and used by Python's Keras; skipped where there is none.

#include <gtest/gtest.h>

#include <optional>
#include <sstream>
#include <string>

#include "keras/keras.h"
#include "tests/support/python.h"
#include "tests/support/temp_folder.h"

namespace keras {
namespace {

using test_support::TempFolder;

/// The network of examples/digits.cpp; without dropout, whose random numbers are not Python's.
Sequential digits_model(double dropout) {
  utils::set_random_seed(42);
  const Sequential model({
      Input({8, 8, 1}),
      layers::Conv2D(32, 3, {.padding = "same", .activation = "relu"}),
      layers::BatchNormalization(),
      layers::Conv2D(64, 3, {.padding = "same", .activation = "relu"}),
      layers::BatchNormalization(),
      layers::MaxPooling2D(2),
      layers::Dropout(dropout),
      layers::Flatten(),
      layers::Dense(128, {.activation = "relu"}),
      layers::Dropout(dropout),
      layers::Dense(10, {.activation = "softmax"}),
  });
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 1e-3}),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  return model;
}

class RealKeras : public testing::Test {
 protected:
  void SetUp() override {
    python_ = test_support::find_python("keras, jax");
    if (!python_) GTEST_SKIP() << "no Python with Keras and JAX; name one in KERAS_TEST_PYTHON";
  }
  /// What a script prints after the imports that all need, without what XLA says in between.
  std::string run(const std::string& script) const {
    std::istringstream lines(test_support::run_python(*python_, folder_,
                                                      "import os\n"
                                                      "os.environ['KERAS_BACKEND'] = 'jax'\n"
                                                      "import keras, numpy as np\n"
                                                      "data = np.load('data.npz')\n" +
                                                          script));
    std::string text;
    for (std::string line; std::getline(lines, line);)
      if (line.find("absl::") == std::string::npos && !line.starts_with("I0000"))
        text += line + "\n";
    return text;
  }

  std::optional<std::string> python_;
  TempFolder folder_;
};

TEST_F(RealKeras, OpensTheDigitsModelAndPredictsTheSame) {
  const auto [train, test] = datasets::digits::load_data();
  const Sequential model = digits_model(0.25);
  model.fit(train.x, train.y, {.epochs = 1, .verbose = 0});
  model.save((folder_ / "digits.keras").string());
  save_tensors(folder_ / "data.npz",
               {{"x", test.x}, {"expected", model.predict(test.x, {.verbose = 0})}});
  EXPECT_EQ(run("model = keras.models.load_model('digits.keras')\n"
                "got = model.predict(data['x'], verbose=0)\n"
                "print('difference', np.abs(got - data['expected']).max() < 1e-5)\n"),
            "difference True\n");
}

TEST_F(RealKeras, GoesOnTrainingWhereWeStopped) {
  const auto [train, test] = datasets::digits::load_data();
  const Sequential model = digits_model(0.0);
  model.fit(train.x, train.y, {.epochs = 1, .verbose = 0});
  model.save((folder_ / "digits.keras").string());
  NamedTensors data;
  for (int step = 0; step < 3; ++step) {
    const Tensor which = ops::arange(32 * step, 32 * (step + 1));
    const Tensor xb = ops::take(train.x, which, {.axis = 0});
    const Tensor yb = ops::take(train.y, which, {.axis = 0});
    const Logs logs = model.train_on_batch(xb, yb);
    data.emplace_back("x" + std::to_string(step), xb);
    data.emplace_back("y" + std::to_string(step), yb);
    data.emplace_back("loss" + std::to_string(step), Tensor::of<double>({logs["loss"]}));
  }
  const Tensors weights = model.get_weights();
  for (std::size_t i = 0; i < weights.size(); ++i)
    data.emplace_back("w" + std::to_string(i), weights[i]);
  save_tensors(folder_ / "data.npz", data);
  EXPECT_EQ(run("model = keras.models.load_model('digits.keras')\n"
                "for step in range(3):\n"
                "    logs = model.train_on_batch(data[f'x{step}'], data[f'y{step}'],\n"
                "                                return_dict=True)\n"
                "    print('loss', np.allclose(logs['loss'], data[f'loss{step}'], 1e-4, 1e-5))\n"
                "print('weights', all(np.allclose(w, data[f'w{i}'], 1e-3, 1e-4)\n"
                "                     for i, w in enumerate(model.get_weights())))\n"),
            "loss True\nloss True\nloss True\nweights True\n");
}

TEST_F(RealKeras, OpensNestedModelsWithEndsByName) {
  const Tensor a = Input({4}, {.name = "a"}), b = Input({4}, {.name = "b"});
  const Model inner({{"b", b}, {"a", a}},
                    {{"z", layers::Dense(2, {.name = "d1"})(a - b * 0.1)},
                     {"y", layers::Dense(3, {.name = "d2"})(a)}},
                    {.name = "inner"});
  const Tensor u = Input({4}, {.name = "u"}), v = Input({4}, {.name = "v"});
  const auto parts = inner.call_map({{"b", v}, {"a", u}});
  const Model model({{"v", v}, {"u", u}},
                    {{"sum", ops::sum(parts.at("y"), {.axis = -1})}, {"same", parts.at("z")}});
  model.save((folder_ / "model.keras").string());
  const Tensor xu = random::normal({5, 4}, {.seed = 1}), xv = random::normal({5, 4}, {.seed = 2});
  const auto expected = model.call_map({{"u", xu}, {"v", xv}});
  save_tensors(folder_ / "data.npz",
               {{"u", xu}, {"v", xv}, {"sum", expected.at("sum")}, {"same", expected.at("same")}});
  EXPECT_EQ(run("model = keras.models.load_model('model.keras')\n"
                "got = model({'u': data['u'], 'v': data['v']})\n"
                "for key in ('sum', 'same'):\n"
                "    print(key, np.allclose(got[key], data[key], 1e-5, 1e-5))\n"
                "model.save('back.keras')\n"),
            "sum True\nsame True\n");
  const Model back = load_model((folder_ / "back.keras").string());
  EXPECT_EQ(back.call_map({{"u", xu}, {"v", xv}}).at("sum").to_vector<float>(),
            expected.at("sum").to_vector<float>());
}

}  // namespace
}  // namespace keras
