#pragma once

#include <optional>
#include <string>

#include "keras/dtype_policies/dtype_policy.h"

namespace keras {

/// How a policy such as "int8_from_float32" quantizes kernels: "int8", "int4", "float8", "gptq" or
/// "awq"; empty where it does not. Keras: DTypePolicy.quantization_mode.
std::string quantization_mode(const DTypePolicy& policy);
/// How many rows of a kernel share a scale by a policy such as "int4/128_from_float32"; unset: all
/// of them. Keras: Int4DTypePolicy.block_size.
std::optional<int> quantization_block_size(const DTypePolicy& policy);

}  // namespace keras
