#include "keras/layers/preprocessing/lookup_config.h"

#include <cstdint>
#include <type_traits>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::layers {

template <typename Token>
std::optional<std::vector<Token>> vocabulary_from_config(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_string())
    throw ValueError(
        str("Requested the loading of a vocabulary file outside of the model archive. This "
            "carries a potential risk of loading arbitrary and sensitive files and thus it is "
            "disallowed. Vocabulary file: '",
            config.as_string(), "'"));
  std::vector<Token> vocabulary;
  for (const auto& token : config.as_list()) {
    if constexpr (std::is_same_v<Token, std::string>) {
      vocabulary.push_back(token.as_string());
    } else {
      vocabulary.push_back(token.as_int());
    }
  }
  return vocabulary;
}

template std::optional<std::vector<std::string>> vocabulary_from_config(const Config&);
template std::optional<std::vector<std::int64_t>> vocabulary_from_config(const Config&);

std::optional<std::vector<double>> numbers_from_config(const Config& config) {
  if (config.is_null()) return {};
  std::vector<double> numbers;
  for (const auto& number : config.as_list()) numbers.push_back(number.as_double());
  return numbers;
}

std::optional<std::string> optional_text(const Config& config) {
  if (config.is_null()) return {};
  return config.as_string();
}

void check_encoding(const std::string& class_name, const std::string& encoding) {
  if (encoding != "utf-8" && encoding != "UTF-8" && encoding != "utf8")
    throw ValueError(
        str(class_name, ": the only encoding is \"utf-8\". Received: encoding=", encoding));
}

}  // namespace keras::layers
