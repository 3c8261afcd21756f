#include "keras/datasets/sequences.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <utility>

#include "keras/datasets/fetching.h"
#include "keras/datasets/numpy_shuffle.h"
#include "keras/datasets/pickled_lists.h"
#include "keras/datasets/row_selection.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/json/json.h"

namespace keras::datasets {
namespace {

using Sequences = std::vector<std::vector<std::int64_t>>;

/// `values[places[0]], values[places[1]], …`
Sequences selected(Sequences values, std::span<const std::size_t> places) {
  Sequences result;
  result.reserve(places.size());
  for (const std::size_t place : places) result.push_back(std::move(values[place]));
  return result;
}

SequenceSplit selected(SequenceSplit split, std::span<const std::size_t> places) {
  return {selected(std::move(split.x), places), rows_of(split.y, places)};
}

template <typename Options>
void mark_words(Sequences& sequences, const Options& options) {
  for (auto& words : sequences) {
    for (std::int64_t& word : words)
      if (__builtin_add_overflow(word, options.index_from, &word))
        throw ValueError(
            str("`index_from` is too large. Received: index_from=", options.index_from));
    if (options.start_char) words.insert(words.begin(), *options.start_char);
  }
}

SequenceSplit without_long(SequenceSplit split, std::int64_t maxlen) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < split.x.size(); ++i)
    if (static_cast<std::int64_t>(split.x[i].size()) < maxlen) kept.push_back(i);
  if (kept.empty())
    throw ValueError(str("After filtering for sequences shorter than maxlen=", maxlen,
                         ", no sequence was kept. Increase maxlen."));
  return selected(std::move(split), kept);
}

/// Shuffled, with the marks, without texts that are too long.
template <typename Options>
SequenceSplit prepared(SequenceSplit split, const Options& options, std::mt19937& random) {
  const auto order = numpy_shuffle(split.x.size(), random);
  split = selected(std::move(split), order);
  mark_words(split.x, options);
  const std::int64_t maxlen = options.maxlen.value_or(0);
  return maxlen == 0 ? std::move(split) : without_long(std::move(split), maxlen);
}

std::int64_t highest(std::initializer_list<const Sequences*> parts) {
  std::int64_t result = 0;
  for (const Sequences* part : parts)
    for (const auto& words : *part)
      for (const std::int64_t word : words) result = std::max(result, word);
  return result;
}

template <typename Options>
void cut_vocabulary(std::initializer_list<Sequences*> parts, std::int64_t num_words,
                    const Options& options) {
  const auto is_cut = [&](std::int64_t word) {
    return word < options.skip_top || word >= num_words;
  };
  for (Sequences* part : parts)
    for (auto& words : *part) {
      if (options.oov_char)
        std::replace_if(words.begin(), words.end(), is_cut, *options.oov_char);
      else
        std::erase_if(words, is_cut);
    }
}

}  // namespace

WordIndex load_word_index(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const Config words = saving::parse_json(text, path.string());
  WordIndex index;
  for (const auto& [word, number] : words.as_dict()) index.emplace(word, number.as_int());
  return index;
}

SequenceTrainAndTest imdb::load_file(const std::filesystem::path& file,
                                     const LoadDataOptions& options) {
  std::mt19937 random(options.seed);
  SequenceSplit train = prepared(load_lists(file, "x_train", "y_train"), options, random);
  SequenceSplit test = prepared(load_lists(file, "x_test", "y_test"), options, random);
  const std::int64_t given = options.num_words.value_or(0);
  cut_vocabulary({&train.x, &test.x}, given ? given : highest({&train.x, &test.x}), options);
  return {std::move(train), std::move(test)};
}

SequenceTrainAndTest imdb::load_data(LoadDataOptions options) {
  return load_file(fetched(options.path, "imdb.npz",
                           "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"),
                   options);
}

WordIndex imdb::get_word_index(const std::string& path) {
  return load_word_index(fetched(path, "imdb_word_index.json", "bfafd718b763782e994055a2d397834f"));
}

SequenceTrainAndTest reuters::load_file(const std::filesystem::path& file,
                                        const LoadDataOptions& options) {
  check_split(options.test_split);
  std::mt19937 random(options.seed);
  SequenceSplit all = prepared(load_lists(file, "x", "y"), options, random);
  const std::int64_t given = options.num_words.value_or(0);
  cut_vocabulary({&all.x}, given ? given : highest({&all.x}), options);
  std::vector<std::size_t> places(all.x.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
  const auto cut =
      static_cast<std::size_t>(static_cast<double>(places.size()) * (1 - options.test_split));
  const std::span train(places.data(), cut), test(places.data() + cut, places.size() - cut);
  return {selected(all, train), selected(all, test)};
}

SequenceTrainAndTest reuters::load_data(LoadDataOptions options) {
  check_split(options.test_split);
  return load_file(fetched(options.path, "reuters.npz",
                           "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"),
                   options);
}

WordIndex reuters::get_word_index(const std::string& path) {
  return load_word_index(
      fetched(path, "reuters_word_index.json", "4d44cc38712099c9e383dc6e5f11a921"));
}

std::vector<std::string> reuters::get_label_names() {
  return {"cocoa",        "grain",   "veg-oil",   "earn",
          "acq",          "wheat",   "copper",    "housing",
          "money-supply", "coffee",  "sugar",     "trade",
          "reserves",     "ship",    "cotton",    "carcass",
          "crude",        "nat-gas", "cpi",       "money-fx",
          "interest",     "gnp",     "meal-feed", "alum",
          "oilseed",      "gold",    "tin",       "strategic-metal",
          "livestock",    "retail",  "ipi",       "iron-steel",
          "rubber",       "heat",    "jobs",      "lei",
          "bop",          "zinc",    "orange",    "pet-chem",
          "dlr",          "gas",     "silver",    "wpi",
          "hog",          "lead"};
}

}  // namespace keras::datasets
