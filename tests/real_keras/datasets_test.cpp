// The archives of datasets.py, built as the published ones are: what we load from them is what
// Python's Keras loads, for every argument.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "keras/keras.h"
#include "keras/saving/json/json.h"
#include "keras/utils/archive_extraction.h"
#include "tests/support/python.h"
#include "tests/support/temp_folder.h"

namespace keras::datasets {
namespace {

namespace fs = std::filesystem;
using Arrays = std::map<std::string, Tensor>;
using Lists = std::vector<std::vector<std::int64_t>>;

Arrays arrays_of(const TrainAndTest& data) {
  return {{"x_train", data.train.x},
          {"y_train", data.train.y},
          {"x_test", data.test.x},
          {"y_test", data.test.y}};
}

void add_lists(Arrays& arrays, const std::string& part, const SequenceSplit& split) {
  std::vector<std::int64_t> values, lengths;
  for (const auto& list : split.x) {
    values.insert(values.end(), list.begin(), list.end());
    lengths.push_back(static_cast<std::int64_t>(list.size()));
  }
  arrays["y_" + part] = split.y;
  arrays["values_" + part] = Tensor::from(values, {static_cast<std::int64_t>(values.size())});
  arrays["lengths_" + part] = Tensor::from(lengths, {static_cast<std::int64_t>(lengths.size())});
}

Arrays arrays_of(const SequenceTrainAndTest& data) {
  Arrays arrays;
  add_lists(arrays, "train", data.train);
  add_lists(arrays, "test", data.test);
  return arrays;
}

std::optional<std::int64_t> number_of(const Config& options, const char* key,
                                      std::optional<std::int64_t> fallback) {
  const Config* given = options.find(key);
  if (!given) return fallback;
  if (given->is_null()) return std::nullopt;
  return given->as_int();
}

template <typename Options>
Options sequence_options(const Config& given) {
  Options options;
  options.num_words = number_of(given, "num_words", {});
  options.skip_top = given.get("skip_top", std::int64_t{0});
  options.maxlen = number_of(given, "maxlen", {});
  options.seed = static_cast<std::uint32_t>(given.get("seed", std::int64_t{113}));
  options.start_char = number_of(given, "start_char", 1);
  options.oov_char = number_of(given, "oov_char", 2);
  options.index_from = given.get("index_from", std::int64_t{3});
  if constexpr (requires { options.test_split; }) options.test_split = given.get("test_split", 0.2);
  return options;
}

TableOptions table_options(const Config& given) {
  return {.test_split = given.get("test_split", 0.2),
          .seed = static_cast<std::uint32_t>(given.get("seed", std::int64_t{113}))};
}

class RealKerasDatasets : public testing::Test {
 protected:
  void SetUp() override {
    const auto python = test_support::find_python("keras");
    if (!python) GTEST_SKIP() << "no Python with Keras; name one in KERAS_TEST_PYTHON";
    const std::string said = test_support::run_python(
        *python, folder_, test_support::read_file("tests/real_keras/datasets.py"));
    ASSERT_NE(said.find("cases: "), std::string::npos) << said;
  }

  fs::path unpacked(const std::string& archive) const {
    const fs::path folder = folder_ / ("ours_" + archive);
    if (!fs::exists(folder)) utils::extract_archive(folder_ / archive, folder);
    return folder;
  }

  Arrays load_pictures(const std::string& set, const std::string& file, const Config& options) {
    if (set == "mnist") return arrays_of(mnist::load_file(folder_ / file));
    if (set == "cifar10") return arrays_of(cifar10::load_folder(unpacked(file)));
    if (set == "cifar100") {
      config::set_image_data_format(options.at("data_format").as_string());
      const auto data = cifar100::load_folder(unpacked(file), options.get("label_mode", ""));
      config::set_image_data_format("channels_last");
      return arrays_of(data);
    }
    // Its files have no hashes: they come through the cache's folder.
    const char* home = std::getenv("KERAS_HOME");
    const std::string before = home ? home : "";
    ::setenv("KERAS_HOME", (folder_ / "").c_str(), 1);
    const auto data = fashion_mnist::load_data();
    home ? ::setenv("KERAS_HOME", before.c_str(), 1) : ::unsetenv("KERAS_HOME");
    return arrays_of(data);
  }

  Arrays load(const Config& entry) {
    const std::string set = entry.at("set").as_string(), file = entry.at("file").as_string();
    const Config& options = entry.at("options");
    if (set == "imdb")
      return arrays_of(
          imdb::load_file(folder_ / file, sequence_options<imdb::LoadDataOptions>(options)));
    if (set == "reuters")
      return arrays_of(
          reuters::load_file(folder_ / file, sequence_options<reuters::LoadDataOptions>(options)));
    if (set == "boston_housing")
      return arrays_of(boston_housing::load_file(folder_ / file, table_options(options)));
    if (set == "california_housing")
      return arrays_of(california_housing::load_file(
          folder_ / file, options.get("version", "large"), table_options(options)));
    return load_pictures(set, file, options);
  }

  void check(const Config& entry) {
    const std::string set = entry.at("set").as_string();
    if (set == "label_names") {
      EXPECT_EQ(Config::list_of(reuters::get_label_names()), entry.at("names"));
    } else if (set == "word_index") {
      const WordIndex words = load_word_index(folder_ / entry.at("file").as_string());
      EXPECT_EQ(words.size(), entry.at("words").size());
      for (const auto& [word, number] : entry.at("words").as_dict())
        EXPECT_EQ(words.at(word), number.as_int());
    } else {
      const Arrays ours = load(entry);
      const auto expected = load_tensors(folder_ / entry.at("data").as_string());
      EXPECT_EQ(ours.size(), expected.size());
      for (const auto& [name, theirs] : expected) expect_same(name, ours.at(name), theirs);
    }
  }

  static void expect_same(const std::string& name, const Tensor& ours, const Tensor& theirs) {
    EXPECT_EQ(ours.shape(), theirs.shape()) << name;
    EXPECT_EQ(ours.dtype(), theirs.dtype()) << name;
    EXPECT_EQ(ours.to_vector<double>(), theirs.to_vector<double>()) << name;
  }

  test_support::TempFolder folder_;
};

TEST_F(RealKerasDatasets, AreLoadedAsPythonLoadsThem) {
  const std::string text = test_support::read_file(folder_ / "cases.json");
  const Config cases = saving::parse_json(text, "cases.json");
  for (const Config& entry : cases.as_list()) {
    SCOPED_TRACE(entry.to_string().substr(0, 200));
    check(entry);
  }
}

}  // namespace
}  // namespace keras::datasets
