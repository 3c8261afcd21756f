#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keras/layers/layer.h"
#include "keras/layers/preprocessing/adapt_data.h"
#include "keras/layers/preprocessing/string_lookup.h"

namespace keras::layers {

struct IntegerLookupOptions {
  std::optional<std::int64_t> max_tokens = {};  ///< of the vocabulary, with special ones; no limit
  std::int64_t num_oov_indices = 1;             ///< indices for what is not in the vocabulary
  std::optional<std::int64_t> mask_token = {};  ///< has index 0 in the mode "int"
  std::optional<std::int64_t> oov_token = -1;   ///< what inversion gives for an unknown index
  std::optional<std::vector<std::int64_t>> vocabulary = {};
  std::string vocabulary_dtype = "int64";
  std::optional<std::vector<double>> idf_weights = {};  ///< for "tf_idf", one a token
  bool invert = false;                                  ///< gives tokens for indices
  /// "int", "one_hot", "multi_hot", "count" or "tf_idf".
  std::string output_mode = "int";
  bool sparse = false;             ///< must be false: there are no sparse tensors
  bool pad_to_max_tokens = false;  ///< vectors have the length `max_tokens`
  /// What spreads unknown tokens over several indices: "floormod" or "farmhash".
  std::string oov_method = "floormod";
  std::optional<std::array<std::uint64_t, 2>> salt = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Integers as indices of a vocabulary, which is given or learned with `adapt`. Keras:
/// keras.layers.IntegerLookup.
class IntegerLookup : public Layer {
 public:
  /// Throws ValueError for arguments that do not go together.
  explicit IntegerLookup(IntegerLookupOptions options = {});
  static IntegerLookup from_config(const Config& config);

  /// Learns the tokens by how often they are in the data, the most frequent first. Throws
  /// ValueError where a vocabulary was given.
  void adapt(const AdaptData& data, LookupAdaptOptions options = {}) const;
  void set_vocabulary(const std::vector<std::int64_t>& vocabulary,
                      const std::optional<std::vector<double>>& idf_weights = {}) const;
  std::vector<std::int64_t> get_vocabulary(bool include_special_tokens = true) const;
  /// With the special tokens.
  std::int64_t vocabulary_size() const;
};

}  // namespace keras::layers
