#include "keras/layers/quantizable_layer.h"

#include <algorithm>
#include <utility>

#include "keras/dtype_policies/quantization_mode.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {

QuantizableLayer::QuantizableLayer(LayerBase base, quantizers::QuantizationConfig config)
    : LayerImpl(std::move(base)), config_(std::move(config)) {
  const std::string mode = quantization_mode(dtype_policy());
  if (mode.empty()) return;
  try {
    quantizers::validate_and_resolve_config(mode, config_);
  } catch (Error& error) {
    error.add_frame(str(name(), " (", class_name(), ")"));
    throw;
  }
}

bool QuantizableLayer::is_quantized() const {
  return !kernels_.empty() && kernels_.front().quantized.has_value();
}

QuantizedKernel QuantizableLayer::make_quantized(const KernelLayout& layout,
                                                 const std::string& mode,
                                                 const quantizers::QuantizationConfig& config) {
  const auto block_size =
      config.mode() == "int4" ? config.block_size() : quantization_block_size(dtype_policy());
  return QuantizedKernel(
      layout, mode, block_size,
      [this](const std::string& name, const Shape& shape, WeightOptions options) {
        return add_weight(name, shape, std::move(options));
      });
}

void QuantizableLayer::add_kernel(KernelLayout layout, WeightOptions options) {
  // One is there already where building failed before.
  std::erase_if(kernels_, [&](const Kernel& old) { return old.layout.name == layout.name; });
  Kernel kernel{std::move(layout), {}, {}};
  if (const std::string mode = quantization_mode(dtype_policy()); !mode.empty()) {
    kernel.quantized = make_quantized(kernel.layout, mode, config_);
  } else {
    kernel.floats = add_weight(kernel.layout.name, kernel.layout.shape, std::move(options));
  }
  kernels_.push_back(std::move(kernel));
}

void QuantizableLayer::quantize_kernels(const quantizers::QuantizationConfig& config) {
  std::vector<QuantizedKernel> made;
  std::vector<std::pair<Variable, Tensor>> values;
  try {
    for (const auto& kernel : kernels_) {
      made.push_back(make_quantized(kernel.layout, config.mode(), config));
      for (const auto& [variable, value] :
           made.back().quantized(kernel.floats.value(), config.weight_quantizer()))
        values.emplace_back(variable, value.eval());
    }
  } catch (const Error&) {
    for (const auto& kernel : made)
      for (const auto& variable : kernel.variables()) remove_weight(variable);
    throw;
  }
  for (const auto& [variable, value] : values) variable.assign(value);
  for (std::size_t i = 0; i < made.size(); ++i) {
    const std::string old_path = kernels_[i].floats.path();
    const std::string prefix = old_path.substr(0, old_path.rfind('/') + 1);
    for (const auto& variable : made[i].variables()) variable.set_path(prefix + variable.name());
    remove_weight(std::exchange(kernels_[i].floats, {}));
    kernels_[i].quantized = std::move(made[i]);
  }
  config_ = config;
}

Variables QuantizableLayer::variables_in_files() const {
  if (!is_quantized()) return own_variables();
  Variables others = own_variables(), out;
  for (const auto& kernel : kernels_)
    for (const auto& variable : kernel.quantized->variables()) std::erase(others, variable);
  for (const auto& kernel : kernels_) {
    const Variables& own = kernel.quantized->variables();
    out.push_back(own[0]);
    if (&kernel == &kernels_.front()) out.insert(out.end(), others.begin(), others.end());
    out.insert(out.end(), own.begin() + 1, own.end());
  }
  return out;
}

std::optional<quantizers::AbsMaxQuantizer> QuantizableLayer::input_quantizer(bool int4_too) const {
  if (config_.defined()) return config_.activation_quantizer();
  if (quantization_mode(dtype_policy()) == "int8" || int4_too) return quantizers::AbsMaxQuantizer();
  return std::nullopt;
}

}  // namespace keras
