#include "keras/layers/preprocessing/string_lookup.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "keras/engine/tensor/strings.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/preprocessing/integer_lookup.h"
#include "keras/models/model.h"
#include "keras/saving/saving_api.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;
using Strings = std::vector<std::string>;
using Integers = std::vector<std::int64_t>;

Tensor animals() { return string_tensor({"cat", "fish", "dog", "bird", "", "cat"}, {3, 2}); }
const Strings kAnimals = {"cat", "dog", "bird"};

TEST(StringLookup, GivesIndicesAsKeras) {
  const StringLookup layer({.vocabulary = kAnimals});
  EXPECT_EQ(layer(animals()).dtype(), DType::kInt64);
  expect_values(layer(animals()), {3, 2}, {1, 0, 2, 3, 0, 1});
  const StringLookup masked({.mask_token = "", .vocabulary = kAnimals});
  expect_values(masked(animals()), {3, 2}, {2, 1, 3, 4, 0, 2});
  EXPECT_EQ(layer(Input({2}, {.dtype = "string"})).shape(), (Shape{kUnknown, 2}));
}

TEST(StringLookup, EncodesAsKeras) {
  const StringLookup count({.vocabulary = kAnimals, .output_mode = "count"});
  expect_values(count(animals()), {3, 4}, {1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0});
  const StringLookup padded({.max_tokens = 5,
                             .vocabulary = kAnimals,
                             .output_mode = "multi_hot",
                             .pad_to_max_tokens = true});
  EXPECT_EQ(padded(animals()).shape(), (Shape{3, 5}));
  const StringLookup weighted(
      {.vocabulary = kAnimals, .idf_weights = {{0.3, 0.5, 0.7}}, .output_mode = "tf_idf"});
  expect_values(weighted(string_tensor({"dog", "dog", "x", "cat"}, {2, 2})), {2, 4},
                {0, 0, 1, 0, 0.5f, 0.3f, 0, 0});
}

TEST(StringLookup, AdaptsAsKeras) {
  const StringLookup layer;
  layer.adapt(string_tensor({"b", "a", "c", "a", "é", "Z"}));
  EXPECT_EQ(layer.get_vocabulary(), (Strings{"[UNK]", "a", "é", "c", "b", "Z"}));
  EXPECT_EQ(layer.get_vocabulary(false), (Strings{"a", "é", "c", "b", "Z"}));
  EXPECT_EQ(layer.vocabulary_size(), 6);
  const StringLookup weighted({.output_mode = "tf_idf"});
  weighted.adapt(string_tensor({"b", "a", "c", "a"}, {2, 2}));
  EXPECT_EQ(weighted.get_vocabulary(), (Strings{"[UNK]", "a", "c", "b"}));
  expect_values(weighted(string_tensor({"x", "a", "c", "b"}, {1, 4})), {1, 4},
                {0.63237333f, 0.51082563f, 0.6931472f, 0.6931472f});
  const StringLookup small({.max_tokens = 2});
  small.adapt({string_tensor(Strings{"b", "a"}), string_tensor(Strings{"a"})});
  EXPECT_EQ(small.get_vocabulary(), (Strings{"[UNK]", "a"}));
}

TEST(StringLookup, Inverts) {
  const StringLookup layer({.mask_token = "", .vocabulary = kAnimals, .invert = true});
  const Tensor words = layer(Tensor::of<std::int32_t>({2, 0, 1, 4, 9}));
  EXPECT_EQ(to_strings(words), (Strings{"cat", "", "[UNK]", "bird", "[UNK]"}));
}

TEST(StringLookup, IsSavedWithItsVocabulary) {
  const auto file = std::filesystem::temp_directory_path() / "string_lookup_test.keras";
  const StringLookup layer({.output_mode = "tf_idf"});
  layer.adapt(animals());
  const Tensor input = Input({2}, {.dtype = "string"});
  const Model model(input, layer(input));
  const auto before = model.predict(animals()).to_vector<float>();
  model.save(file.string());
  const Model same = load_model(file);
  std::filesystem::remove(file);
  EXPECT_EQ(same.predict(animals()).to_vector<float>(), before);
}

TEST(StringLookup, ConfigIsKeras) {
  const StringLookup layer({.num_oov_indices = 2, .vocabulary = kAnimals, .salt = {{3, 4}}});
  EXPECT_EQ(layer.get_config().at("salt").to_string(), "[3, 4]");
  EXPECT_EQ(layer.get_config().at("vocabulary_size").as_int(), 5);
  expect_config_round_trip(layer);
}

TEST(StringLookup, RefusesBadArguments) {
  const auto refuse = [](const StringLookupOptions& options, const char* message) {
    expect_error<ValueError>([&] { StringLookup{options}; }, message);
  };
  refuse({.max_tokens = 1}, "`max_tokens` must be greater than 1. Received: max_tokens=1");
  refuse({.num_oov_indices = -1}, "`num_oov_indices` must be greater than or equal to 0");
  refuse({.vocabulary = {{"a", "b", "a"}}}, "The repeated terms are: ['a']");
  refuse({.vocabulary = Strings{}}, "Cannot set an empty vocabulary");
  refuse({.max_tokens = 2, .vocabulary = kAnimals}, "larger than the maximum vocab size");
  refuse({.mask_token = "a", .vocabulary = {{"b", "a"}}},
         "Found reserved mask token at unexpected location in `vocabulary`. Note that passed "
         "`vocabulary` does not need to include the OOV and mask tokens. Either remove all mask "
         "and OOV tokens, or include them only at the start of the vocabulary in precisely this "
         "order: ['a', '[UNK]']. Received: mask_token=a at vocabulary index [1]");
  refuse({.oov_token = "a", .vocabulary = {{"a", "b", "c", "a"}}, .invert = true},
         "Received: oov_token=a at vocabulary index [3]");
  refuse({.oov_method = "x"}, "Unknown value for `oov_method` argument of StringLookup.");
  refuse({.idf_weights = {{1.0}}},
         "`idf_weights` should only be set if `output_mode` is `'tf_idf'`. Received: "
         "idf_weights=[1.0] and output_mode=int");
  refuse({.vocabulary = kAnimals, .idf_weights = {{1.0}}, .output_mode = "tf_idf"},
         "`idf_weights` must be the same length as vocabulary. len(idf_weights) is 1;");
  refuse({.invert = true, .output_mode = "count"}, "`output_mode` must be `'int'`");
  refuse({.output_mode = "x"}, "Unknown value for `output_mode` argument of StringLookup");
  refuse({.pad_to_max_tokens = true}, "must set `max_tokens`");
  refuse({.sparse = true}, "`sparse=True` is not supported");
  refuse({.encoding = "latin-1"}, "the only encoding is \"utf-8\"");
  refuse({.vocabulary = kAnimals, .output_mode = "tf_idf"}, "`idf_weights` argument must also");
  expect_error<ValueError>([] { StringLookup()(animals()).eval(); }, "Table not initialized");
  expect_error<ValueError>([] { StringLookup({.output_mode = "count"})(animals()); },
                           "you must set the layer's vocabulary before calling it");
  expect_error<DtypeError>([] { StringLookup({.vocabulary = kAnimals})(Tensor::of<float>({1})); },
                           "needs a tensor of dtype string");
  expect_error<ValueError>([] { StringLookup({.vocabulary = kAnimals}).adapt(animals()); },
                           "Cannot adapt layer");
  expect_error<ValueError>(
      [] { StringLookup({.num_oov_indices = 0, .vocabulary = kAnimals})(animals()).eval(); },
      "found OOV values [fish], consider setting `num_oov_indices=1`");
}

TEST(IntegerLookup, IsKeras) {
  const Tensor x = Tensor::from(Integers{-7, 8, 5, 1}, {1, 4});
  const IntegerLookup layer({.num_oov_indices = 3, .vocabulary = Integers{5}});
  expect_values(layer(x), {1, 4}, {2, 2, 3, 1});
  const IntegerLookup hashed({.num_oov_indices = 3,
                              .vocabulary = Integers{5},
                              .oov_method = "farmhash",
                              .salt = {{4, 4}}});
  expect_values(hashed(x), {1, 4}, {1, 0, 3, 0});
  expect_config_round_trip(hashed);
  const IntegerLookup inverse({.vocabulary = Integers{12, 36}, .invert = true});
  expect_values(inverse(Tensor::of<std::int32_t>({2, 0, 1})), {3}, {36, -1, 12});
  const IntegerLookup adapted({.mask_token = 0});
  adapted.adapt(Tensor::of<std::int32_t>({3, 0, 3, 4, 0}));
  EXPECT_EQ(adapted.get_vocabulary(), (Integers{0, -1, 3, 4}));
}

TEST(IntegerLookup, RefusesBadArguments) {
  expect_error<ValueError>([] { IntegerLookup({.max_tokens = 1}); },
                           "If `max_tokens` is set for `IntegerLookup`, it must be greater than 1. "
                           "Received: max_tokens=1");
  expect_error<ValueError>([] { IntegerLookup({.num_oov_indices = -1}); },
                           "The value of `num_oov_indices` argument for `IntegerLookup` must >= 0. "
                           "Received: num_oov_indices=-1");
  expect_error<ValueError>(
      [] {
        IntegerLookup({.mask_token = 1, .vocabulary = Integers{2, 1}});
      },
      "order: [1, -1]. Received: mask_token=1 at vocabulary index [1]");
  expect_error<ValueError>([] { IntegerLookup({.vocabulary_dtype = "int32"}); },
                           "Only `vocabulary_dtype='int64'` is supported");
  expect_error<ValueError>(
      [] {
        IntegerLookup({.salt = {{1, 1}}});
      },
      "`salt` can only be used when `oov_method='farmhash'`");
}

}  // namespace
}  // namespace keras::layers
