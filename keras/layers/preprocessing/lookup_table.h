#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "keras/ops/host/host_map.h"

namespace keras::layers {

/// The tokens of a vocabulary and their indices, and what an index means besides: 0 the mask where
/// there is one, then the buckets for what is not in the vocabulary, then the tokens. `Token` is
/// std::string or std::int64_t.
template <typename Token>
struct LookupTable {
  std::int64_t num_oov_indices = 1;
  std::optional<Token> mask_token;
  std::optional<Token> oov_token;
  /// Whether index 0 stands for the mask; else masked tokens have no index.
  bool has_mask_index = false;
  bool uses_farmhash = false;
  std::optional<std::array<std::uint64_t, 2>> salt;
  std::vector<Token> tokens;
  std::unordered_map<Token, std::int64_t> indices;

  std::int64_t oov_start() const { return has_mask_index ? 1 : 0; }
  std::int64_t token_start() const { return oov_start() + num_oov_indices; }
  std::int64_t size() const { return token_start() + static_cast<std::int64_t>(tokens.size()); }
  void set_tokens(std::vector<Token> values);
  /// -1 for a masked token without an index. Throws ValueError for an unknown token where there is
  /// no bucket.
  std::int64_t index_of(const Token& token) const;
  /// What stands at an index: the reverse.
  const Token& token_at(std::int64_t index) const;

 private:
  std::int64_t oov_bucket(const Token& token) const;
};

extern template struct LookupTable<std::string>;
extern template struct LookupTable<std::int64_t>;

/// Indices (int64) for tokens, elementwise; with `invert`, tokens for indices. The table may change
/// between runs.
template <typename Token>
std::shared_ptr<const ops::HostFunction> make_lookup(
    std::shared_ptr<const LookupTable<Token>> table, bool invert, const std::string& where);

}  // namespace keras::layers
