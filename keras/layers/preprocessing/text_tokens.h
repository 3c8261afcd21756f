#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace keras::layers {

/// How TextVectorization cuts a text into tokens.
struct TokenRules {
  bool lower = true;
  bool strip_punctuation = true;
  enum class Split { kNone, kWhitespace, kCharacter };
  Split split = Split::kWhitespace;
  /// The sizes of n-grams, in their order; none where empty.
  std::vector<int> ngrams = {};

  std::vector<std::string> tokens_of(std::string_view text) const;
};

}  // namespace keras::layers
