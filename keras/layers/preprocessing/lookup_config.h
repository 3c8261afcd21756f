#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keras/utils/config.h"

namespace keras::layers {

/// A config's vocabulary: tokens, or null. Throws ValueError for the name of a file, which would be
/// read without anybody asking for it.
template <typename Token>
std::optional<std::vector<Token>> vocabulary_from_config(const Config& config);
std::optional<std::vector<double>> numbers_from_config(const Config& config);
std::optional<std::string> optional_text(const Config& config);
/// Throws ValueError for another encoding than UTF-8.
void check_encoding(const std::string& class_name, const std::string& encoding);

}  // namespace keras::layers
