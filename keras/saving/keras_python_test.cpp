// Python's Keras as the judge of both directions: it writes and we load, we write and it loads.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "keras/keras.h"
#include "tests/support/python.h"
#include "tests/support/temp_folder.h"

namespace keras {
namespace {

using test_support::TempFolder;

constexpr const char* kHead = R"(
import os
os.environ.setdefault("KERAS_BACKEND", "jax")
import keras, numpy as np
from keras import layers, ops
x = (np.arange(24, dtype="float32").reshape(4, 6) - 12) / 10
y = np.stack([x.sum(axis=1), x[:, 0]], axis=1)
def graph():
    # Without a bias in front of the normalization: its gradient is zero but for rounding, which
    # Adam would make steps of.
    a = keras.Input((6,), name="a")
    shared = layers.Dense(4, activation="tanh", name="shared")
    left, right = shared(a), shared(a * 2.0 + 1.0)
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3, use_bias=False),
                              layers.BatchNormalization()],
                             name="inner")
    joined = ops.concatenate([inner(left), inner(right)], axis=-1)
    out = layers.Dense(2, name="out")(joined[:, 1:5] - ops.mean(joined, axis=-1, keepdims=True))
    model = keras.Model(a, out)
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    model.fit(x, y, epochs=2, verbose=0)
    return model
)";

class KerasPythonTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto python = test_support::find_python("keras, h5py, jax");
    if (!python) GTEST_SKIP() << "no Python with Keras; name one in KERAS_TEST_PYTHON";
    python_ = *python;
  }
  /// Ends in "fine" unless the script failed.
  void run(const std::string& script) {
    const std::string said =
        test_support::run_python(python_, folder_, kHead + script + "\nprint('fine')\n");
    EXPECT_TRUE(said.ends_with("fine\n")) << said;
  }
  std::string path(const char* name) const { return (folder_ / name).string(); }
  Tensor array(const char* name) const { return load_tensor(folder_ / name); }

  static void expect_near(const Tensor& got, const Tensor& expected, double tolerance) {
    ASSERT_EQ(got.shape(), expected.shape());
    const auto a = got.to_vector<double>(), b = expected.to_vector<double>();
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance) << i;
  }

  TempFolder folder_;
  std::string python_;
};

TEST_F(KerasPythonTest, WeLoadItsFilesAndTrainOn) {
  run(R"(
model = graph()
model.save("m.keras"); model.save("m.h5"); model.save_weights("m.weights.h5")
model.save_weights("m.weights.json", max_shard_size=1e-7)
open("m.json", "w").write(model.to_json())
np.save("x.npy", x); np.save("y.npy", y); np.save("before.npy", model.predict(x, verbose=0))
for _ in range(3): model.train_on_batch(x, y)
np.save("after.npy", model.predict(x, verbose=0))
)");
  if (HasFailure()) return;
  const Tensor x = array("x.npy"), y = array("y.npy");
  for (const char* name : {"m.keras", "m.h5"}) {
    const Model model = load_model(path(name));
    expect_near(model.predict(x, {.verbose = 0}), array("before.npy"), 1e-5);
    for (int i = 0; i < 3; ++i) model.train_on_batch(x, y);
    expect_near(model.predict(x, {.verbose = 0}), array("after.npy"), 1e-4);
  }
  const Model model = model_from_json(test_support::read_file(path("m.json")));
  for (const char* name : {"m.weights.h5", "m.weights.json", "m.h5", "m.keras"}) {
    for (const auto& weight : model.weights()) weight.assign(ops::zeros_like(weight).eval());
    model.load_weights(path(name));
    expect_near(model.predict(x, {.verbose = 0}), array("before.npy"), 1e-5);
  }
}

TEST_F(KerasPythonTest, ItLoadsOurFilesAndTrainsOn) {
  run(R"(graph().save("m.keras"); np.save("x.npy", x); np.save("y.npy", y))");
  if (HasFailure()) return;
  const Tensor x = array("x.npy"), y = array("y.npy");
  const Model model = load_model(path("m.keras"));
  model.train_on_batch(x, y);
  model.save(path("ours.keras"));
  model.save(path("ours.h5"));
  model.save_weights(path("ours.weights.h5"));
  model.save_weights(path("shards.weights.json"), {.max_shard_size = 1e-7});
  save_tensor(path("before.npy"), model.predict(x, {.verbose = 0}));
  model.train_on_batch(x, y);
  save_tensor(path("after.npy"), model.predict(x, {.verbose = 0}));
  run(R"(
before, after = np.load("before.npy"), np.load("after.npy")
for name in ["ours.keras", "ours.h5"]:
    model = keras.models.load_model(name)
    np.testing.assert_allclose(model.predict(x, verbose=0), before, atol=1e-5)
    if name == "ours.keras":
        model.train_on_batch(x, y)
        np.testing.assert_allclose(model.predict(x, verbose=0), after, atol=1e-4)
model = keras.models.model_from_json(keras.models.load_model("ours.keras").to_json())
for name in ["ours.weights.h5", "shards.weights.json"]:
    for weight in model.weights: weight.assign(np.zeros(weight.shape))
    model.load_weights(name)
    np.testing.assert_allclose(model.predict(x, verbose=0), before, atol=1e-5)
)");
}

}  // namespace
}  // namespace keras
