#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keras/layers/layer.h"
#include "keras/layers/preprocessing/adapt_data.h"

namespace keras::layers {

struct StringLookupOptions {
  std::optional<std::int64_t> max_tokens = {};  ///< of the vocabulary, with special ones; no limit
  std::int64_t num_oov_indices = 1;             ///< indices for what is not in the vocabulary
  std::optional<std::string> mask_token = {};   ///< has index 0 in the mode "int"
  std::optional<std::string> oov_token = "[UNK]";
  std::optional<std::vector<std::string>> vocabulary = {};
  std::optional<std::vector<double>> idf_weights = {};  ///< for "tf_idf", one a token
  bool invert = false;                                  ///< gives tokens for indices
  /// "int", "one_hot", "multi_hot", "count" or "tf_idf".
  std::string output_mode = "int";
  bool pad_to_max_tokens = false;  ///< vectors have the length `max_tokens`
  bool sparse = false;             ///< must be false: there are no sparse tensors
  std::string encoding = "utf-8";
  std::string name = {};
  /// Of the hash that spreads unknown tokens over several indices.
  std::optional<std::array<std::uint64_t, 2>> salt = {};
  std::string oov_method = "floormod";
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Further arguments of `adapt`.
struct LookupAdaptOptions {
  /// At how many batches it looks; at all when unset.
  std::optional<std::int64_t> steps = {};
};

/// Strings as indices of a vocabulary, which is given or learned with `adapt`. Called on string
/// tensors (`string_tensor({"a", "b"})`). Keras: keras.layers.StringLookup.
class StringLookup : public Layer {
 public:
  /// Throws ValueError for arguments that do not go together.
  explicit StringLookup(StringLookupOptions options = {});
  static StringLookup from_config(const Config& config);

  /// Learns the tokens by how often they are in the data, the most frequent first. Throws
  /// ValueError where a vocabulary was given.
  void adapt(const AdaptData& data, LookupAdaptOptions options = {}) const;
  void set_vocabulary(const std::vector<std::string>& vocabulary,
                      const std::optional<std::vector<double>>& idf_weights = {}) const;
  std::vector<std::string> get_vocabulary(bool include_special_tokens = true) const;
  /// With the special tokens.
  std::int64_t vocabulary_size() const;
};

}  // namespace keras::layers
