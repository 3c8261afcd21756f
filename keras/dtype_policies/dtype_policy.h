#pragma once

#include <string>
#include <string_view>

#include "keras/engine/tensor/dtype.h"
#include "keras/utils/config.h"

namespace keras {

/// In which dtype a layer keeps its weights and in which it computes: one of "float32", "float64",
/// "float16", "bfloat16", or "mixed_float16" and "mixed_bfloat16", which keep float32 weights.
/// Keras: keras.dtype_policies.DTypePolicy.
class DTypePolicy {
 public:
  /// The policy in force (`config::set_dtype_policy`), "float32" unless it was set.
  DTypePolicy();
  /// An empty name stands for the policy in force. Throws ValueError for an unknown one.
  DTypePolicy(std::string_view name);
  DTypePolicy(const char* name) : DTypePolicy(std::string_view(name)) {}
  DTypePolicy(const std::string& name) : DTypePolicy(std::string_view(name)) {}

  const std::string& name() const { return name_; }
  DType compute_dtype() const { return compute_; }
  DType variable_dtype() const { return variable_; }

  /// {"module": "keras", "class_name": "DTypePolicy", …}
  Config serialize() const;
  /// From what `serialize` or Python's Keras wrote, or a bare name.
  static DTypePolicy deserialize(const Config& config);

 private:
  std::string name_;
  DType compute_ = DType::kFloat32;
  DType variable_ = DType::kFloat32;
};

namespace config {
/// Keras: keras.config.dtype_policy and set_dtype_policy.
DTypePolicy dtype_policy();
void set_dtype_policy(const DTypePolicy& policy);
}  // namespace config

}  // namespace keras
