#pragma once

#include <optional>
#include <string>

#include "keras/quantizers/quantizers.h"
#include "keras/utils/config.h"

namespace keras::quantizers {

struct Int8QuantizationConfigOptions {
  std::optional<AbsMaxQuantizer> weight_quantizer = {};  ///< the layer's own when unset
  /// `std::nullopt` leaves inputs as they are.
  std::optional<AbsMaxQuantizer> activation_quantizer = AbsMaxQuantizer();
};

struct Int4QuantizationConfigOptions {
  /// The layer's own when unset. Its range must be [-8, 7].
  std::optional<AbsMaxQuantizer> weight_quantizer = {};
  /// Unset, inputs stay as they are.
  std::optional<AbsMaxQuantizer> activation_quantizer = {};
  /// How many rows of a kernel share a scale; -1 or unset: all of them.
  std::optional<int> block_size = 128;
};

/// How a layer is quantized: made by `Int8QuantizationConfig` or `Int4QuantizationConfig`, or
/// nothing (Keras's None). Keras: keras.quantizers.QuantizationConfig.
class QuantizationConfig {
 public:
  /// None; `defined()` is false.
  QuantizationConfig() = default;
  explicit QuantizationConfig(Int8QuantizationConfigOptions options);
  explicit QuantizationConfig(Int4QuantizationConfigOptions options);

  bool defined() const { return !mode_.empty(); }
  /// "int8" or "int4".
  const std::string& mode() const { return mode_; }
  const std::optional<AbsMaxQuantizer>& weight_quantizer() const { return weight_quantizer_; }
  const std::optional<AbsMaxQuantizer>& activation_quantizer() const {
    return activation_quantizer_;
  }
  /// Of int4; unset where all rows share a scale.
  const std::optional<int>& block_size() const { return block_size_; }

  /// {"module": "keras.quantizers", "class_name": "Int8QuantizationConfig", …}; null for None.
  Config serialize() const;
  /// From what `serialize` or Python's Keras wrote; null is None. Throws ValueError for a class
  /// that is not supported.
  static QuantizationConfig deserialize(const Config& config);

 private:
  std::string mode_;
  std::optional<AbsMaxQuantizer> weight_quantizer_;
  std::optional<AbsMaxQuantizer> activation_quantizer_;
  std::optional<int> block_size_;
};

/// Keras: keras.quantizers.Int8QuantizationConfig.
QuantizationConfig Int8QuantizationConfig(Int8QuantizationConfigOptions options = {});
/// Throws ValueError for quantizers together with blocks, and for a block size below 1 that is not
/// -1. Keras: keras.quantizers.Int4QuantizationConfig.
QuantizationConfig Int4QuantizationConfig(Int4QuantizationConfigOptions options = {});

/// What `quantize` is told: the config, or the one that the mode stands for. Throws ValueError for
/// a mode that Keras does not know, for one that is not supported, for neither, and for two that
/// contradict each other.
QuantizationConfig validate_and_resolve_config(const std::string& mode,
                                               const QuantizationConfig& config);

}  // namespace keras::quantizers
