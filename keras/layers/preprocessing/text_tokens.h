#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "keras/layers/preprocessing/text_functions.h"

namespace keras::layers {

/// How TextVectorization cuts a text into tokens.
struct TokenRules {
  bool lower = true;
  bool strip_punctuation = true;
  /// Instead of both, where it is there.
  StandardizeFunction standardize = {};
  enum class Split { kNone, kWhitespace, kCharacter, kFunction };
  Split split = Split::kWhitespace;
  SplitFunction split_function = {};
  /// The sizes of n-grams, in their order; none where empty.
  std::vector<int> ngrams = {};

  std::vector<std::string> tokens_of(std::string_view text) const;

 private:
  std::string standardized(std::string_view text) const;
};

}  // namespace keras::layers
