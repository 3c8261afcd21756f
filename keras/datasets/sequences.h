#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "keras/engine/tensor/tensor.h"

namespace keras::datasets {

/// Texts as the indexes of their words, which utils::pad_sequences makes a tensor of, and labels.
struct SequenceSplit {
  std::vector<std::vector<std::int64_t>> x;
  Tensor y;
};

/// The two parts; `auto [train, test] = load_data();` takes it apart.
struct SequenceTrainAndTest {
  SequenceSplit train;
  SequenceSplit test;
};

/// The index of each word of a data set.
using WordIndex = std::unordered_map<std::string, std::int64_t>;
/// get_word_index of a file at another place: a JSON dictionary of words and numbers.
WordIndex load_word_index(const std::filesystem::path& file);

namespace imdb {
struct LoadDataOptions {
  std::string path = "imdb.npz";  ///< the file's name in Keras's cache
  /// Only indexes below this are kept; where it is not given, those below the highest.
  std::optional<std::int64_t> num_words = {};
  std::int64_t skip_top = 0;  ///< Indexes below this are not kept.
  /// Texts that are not shorter than this, with the start's mark, are left out.
  std::optional<std::int64_t> maxlen = {};
  std::uint32_t seed = 113;
  std::optional<std::int64_t> start_char = 1;  ///< stands before each text
  std::optional<std::int64_t> oov_char = 2;    ///< stands for words that are not kept
  std::int64_t index_from = 3;                 ///< is added to each word's index
};
/// 25,000 and 25,000 reviews of films, and whether they praise (1) or not (0), int64. A. Maas and
/// others, 2011. Throws ValueError when `maxlen` leaves nothing.
SequenceTrainAndTest load_data(LoadDataOptions options = {});
/// The words of the reviews. An index here is smaller by `index_from` than those of load_data.
WordIndex get_word_index(const std::string& path = "imdb_word_index.json");
/// load_data of a file at another place.
SequenceTrainAndTest load_file(const std::filesystem::path& file, const LoadDataOptions& options);
}  // namespace imdb

namespace reuters {
/// As those of imdb, with `test_split`.
struct LoadDataOptions {
  std::string path = "reuters.npz";
  std::optional<std::int64_t> num_words = {};
  std::int64_t skip_top = 0;
  std::optional<std::int64_t> maxlen = {};
  double test_split = 0.2;  ///< the share of texts for testing
  std::uint32_t seed = 113;
  std::optional<std::int64_t> start_char = 1;
  std::optional<std::int64_t> oov_char = 2;
  std::int64_t index_from = 3;
};
/// 11,228 news of 46 topics, int64 from 0 to 45. Throws ValueError when `maxlen` leaves nothing.
SequenceTrainAndTest load_data(LoadDataOptions options = {});
WordIndex get_word_index(const std::string& path = "reuters_word_index.json");
/// The topics in the order of their labels.
std::vector<std::string> get_label_names();
/// load_data of a file at another place.
SequenceTrainAndTest load_file(const std::filesystem::path& file, const LoadDataOptions& options);
}  // namespace reuters

}  // namespace keras::datasets
