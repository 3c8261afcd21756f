#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "keras/layers/preprocessing/lookup_table.h"
#include "keras/layers/preprocessing/text_tokens.h"
#include "keras/ops/host/host_map.h"

namespace keras::layers {

/// What TextVectorization makes of each text: one row.
struct TextRows {
  std::shared_ptr<const LookupTable<std::string>> table;
  TokenRules rules;
  /// The length of the rows: of indices, or of the vocabulary where tokens are counted.
  std::int64_t length = 0;
  enum class Mode { kIndices, kCounts, kMultiHot } mode = Mode::kIndices;
  /// Rows may not be cut: the length is that of the longest.
  bool whole = false;
};

/// Rows for the texts of a string tensor, int64, along a new last axis.
std::shared_ptr<const ops::HostFunction> make_text_rows(TextRows rows);
/// How many tokens the longest of these texts has.
std::int64_t longest_text(const Tensor& texts, const TokenRules& rules);

}  // namespace keras::layers
