// Python's Keras as the judge of both directions: it writes and we load, we write and it loads.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "keras/keras.h"
#include "keras/saving/json/json.h"
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

/// Of a file's weights, those go where Keras puts them, and the others stay as they are.
TEST_F(KerasPythonTest, PartsOfWeightsGoWhereItPutsThem) {
  run(R"(
import h5py, json
from keras.src.legacy.saving import legacy_h5_format
def net(width, norm, second, more=()):
    first = [keras.Input((6,)), layers.Dense(width, name="first"),
             layers.BatchNormalization(name=norm), layers.Dense(second, name="second")]
    return keras.Sequential(first + [layers.Dense(n, name=f"more{n}") for n in more])
def fill(model, start):
    model.set_weights([np.full(w.shape, start + i, "float32") for i, w in enumerate(model.weights)])
source = net(4, "norm", 2)
fill(source, 100)
source.save("whole.h5")
source.save_weights("alone.weights.h5")
with h5py.File("legacy.h5", "w") as file:
    legacy_h5_format.save_weights_to_hdf5_group(file, source)
models = {"same": net(4, "norm", 2), "renamed": net(4, "other", 2), "wider": net(4, "norm", 3),
          "longer": net(4, "other", 2, (5, 1)), "other": net(7, "norm", 2)}
rows = []
for name, model in models.items():
    open(f"{name}.json", "w").write(model.to_json())
    for file in ["whole.h5", "legacy.h5", "alone.weights.h5"]:
        for by_name in [False, True]:
            for skip in [False, True]:
                if by_name and file == "alone.weights.h5":
                    continue
                fill(model, 0)
                try:
                    model.load_weights(file, skip_mismatch=skip,
                                       **({"by_name": True} if by_name else {}))
                    failed = False
                except ValueError:
                    failed = True
                rows.append([name, file, by_name, skip, failed,
                             [] if failed else [float(w[-1].reshape(-1)[-1]) if w.ndim > 1 else
                                                float(w[-1]) for w in model.get_weights()]])
json.dump(rows, open("rows.json", "w"))
)");
  if (HasFailure()) return;
  const Config rows = saving::parse_json(test_support::read_file(path("rows.json")), "rows");
  int failures = 0;
  for (const Config& row : rows.as_list()) {
    SCOPED_TRACE(saving::dump_json(row));
    const std::vector<Config>& r = row.as_list();
    const Model model =
        model_from_json(test_support::read_file(path((r[0].as_string() + ".json").c_str())));
    double start = 0;
    for (const auto& weight : model.weights())
      weight.assign(ops::full(weight.shape(), start++).eval());
    bool failed = false;
    try {
      model.load_weights(path(r[1].as_string().c_str()),
                         {.skip_mismatch = r[3].as_bool(), .by_name = r[2].as_bool()});
    } catch (const Error&) {
      failed = true;
    }
    EXPECT_EQ(failed, r[4].as_bool());
    failures += failed ? 1 : 0;
    if (failed || r[4].as_bool()) continue;
    std::vector<double> got, expected;
    for (const auto& weight : model.weights())
      got.push_back(weight.value().to_vector<double>().back());
    for (const Config& value : r[5].as_list()) expected.push_back(value.as_double());
    EXPECT_EQ(got, expected);
  }
  EXPECT_GT(rows.size(), 40u);
  EXPECT_GT(failures, 5);
}

}  // namespace
}  // namespace keras
