// The models of models.py, written by Python's Keras, and by older ones where the environment names
// them: we load, predict, train on and write, and Python's Keras 3 goes on from our files.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include "keras/keras.h"
#include "keras/saving/json/json.h"
#include "tests/support/python.h"
#include "tests/support/temp_folder.h"

namespace keras {
namespace {

using test_support::TempFolder;

constexpr int kSteps = 3;

void expect_near(const Tensor& got, const Tensor& expected, double tolerance) {
  ASSERT_EQ(got.shape(), expected.shape());
  const auto a = got.to_vector<double>(), b = expected.to_vector<double>();
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    worst = std::fmax(worst, std::abs(a[i] - b[i]) / (1 + std::abs(b[i])));
  EXPECT_LE(worst, tolerance);
  for (const double value : a) ASSERT_TRUE(std::isfinite(value));
}

/// models.py's layer of the user's own.
class Scale final : public LayerImpl {
 public:
  explicit Scale(double factor) : LayerImpl({"real_keras>Scale"}), factor_(factor) {}
  void build(const Shapes& shapes) override {
    gain_ = add_weight("gain", {shapes[0][-1]}, {.initializer = "ones"});
  }
  Tensor call(const Tensor& x, const CallContext&) override { return x * gain_.value() * factor_; }
  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("factor", factor_);
    return config;
  }

 private:
  double factor_;
  Variable gain_;
};

/// One of models.py's folders.
class WrittenModel {
 public:
  WrittenModel(const std::filesystem::path& folder, const Config& entry)
      : folder_(folder / entry.at("name").as_string()),
        entry_(entry),
        tolerance_(entry.at("tolerance").as_double()),
        steps_tolerance_(entry.at("steps_tolerance").as_double()) {
    for (auto& [name, value] : load_tensors(folder_ / "data.npz")) arrays_[name] = value;
    x_ = list('x', entry.at("inputs").as_int());
    y_ = list('y', entry.at("outputs").as_int());
  }

  void check_all() {
    for (const auto& file : entry_.at("files").as_list()) {
      SCOPED_TRACE(file.as_string());
      try {
        check_file(file.as_string());
      } catch (const Error& error) {
        ADD_FAILURE() << error.message();
      }
    }
  }

 private:
  Data list(char letter, std::int64_t count) const {
    Tensors tensors;
    for (std::int64_t i = 0; i < count; ++i)
      tensors.push_back(arrays_.at(letter + std::to_string(i)));
    return tensors.size() == 1 ? Data(tensors[0]) : Data(tensors);
  }

  void check_file(const std::string& file) {
    if (file == "model.json") return;
    if (!file.starts_with("model.")) {
      const Model model = model_from_json(test_support::read_file(folder_ / "model.json"));
      model.load_weights((folder_ / file).string());
      return expect_outputs(model);
    }
    const Model model = load_model(folder_ / file);
    expect_outputs(model);
    if (entry_.at("trains").as_bool()) {
      for (int step = 0; step < kSteps; ++step) model.train_on_batch(x_, y_);
      expect_weights(model);
    }
    if (file == "model.keras") write_ours(model);
  }

  void expect_outputs(const Model& model) const {
    const Tensors outputs = model.predict_list(x_, {.verbose = 0});
    for (std::size_t i = 0; i < outputs.size(); ++i)
      expect_near(outputs[i], arrays_.at("out" + std::to_string(i)), tolerance_);
  }

  void expect_weights(const Model& model) const {
    const Tensors weights = model.get_weights();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      SCOPED_TRACE(model.weights()[i].path());
      expect_near(weights[i], arrays_.at("w" + std::to_string(i)), steps_tolerance_);
    }
  }

  /// What models.py's `check` is to find.
  void write_ours(const Model& model) const {
    model.save((folder_ / "ours.keras").string());
    if (entry_.at("h5").as_bool()) model.save((folder_ / "ours.h5").string());
    model.save_weights((folder_ / "ours.weights.h5").string());
    NamedTensors ours;
    for (const auto& [name, value] : arrays_)
      if (name[0] == 'x' || name[0] == 'y') ours.emplace_back(name, value);
    const auto add = [&](const std::string& name, const Tensors& values) {
      for (std::size_t i = 0; i < values.size(); ++i)
        ours.emplace_back(name + std::to_string(i), ops::cast(values[i], DType::kFloat32));
    };
    add("out", model.predict_list(x_, {.verbose = 0}));
    if (entry_.at("trains").as_bool()) model.train_on_batch(x_, y_);
    add("w", model.get_weights());
    save_tensors(folder_ / "ours.npz", ours);
  }

  std::filesystem::path folder_;
  Config entry_;
  double tolerance_;
  double steps_tolerance_;
  std::map<std::string, Tensor> arrays_;
  Data x_, y_;
};

class RealKerasModels : public testing::Test {
 protected:
  void SetUp() override {
    judge_ = test_support::find_python("keras, jax, h5py");
    if (!judge_) GTEST_SKIP() << "no Python with Keras and JAX; name one in KERAS_TEST_PYTHON";
  }

  /// models.py's own lines, without what its frameworks say.
  std::string run(const std::string& python, const std::string& arguments) const {
    const std::string script = test_support::read_file("tests/real_keras/models.py");
    std::istringstream lines(test_support::run_python(
        python, folder_, "import sys\nsys.argv[1:] = '" + arguments + "'.split()\n" + script));
    std::string text;
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with("models: ")) text += line.substr(8) + "\n";
    return text;
  }

  /// `writer`, a module of `python`, writes; we read and write; Keras 3 reads.
  void exchange(const std::string& python, const std::string& writer) {
    EXPECT_EQ(run(python, "write . " + writer), "written\n");
    const std::string table = test_support::read_file(folder_ / "models.json");
    ASSERT_FALSE(table.empty());
    int files = 0;
    const Config rows = saving::parse_json(table, "models.json");
    for (const auto& entry : rows.as_list()) {
      SCOPED_TRACE(entry.at("name").as_string());
      WrittenModel(folder_ / "", entry).check_all();
      files += static_cast<int>(entry.at("files").size());
    }
    EXPECT_EQ(run(*judge_, "check ."), "checked\n");
    std::printf("%d files of %s\n", files, writer.c_str());
  }

  std::optional<std::string> judge_;
  TempFolder folder_;
};

TEST_F(RealKerasModels, GoBothWays) {
  register_layer("real_keras>Scale",
                 [](const Config& config) { return make_layer<Scale>(config.get("factor", 1.0)); });
  exchange(*judge_, "keras");
}

/// Older writers, each in an environment of its own that test.sh makes when asked to.
class OlderKerasModels : public RealKerasModels, public testing::WithParamInterface<const char*> {};

TEST_P(OlderKerasModels, ComeOver) {
  const std::string writer = GetParam();
  const std::string variable = "KERAS_TEST_PYTHON_" + writer;
  const char* python = std::getenv(variable.c_str());
  if (!python) GTEST_SKIP() << "no Python named in " << variable;
  exchange(python, writer);
}

INSTANTIATE_TEST_SUITE_P(Writers, OlderKerasModels, testing::Values("tf_keras", "tensorflow"));

}  // namespace
}  // namespace keras
