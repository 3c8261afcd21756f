#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keras/layers/layer.h"
#include "keras/layers/preprocessing/adapt_data.h"
#include "keras/layers/preprocessing/string_lookup.h"
#include "keras/layers/preprocessing/text_functions.h"

namespace keras::layers {

struct TextVectorizationOptions {
  std::optional<std::int64_t> max_tokens = {};  ///< of the vocabulary, with special ones; no limit
  /// "lower_and_strip_punctuation" (of ASCII), "lower", "strip_punctuation", the name of a function
  /// (`register_standardize`), or nothing.
  std::optional<std::string> standardize = "lower_and_strip_punctuation";
  /// "whitespace", "character", the name of a function (`register_split`), or nothing: each string
  /// is one token.
  std::optional<std::string> split = "whitespace";
  /// Tokens of so many parts instead, in this order: {1, 2} for words and pairs of words.
  std::vector<int> ngrams = {};
  /// "int": indices. "multi_hot", "count", "tf_idf": vectors over the vocabulary.
  std::string output_mode = "int";
  /// Rows of indices are cut or padded with 0 to this length; to that of the longest one when
  /// unset, which only calls outside of `fit`, `evaluate` and `predict` can.
  std::optional<std::int64_t> output_sequence_length = {};
  bool pad_to_max_tokens = false;  ///< vectors have the length `max_tokens`
  std::optional<std::vector<std::string>> vocabulary = {};
  std::optional<std::vector<double>> idf_weights = {};  ///< for "tf_idf", one a token
  bool sparse = false;  ///< must be false: there are no sparse tensors
  bool ragged = false;  ///< must be false: there are no ragged tensors
  std::string encoding = "utf-8";
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Texts as indices of their words, or as vectors over a vocabulary, which is given or learned with
/// `adapt`. Called on string tensors, one text an element. Keras: keras.layers.TextVectorization.
class TextVectorization : public Layer {
 public:
  /// Throws ValueError for arguments that do not go together.
  explicit TextVectorization(TextVectorizationOptions options = {});
  static TextVectorization from_config(const Config& config);

  /// Learns the tokens by how often they are in the texts, the most frequent first. Throws
  /// ValueError where a vocabulary was given.
  void adapt(const AdaptData& data, LookupAdaptOptions options = {}) const;
  void set_vocabulary(const std::vector<std::string>& vocabulary,
                      const std::optional<std::vector<double>>& idf_weights = {}) const;
  std::vector<std::string> get_vocabulary(bool include_special_tokens = true) const;
  /// With the special tokens.
  std::int64_t vocabulary_size() const;
};

}  // namespace keras::layers
