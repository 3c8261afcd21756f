#include "keras/layers/preprocessing/text_vectorization.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "keras/engine/tensor/strings.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/embedding.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/models/sequential.h"
#include "keras/saving/saving_api.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;
using Strings = std::vector<std::string>;

Tensor texts() { return string_tensor({"the cat sat", "a dog", ""}); }

TextVectorization adapted(const TextVectorizationOptions& options) {
  const TextVectorization layer(options);
  layer.adapt(texts());
  return layer;
}

TEST(TextVectorization, LearnsWordsAsKeras) {
  const TextVectorization layer;
  layer.adapt(string_tensor({"Élan ÉCOLE über—straße x\u00a0y\u2003z\tw\nq", "don't 'stop' a_b"}));
  EXPECT_EQ(layer.get_vocabulary(), (Strings{"", "[UNK]", "über—straße", "Élan", "École",
                                             "x\u00a0y\u2003z", "w", "stop", "q", "dont", "ab"}));
  const TextVectorization characters({.split = "character"});
  characters.adapt(string_tensor(Strings{"Éa b"}));
  EXPECT_EQ(characters.get_vocabulary(), (Strings{"", "[UNK]", "É", "b", "a", " "}));
}

TEST(TextVectorization, GivesIndicesAsKeras) {
  const TextVectorization layer = adapted({.ngrams = {1, 3}});
  EXPECT_EQ(layer.get_vocabulary(),
            (Strings{"", "[UNK]", "the cat sat", "the", "sat", "dog", "cat", "a"}));
  expect_values(layer(texts()), {3, 4}, {3, 6, 4, 2, 7, 5, 0, 0, 0, 0, 0, 0});
  const TextVectorization cut = adapted({.output_sequence_length = 2});
  EXPECT_EQ(cut(texts()).shape(), (Shape{3, 2}));
  EXPECT_EQ(cut(Input({1}, {.dtype = "string"})).shape(), (Shape{kUnknown, 2}));
  EXPECT_EQ(layer(Input({1}, {.dtype = "string"})).shape(), (Shape{kUnknown, kUnknown}));
}

TEST(TextVectorization, LeavesTextsWholeAsKeras) {
  const TextVectorization whole = adapted({.split = {}});
  expect_values(whole(texts()), {3}, {2, 3, 0});
  const TextVectorization hot = adapted({.standardize = {}, .split = {}, .output_mode = "one_hot"});
  expect_values(hot(texts()), {3, 3}, {0, 1, 0, 0, 0, 1, 0, 0, 0});
  const TextVectorization padded = adapted({.split = {}, .output_sequence_length = 2});
  expect_values(padded(string_tensor({"a dog"}, {1, 1})), {1, 2}, {3, 0});
}

TEST(TextVectorization, CountsAsKeras) {
  const Tensor x = string_tensor({"a a b", "b c"}, {2, 1});
  const TextVectorization weighted({.output_mode = "tf_idf"});
  weighted.adapt(x);
  EXPECT_EQ(weighted.get_vocabulary(), (Strings{"[UNK]", "b", "a", "c"}));
  expect_values(weighted(x), {2, 4},
                {0, 0.51082563f, 1.3862944f, 0, 0, 0.51082563f, 0, 0.6931472f});
  const TextVectorization hot({.output_mode = "multi_hot", .vocabulary = {{"a", "b"}}});
  expect_values(hot(x), {2, 3}, {0, 1, 1, 1, 0, 1});
}

TEST(TextVectorization, StandsInModelsThatTrain) {
  const TextVectorization vectorize({.output_sequence_length = 4});
  const Tensor x = string_tensor({"good film", "bad film", "good good", "bad"}, {4, 1});
  vectorize.adapt(x);
  const Sequential model({Input({1}, {.dtype = "string"}), vectorize, Embedding(6, 4),
                          GlobalAveragePooling1D(), Dense(1, {.activation = "sigmoid"})});
  model.compile({.optimizer = "adam", .loss = "binary_crossentropy"});
  model.fit(x, Tensor::of<float>({1, 0, 1, 0}), {.batch_size = 3, .epochs = 2, .verbose = 0});
  const auto before = model.predict(x, {.batch_size = 3, .verbose = 0}).to_vector<float>();
  const auto file = std::filesystem::temp_directory_path() / "text_vectorization_test.keras";
  model.save(file.string());
  const Model same = load_model(file);
  std::filesystem::remove(file);
  EXPECT_EQ(same.predict(x, {.batch_size = 3, .verbose = 0}).to_vector<float>(), before);
}

TEST(TextVectorization, ConfigIsKeras) {
  const TextVectorization layer({.ngrams = {1, 2}, .vocabulary = {{"a", "b"}}});
  EXPECT_EQ(layer.get_config().at("ngrams").to_string(), "[1, 2]");
  EXPECT_EQ(layer.get_config().at("vocabulary_size").as_int(), 4);
  expect_config_round_trip(layer);
  Config config = layer.get_config();
  config.set("ngrams", 2);
  EXPECT_EQ(TextVectorization::from_config(config).get_config().at("ngrams").as_int(), 2);
}

TEST(TextVectorization, TakesFunctionsByName) {
  register_standardize("uses>without_digits", [](std::string_view text) {
    std::string out;
    for (const char c : text)
      if (c < '0' || c > '9') out += c;
    return out;
  });
  register_split("uses>at_commas", [](std::string_view text) {
    Strings out;
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      out.emplace_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    return out;
  });
  const TextVectorization layer({.standardize = "uses>without_digits",
                                 .split = "uses>at_commas",
                                 .output_sequence_length = 3,
                                 .vocabulary = Strings{"a b", "A"}});
  const Tensor given = string_tensor({"a1 b,A2", "A,7", "a b"});
  expect_values(layer(given), {3, 3}, {2, 3, 0, 3, 0, 0, 2, 0, 0});
  // As Keras writes a registered Python function.
  const Config config = layer.get_config();
  EXPECT_EQ(config.at("standardize"), Config({{"module", "builtins"},
                                              {"class_name", "function"},
                                              {"config", "uses>without_digits"},
                                              {"registered_name", "function"}}));
  const TextVectorization again = TextVectorization::from_config(config);
  expect_values(again(given), {3, 3}, {2, 3, 0, 3, 0, 0, 2, 0, 0});

  // Adapted, and through a file.
  const TextVectorization learned(
      {.standardize = "lower", .split = "uses>at_commas", .output_mode = "count"});
  learned.adapt(string_tensor({"x y,z", "z"}));
  EXPECT_EQ(learned.get_vocabulary(), (Strings{"[UNK]", "z", "x y"}));
  const Sequential model({Input({1}, {.dtype = "string"}), learned});
  const auto path = std::filesystem::temp_directory_path() / "text_functions.keras";
  model.save(path);
  const Tensor column = string_tensor({"Z,x y", "z,z,q"}, {2, 1});
  expect_values(load_model(path).predict(column, {.verbose = 0}), {2, 3}, {0, 1, 1, 1, 2, 0});
  std::filesystem::remove(path);
}

TEST(TextVectorization, RefusesFunctionsThatItDoesNotKnow) {
  const auto load = [](const char* argument, const Config& value) {
    Config config = TextVectorization().get_config();
    config.set(argument, value);
    TextVectorization::from_config(config);
  };
  const Config named{{"module", "builtins"},
                     {"class_name", "function"},
                     {"config", "uses>nowhere"},
                     {"registered_name", "function"}};
  expect_error<ValueError>([&] { load("standardize", named); }, "standardize=uses>nowhere");
  expect_error<ValueError>([&] { load("split", named); },
                           "call keras::layers::register_split first");
  const Config lambda{{"class_name", "__lambda__"}, {"config", Config{{"value", "4wEA"}}}};
  expect_error<ValueError>([&] { load("split", lambda); }, "Python code");
  expect_error<ValueError>([] { register_split("whitespace", [](auto) { return Strings{}; }); },
                           "one of Keras's own names");
  expect_error<ValueError>([] { register_standardize("mine", nullptr); }, "must not be empty");
}

TEST(TextVectorization, HasDefaultsForWhatAConfigLeavesOut) {
  const Config config = TextVectorization::from_config({{"name", "t"}}).get_config();
  EXPECT_EQ(config.at("standardize").as_string(), "lower_and_strip_punctuation");
  EXPECT_EQ(config.at("split").as_string(), "whitespace");
}

TEST(TextVectorization, RefusesBadArguments) {
  const auto refuse = [](const TextVectorizationOptions& options, const char* message) {
    expect_error<ValueError>([&] { TextVectorization{options}; }, message);
  };
  refuse({.standardize = "x"}, "Unknown value for `standardize` argument of TextVectorization");
  refuse({.split = "x"}, "Unknown value for `split` argument of TextVectorization");
  refuse({.ngrams = {0}}, "`ngrams` must be None, an integer");
  refuse({.output_mode = "count", .output_sequence_length = 3},
         "`output_sequence_length` must not be set if `output_mode` is not 'int'");
  refuse({.output_mode = "one_hot"}, "ragged");
  refuse({.ragged = true}, "not supported");
  expect_error<ValueError>(
      [] {
        adapted({})(string_tensor({"a", "b"}, {1, 2}));
      },
      "the input rank must be 1 or the last shape dimension must be 1");
  expect_error<ValueError>(
      [] {
        TextVectorization().adapt(string_tensor({"a", "b"}, {1, 2}));
      },
      "the input rank must be 1 or the last shape dimension must be 1");
  for (const Config& ngrams : {Config("a"), Config(1e3), Config(1'000'000'000)}) {
    Config config = TextVectorization().get_config();
    config.set("ngrams", ngrams);
    expect_error<ValueError>([&] { TextVectorization::from_config(config); }, "`ngrams`");
  }
  const TextVectorization open = adapted({});
  const Tensor input = Input({1}, {.dtype = "string"});
  expect_error<ValueError>(
      [&] {
        Model(input, open(input)).predict(string_tensor({"a b c"}, {1, 1}));
      },
      "set `output_sequence_length`");
  expect_error<ValueError>([&] { TextVectorization()(texts()).eval(); }, "Table not initialized");
}

}  // namespace
}  // namespace keras::layers
