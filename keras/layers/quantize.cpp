#include <string>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/quantizable_layer.h"

namespace keras {
namespace {

/// How the policy of a layer begins that was quantized so.
std::string policy_prefix(const quantizers::QuantizationConfig& config) {
  if (config.mode() == "int8") return "int8_from_";
  return str("int4/", config.block_size().value_or(-1), "_from_");
}

}  // namespace

void LayerImpl::quantize(const std::string& mode, const quantizers::QuantizationConfig& given) {
  auto* layer = dynamic_cast<QuantizableLayer*>(this);
  try {
    const quantizers::QuantizationConfig config =
        quantizers::validate_and_resolve_config(mode, given);
    if (!built_)
      throw NotBuiltError(str("Cannot quantize a layer that isn't yet built. Layer '", name_,
                              "' (of type '", class_name_, "') is not built yet."));
    if (layer && layer->is_quantized())
      throw ValueError(str("Layer '", name_, "' is already quantized with dtype_policy='",
                           policy_.name(), "'. Received: mode=", config.mode()));
    if (config.mode() == "int8" && compute_dtype() == DType::kFloat16)
      throw ValueError("Quantization mode='int8' doesn't work well with compute_dtype='float16'.",
                       "load the model or layer with another dtype policy such as "
                       "'mixed_bfloat16' before calling `quantize()`.");
    if (!layer)
      throw ValueError(
          str("Layer ", class_name_, " does not have a `quantize` method implemented."));
    layer->quantize_kernels(config);
    policy_ = DTypePolicy(policy_prefix(config) + policy_.name());
  } catch (Error& error) {
    error.add_frame(str(name_, " (", class_name_, ")"));
    throw;
  }
}

}  // namespace keras
