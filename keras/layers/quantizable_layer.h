#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keras/layers/layer_impl.h"
#include "keras/layers/quantized_kernel.h"
#include "keras/quantizers/quantization_config.h"

namespace keras {

/// What a layer derives from whose kernels can be kept in 8 or 4 bits: by its dtype policy from the
/// start, or by `quantize` later.
class QuantizableLayer : public LayerImpl {
 public:
  bool is_quantized() const;
  /// Rounds the kernels, whose variables are made anew. Throws ValueError, with nothing changed,
  /// for a quantizer that does not fit them.
  void quantize_kernels(const quantizers::QuantizationConfig& config);
  /// Own variables as they lie in a file: each kernel's values first, and behind the first ones
  /// what is no kernel.
  Variables variables_in_files() const;

 protected:
  /// A kernel, in floats or in few bits.
  struct Kernel {
    KernelLayout layout;
    Variable floats;  ///< undefined where it is quantized
    std::optional<QuantizedKernel> quantized;

    Variable values() const { return quantized ? quantized->variables()[0] : floats; }
  };

  /// Throws ValueError for a mode that is not supported, and for a config that contradicts the
  /// policy.
  QuantizableLayer(LayerBase base, quantizers::QuantizationConfig config);

  /// Makes the variables of one more kernel as the policy says; the options are for floats.
  void add_kernel(KernelLayout layout, WeightOptions options);
  /// In the order in which they were made.
  const Kernel& kernel(std::size_t index = 0) const { return kernels_[index]; }
  bool has_kernel() const { return !kernels_.empty(); }

  const quantizers::QuantizationConfig& quantization_config() const { return config_; }
  /// What rounds the inputs of products: the config's quantizer, or that which int8 has by itself,
  /// and int4 where `int4_too`.
  std::optional<quantizers::AbsMaxQuantizer> input_quantizer(bool int4_too = false) const;

 private:
  QuantizedKernel make_quantized(const KernelLayout& layout, const std::string& mode,
                                 const quantizers::QuantizationConfig& config);

  quantizers::QuantizationConfig config_;
  std::vector<Kernel> kernels_;
};

}  // namespace keras
