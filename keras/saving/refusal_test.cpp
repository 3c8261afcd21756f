// Files that are well formed and ask for what must not be: each is refused with a reason that names
// the culprit, and the model they were meant for keeps its weights.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zip.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iterator>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/text.h"
#include "keras/keras.h"
#include "keras/saving/archive/archive.h"
#include "keras/saving/archive/archive_writer.h"
#include "keras/saving/hdf5/hdf5_writer.h"
#include "keras/saving/json/json.h"
#include "tests/support/python.h"
#include "tests/support/temp_folder.h"

namespace keras {
namespace {

using test_support::TempFolder;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

void expect_names(const std::string& message, const std::string& word) {
  EXPECT_NE(message.find(word), std::string::npos) << "no \"" << word << "\" in: " << message;
}

std::string text_of(const Storage& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class Refusal : public ::testing::Test {
 protected:
  void SetUp() override {
    const Tensor input = Input({4}, {.name = "features"});
    const Tensor hidden = layers::Dense(3, {.name = "hidden"})(input);
    model_ = Model(input, layers::Dense(2, {.name = "scores"})(hidden), {.name = "victim"});
    model_.save(path("good.keras"));
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  /// The good file with another config.
  std::string load_with_text(const std::string& config) const {
    const auto good = saving::Archive::open(path("good.keras"));
    saving::ArchiveWriter writer(path("bad.keras"));
    writer.add("metadata.json", text_of(good.read("metadata.json")));
    writer.add("config.json", config);
    writer.add("model.weights.h5", text_of(good.read("model.weights.h5")));
    writer.finish();
    return message_of([&] { load_model(path("bad.keras")); });
  }

  std::string load_with(const std::function<void(Config& model)>& change) const {
    const auto good = saving::Archive::open(path("good.keras"));
    Config config = saving::parse_json(text_of(good.read("config.json")), "config.json");
    change(*config.find("config"));
    return load_with_text(saving::dump_json(config));
  }

  /// The reason why `hidden` is refused with another value of an argument.
  std::string load_with_argument(const char* key, const Config& value) const {
    return load_with([&](Config& model) { hidden(model).find("config")->set(key, value); });
  }

  static Config& hidden(Config& model) { return model.find("layers")->as_list()[1]; }

  static Config call_of(const Config& layer, const Config& call, const Config& output) {
    const Config history = Config::list({layer, call, output});
    return {{"class_name", "__keras_tensor__"},
            {"config",
             {{"shape", Config::list({nullptr, 3})},
              {"dtype", "float32"},
              {"keras_history", history}}}};
  }

  static void set_input(Config& layer, const Config& tensor) {
    Config node = {{"args", Config::list({tensor})}, {"kwargs", Config::dict()}};
    layer.set("inbound_nodes", Config::list({std::move(node)}));
  }

  /// Why weights that `fill` writes are refused. The model's own must be as before.
  std::string load_weights_with(const std::function<void(saving::Hdf5GroupWriter)>& fill) const {
    saving::Hdf5Writer writer;
    fill(writer.root());
    const auto image = writer.finish();
    saving::AtomicFile file(path("bad.weights.h5"));
    for (const auto& part : image.parts()) file.write(part);
    file.commit();
    return load_bad_weights("bad.weights.h5");
  }

  std::string load_bad_weights(const std::string& name) const {
    const Tensors before = model_.get_weights();
    const std::string message = message_of([&] { model_.load_weights(path(name)); });
    const Tensors after = model_.get_weights();
    for (std::size_t i = 0; i < before.size(); ++i)
      EXPECT_EQ(after[i].to_vector<float>(), before[i].to_vector<float>());
    return message;
  }

  TempFolder folder_;
  Model model_;
};

TEST_F(Refusal, TheGoodFileLoads) {
  EXPECT_EQ(load_with([](Config&) {}), "no error");
}

TEST_F(Refusal, AnEmptyCompileConfigIsThatOfAModelNeverCompiled) {
  const auto good = saving::Archive::open(path("good.keras"));
  Config config = saving::parse_json(text_of(good.read("config.json")), "config.json");
  config.set("compile_config", Config::dict());
  EXPECT_EQ(load_with_text(saving::dump_json(config)), "no error");
  EXPECT_FALSE(load_model(path("bad.keras")).compiled());
}

TEST_F(Refusal, NumbersOutOfRangeNameFileLayerAndArgument) {
  const Config too_large = 9.3e18, nan = std::numeric_limits<double>::quiet_NaN();
  for (const Config& units : {Config(-3), Config(0), Config(std::int64_t{1} << 40), too_large, nan,
                              Config("many"), Config::list({3}), Config(2.5)}) {
    const std::string message = load_with_argument("units", units);
    for (const char* word : {"units", "hidden", "victim", "bad.keras"}) expect_names(message, word);
  }
  expect_names(load_with_text("{\"units\": 99999999999999999999}"), "99999999999999999999");
  expect_names(load_with([](Config& model) {
                 model.find("layers")->as_list()[0].find("config")->set(
                     "batch_shape", Config::list({nullptr, -4}));
               }),
               "-4");
}

long peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

TEST_F(Refusal, LargeLayersTakeNoMemoryBeforeTheirWeightsAreSeen) {
  const long before = peak_megabytes();
  const std::string message = load_with([](Config& model) {
    model.find("layers")->as_list()[2].find("config")->set("units", 2000000000);
  });
  expect_names(message, "(3, 2000000000)");
  EXPECT_LT(peak_megabytes() - before, 64);
}

TEST_F(Refusal, ArgumentsThatWouldChangeTheResultAreNamed) {
  expect_names(load_with_argument("sharpness", 2), "sharpness");
  expect_names(load_with_argument("activation", "reluu"), "reluu");
  expect_names(load_with_argument("dtype", "float33"), "float33");
}

TEST_F(Refusal, AllUnknownClassesAreNamedAtOnce) {
  const std::string message = load_with([](Config& model) {
    hidden(model).set("class_name", "Warp");
    Config& scores = model.find("layers")->as_list()[2];
    scores.set("class_name", "Bidirectional");
    scores.find("config")->set(
        "layer", {{"class_name", "Oracle"}, {"module", "os"}, {"config", Config::dict()}});
  });
  expect_names(message, "Warp");
  expect_names(message, "Oracle");
  expect_names(load_with([](Config& model) { hidden(model).set("class_name", Config()); }),
               "class_name");
}

TEST_F(Refusal, LambdaNeedsAFunctionOfTheProgram) {
  const auto make_lambda = [](const Config& function) {
    return [function](Config& model) {
      hidden(model).set("class_name", "Lambda");
      hidden(model).set("config", {{"name", "hidden"}, {"function", function}});
    };
  };
  const Config code = {{"class_name", "__lambda__"},
                       {"config", {{"code", "4wEAAAAA"}, {"defaults", nullptr}}}};
  expect_names(load_with(make_lambda(code)), "Lambda");
  expect_names(load_with(make_lambda("no_such_function")), "hidden");
}

TEST_F(Refusal, GraphsMustBeWholeAndWithoutCycles) {
  expect_names(load_with([](Config& model) { set_input(hidden(model), call_of("scores", 0, 0)); }),
               "cyclic");
  expect_names(load_with([](Config& model) { set_input(hidden(model), call_of("hidden", 0, 0)); }),
               "cyclic");
  expect_names(load_with([](Config& model) { set_input(hidden(model), call_of("ghost", 0, 0)); }),
               "ghost");
  const auto with_input = [&](int call, int output) {
    return load_with(
        [&](Config& model) { set_input(hidden(model), call_of("features", call, output)); });
  };
  for (const int call : {7, -1}) expect_names(with_input(call, 0), "nothing makes");
  for (const int output : {7, -1}) expect_names(with_input(0, output), "has no output");
  expect_names(load_with([](Config& model) {
                 model.set("output_layers", Config::list({"ghost", 0, 0}));
               }),
               "ghost");
}

TEST_F(Refusal, JsonIsNestedAtMost500Deep) {
  const std::string deep = std::string(501, '[') + std::string(501, ']');
  expect_names(load_with_text(deep), "500");
  std::string sequential = "{\"class_name\": \"Dense\", \"config\": {}}";
  for (int i = 0; i < 300; ++i)
    sequential = "{\"class_name\": \"Sequential\", \"config\": {\"layers\": [" + sequential + "]}}";
  expect_names(load_with_text(sequential), "500");
}

TEST_F(Refusal, WeightsMustBeThoseOfTheModel) {
  const std::vector<float> zeros(12);
  const Storage twelve = Storage::copy_of(std::as_bytes(std::span(zeros)));
  const auto fill = [&](saving::Hdf5GroupWriter root, const Shape& kernel) {
    root.group("layers/dense/vars").dataset("0", DType::kFloat32, kernel, twelve);
  };
  expect_names(load_weights_with([&](auto root) { fill(root, {4, 3}); }), "hidden");
  expect_names(load_weights_with([&](auto root) {
                 root.group("layers/dense/vars").dataset("0", DType::kFloat32, {3, 4}, twelve);
                 root.group("layers/dense/vars")
                     .dataset("1", DType::kFloat32, {3},
                              Storage::copy_of(std::as_bytes(std::span(zeros).first(3))));
               }),
               "hidden");
  expect_names(load_weights_with([&](auto) {}), "hidden");
}

/// `good` with its weights packed, and with a size that says `declared` of them.
std::string with_packed_weights(const std::filesystem::path& good, std::uint32_t declared) {
  zip_t* zip = zip_open(good.c_str(), 0, nullptr);
  const zip_int64_t index = zip_name_locate(zip, "model.weights.h5", 0);
  // Noise behind the HDF5 does not get smaller: a size of 500 times as much is no lie to see at
  // once.
  const auto archive = saving::Archive::open(good);
  std::string weights = text_of(archive.read("model.weights.h5"));
  std::mt19937 random(1);
  for (int i = 0; i < 150000; ++i) weights += static_cast<char>(random());
  zip_source_t* source = zip_source_buffer(zip, weights.data(), weights.size(), 0);
  zip_file_replace(zip, static_cast<zip_uint64_t>(index), source, 0);
  zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), ZIP_CM_DEFLATE, 1);
  EXPECT_EQ(zip_close(zip), 0);
  std::string bytes = test_support::read_file(good);
  const auto field = [](std::uint32_t size) {
    return std::string(reinterpret_cast<const char*>(&size), sizeof size);
  };
  const std::string truth = field(static_cast<std::uint32_t>(weights.size()));
  int found = 0;
  for (std::size_t at = 0; declared != 0 && (at = bytes.find(truth, at)) != bytes.npos; ++found)
    bytes.replace(at, truth.size(), field(declared));
  EXPECT_EQ(found, declared != 0 ? 2 : 0);  // the member's own header, and the directory
  return bytes;
}

TEST_F(Refusal, PackedWeightsMayNotTakeMoreThanTheConfigCallsFor) {
  std::filesystem::copy_file(path("good.keras"), path("packed.keras"));
  with_packed_weights(path("packed.keras"), 0);
  EXPECT_EQ(message_of([&] { load_model(path("packed.keras")); }), "no error");
  test_support::write_file(path("packed.keras"),
                           with_packed_weights(path("good.keras"), 70u << 20));
  const std::string message = message_of([&] { load_model(path("packed.keras")); });
  for (const char* word : {"packed.keras", "model.weights.h5", "73400320 bytes where at most"})
    expect_names(message, word);
}

/// What h5py can write and no file of Keras holds.
TEST_F(Refusal, ForeignKindsOfHdf5AreNoWeights) {
  const auto python = test_support::find_python("h5py");
  if (!python) GTEST_SKIP() << "no Python with h5py; name one in KERAS_TEST_PYTHON";
  model_.save_weights(path("good.weights.h5"));
  const std::pair<const char*, const char*> kinds[] = {
      {"g['0'] = h5py.SoftLink('/layers/dense_1/vars/0')", "soft link"},
      {"g['0'] = h5py.ExternalLink('good.weights.h5', '/layers/dense/vars/0')", "external link"},
      {"g.create_dataset('0', (4, 3), 'f4', external=[('secret.txt', 0, 48)])", "other files"},
      {"v = h5py.VirtualLayout((4, 3), 'f4')\n"
       "v[:] = h5py.VirtualSource('good.weights.h5', 'layers/dense/vars/0', (4, 3))\n"
       "g.create_virtual_dataset('0', v)",
       "virtual"},
      {"g['0'] = np.zeros((4, 3), [('a', 'f4'), ('b', 'i4')])", "compound"},
      {"g.create_dataset('0', data=np.array([f.ref] * 12).reshape(4, 3), dtype=h5py.ref_dtype)",
       "reference"},
      {"g.create_dataset('0', data=np.zeros((4, 3), 'f4'), chunks=(4, 3), compression='lzf')",
       "filter"},
      {"g.create_dataset('0', data=np.zeros((4, 3), 'f4'), chunks=(4, 3), scaleoffset=2)",
       "filter"},
      {"g.create_dataset('0', (1 << 40, 3), 'f4', chunks=(4, 3), compression='gzip')", "hidden"},
      {"g.create_group('0')", "0"},
      {"g['0'] = np.full((4, 3), b'text')", "text"},
      {"del f['layers']; f['layers'] = h5py.SoftLink('/elsewhere')", "soft link"},
  };
  std::string script =
      "import h5py, numpy as np, shutil\n"
      "def make(number, change):\n"
      "  name = f'bad{number}.weights.h5'\n"
      "  shutil.copy('good.weights.h5', name)\n"
      "  with h5py.File(name, 'a') as f:\n"
      "    g = f['layers/dense/vars']\n"
      "    del g['0']\n"
      "    exec(change)\n";
  for (std::size_t i = 0; i < std::size(kinds); ++i)
    script += str("make(", i, ", \"\"\"", kinds[i].first, "\"\"\")\n");
  ASSERT_EQ(test_support::run_python(*python, folder_, script), "");
  for (std::size_t i = 0; i < std::size(kinds); ++i) {
    SCOPED_TRACE(kinds[i].first);
    const std::string name = str("bad", i, ".weights.h5");
    const std::string message = load_bad_weights(name);
    expect_names(message, kinds[i].second);
    expect_names(message, name);
  }
}

}  // namespace
}  // namespace keras
