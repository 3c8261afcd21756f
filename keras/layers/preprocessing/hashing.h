#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "keras/layers/layer.h"

namespace keras::layers {

struct HashingOptions {
  /// Goes to bin 0, which nothing else then does: a string or an integer, as the inputs are.
  std::variant<std::monostate, std::string, std::int64_t> mask_value = {};
  /// The key of SipHash; without one the hash is FarmHash's fingerprint.
  std::optional<std::array<std::uint64_t, 2>> salt = {};
  std::string output_mode = "int";  ///< "int", "one_hot", "multi_hot" or "count"
  bool sparse = false;              ///< must be false: there are no sparse tensors
  std::string name = {};
  bool trainable = true;
  /// "int64" in the mode "int", else floatx, when empty.
  std::string dtype = {};
};

/// Strings or integers as one of `num_bins` bins by a hash, without a vocabulary. Floats are hashed
/// as integers. Keras: keras.layers.Hashing.
class Hashing : public Layer {
 public:
  /// Throws ValueError unless `num_bins` is positive, for an unknown `output_mode`, and for a dtype
  /// that is no integer in the mode "int".
  explicit Hashing(std::int64_t num_bins, HashingOptions options = {});
  static Hashing from_config(const Config& config);
};

}  // namespace keras::layers
