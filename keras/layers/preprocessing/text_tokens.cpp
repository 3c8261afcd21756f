#include "keras/layers/preprocessing/text_tokens.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace keras::layers {
namespace {

constexpr std::string_view kPunctuation = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'";
constexpr std::string_view kWhitespace = " \t\n\v\f\r";

/// Only of the letters of ASCII, as tf.strings.lower does.
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::size_t begin = text.find_first_not_of(kWhitespace);
  while (begin != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(kWhitespace, begin), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kWhitespace, end);
  }
  return words;
}

/// How many bytes of UTF-8 begin at a place; a stray byte is one for itself.
std::size_t character_size(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  if (at + size > text.size()) return 1;
  for (std::size_t i = 1; i < size; ++i)
    if ((static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) return 1;
  return size;
}

std::vector<std::string> characters_of(std::string_view text) {
  std::vector<std::string> characters;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_size(text, at);
    characters.emplace_back(text.substr(at, size));
    at += size;
  }
  return characters;
}

std::vector<std::string> ngrams_of(const std::vector<std::string>& tokens,
                                   const std::vector<int>& sizes) {
  std::vector<std::string> out;
  for (const int size : sizes) {
    const auto width = static_cast<std::size_t>(size);
    for (std::size_t begin = 0; begin + width <= tokens.size(); ++begin) {
      std::string joined = tokens[begin];
      for (std::size_t i = 1; i < width; ++i) joined += " " + tokens[begin + i];
      out.push_back(std::move(joined));
    }
  }
  return out;
}

}  // namespace

std::string TokenRules::standardized(std::string_view text) const {
  if (standardize) return standardize(text);
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (strip_punctuation && kPunctuation.find(c) != std::string_view::npos) continue;
    out += lower ? to_lower(c) : c;
  }
  return out;
}

std::vector<std::string> TokenRules::tokens_of(std::string_view text) const {
  std::string whole = standardized(text);
  std::vector<std::string> tokens;
  if (split == Split::kNone) tokens.push_back(std::move(whole));
  if (split == Split::kWhitespace) tokens = words_of(whole);
  if (split == Split::kCharacter) tokens = characters_of(whole);
  if (split == Split::kFunction) tokens = split_function(whole);
  return ngrams.empty() ? tokens : ngrams_of(tokens, ngrams);
}

}  // namespace keras::layers
