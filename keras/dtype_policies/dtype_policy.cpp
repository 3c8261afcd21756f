#include "keras/dtype_policies/dtype_policy.h"

#include <mutex>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {
namespace {

struct PolicyInForce {
  std::mutex mutex;
  std::string name = {};  ///< empty: `config::floatx()`
};

PolicyInForce& policy_in_force() {
  static PolicyInForce policy;
  return policy;
}

std::string name_in_force() {
  const std::lock_guard lock(policy_in_force().mutex);
  const std::string& name = policy_in_force().name;
  return name.empty() ? config::floatx() : name;
}

}  // namespace

DTypePolicy::DTypePolicy() : DTypePolicy(std::string_view()) {}

DTypePolicy::DTypePolicy(std::string_view name) : name_(name.empty() ? name_in_force() : name) {
  constexpr std::string_view kMixed = "mixed_";
  if (name_.starts_with(kMixed)) {
    compute_ = dtype_from_name(name_.substr(kMixed.size()));
    if (compute_ != DType::kFloat16 && compute_ != DType::kBfloat16)
      throw ValueError(str("Cannot convert '", name_,
                           "' to a mixed precision DTypePolicy. Valid "
                           "policies include 'mixed_float16' and 'mixed_bfloat16'."));
    return;
  }
  compute_ = variable_ = dtype_from_name(name_);
}

Config DTypePolicy::serialize() const {
  return {{"module", "keras"},
          {"class_name", "DTypePolicy"},
          {"config", {{"name", name_}}},
          {"registered_name", nullptr}};
}

DTypePolicy DTypePolicy::deserialize(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_string()) return DTypePolicy(config.as_string());
  const std::string class_name = config.get("class_name", "");
  if (class_name != "DTypePolicy" && class_name != "Policy" && class_name != "PolicyV1")
    throw ValueError(str("The dtype policy class ", class_name, " is not supported."));
  return DTypePolicy(config.at("config").get("name", "float32"));
}

namespace config {

DTypePolicy dtype_policy() { return {}; }

void set_dtype_policy(const DTypePolicy& policy) {
  const std::lock_guard lock(policy_in_force().mutex);
  policy_in_force().name = policy.name();
}

}  // namespace config
}  // namespace keras
