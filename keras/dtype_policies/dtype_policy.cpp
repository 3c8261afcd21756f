#include "keras/dtype_policies/dtype_policy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <mutex>

#include "keras/config/config.h"
#include "keras/dtype_policies/quantization_mode.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/object_registry.h"

namespace keras {
namespace {

constexpr std::string_view kFrom = "_from_";
constexpr std::string_view kInt4 = "int4/";
constexpr std::array<std::string_view, 5> kModes = {"int8", "float8", "int4", "gptq", "awq"};

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

/// What a policy's name says before "_from_", and behind; the mode is empty where it has none.
struct PolicyName {
  std::string mode;  ///< with its arguments: "int4/128"
  std::string source;
};

PolicyName split_name(const std::string& name) {
  const std::size_t from = name.find(kFrom);
  if (from == std::string::npos) return {"", name};
  return {name.substr(0, from), name.substr(from + kFrom.size())};
}

std::string without_arguments(const std::string& mode) { return mode.substr(0, mode.find('/')); }

/// The number in "int4/128"; unset for -1 and for none.
std::optional<int> block_size_of(const std::string& mode) {
  if (!mode.starts_with(kInt4)) return std::nullopt;
  int size = 0;
  const char* end = mode.data() + mode.size();
  const auto [rest, error] = std::from_chars(mode.data() + kInt4.size(), end, size);
  if (error != std::errc() || rest != end)
    throw ValueError(
        str("Invalid mode for Int4DTypePolicy. <block_size> must be an integer. Expected format "
            "'int4/<block_size>', but got '",
            mode, "'."));
  if (size < -1 || size == 0)
    throw ValueError(
        str("Invalid block_size in mode. Supported values are -1 (per-channel) or a positive "
            "integer (sub-channel), but got ",
            size, " from '", mode, "'."));
  return size == -1 ? std::nullopt : std::optional<int>(size);
}

void check_mode(const std::string& mode, DType compute_dtype) {
  const std::string plain = without_arguments(mode);
  if (std::find(kModes.begin(), kModes.end(), plain) == kModes.end())
    throw ValueError(
        str("Invalid quantization mode. Expected one of ('int8', 'float8', 'int4', 'gptq', "
            "'awq'). Received: mode=",
            mode));
  if (!is_float(compute_dtype))
    throw ValueError(
        str("A quantized dtype policy computes in a float dtype. Received: "
            "compute_dtype=",
            compute_dtype));
  if (plain == "int8" && compute_dtype == DType::kFloat16)
    throw ValueError("Quantization mode='int8' doesn't work well with compute_dtype='float16'.");
  if (mode != plain && (plain == "int8" || plain == "float8"))
    throw ValueError(str("Invalid quantization mode. Received: mode=", mode));
  block_size_of(mode);
}

const char* quantized_class_name(const std::string& mode) {
  if (mode.starts_with(kInt4)) return "Int4DTypePolicy";
  const std::string plain = without_arguments(mode);
  if (plain == "float8") return "QuantizedFloat8DTypePolicy";
  if (plain == "gptq") return "GPTQDTypePolicy";
  return plain == "awq" ? "AWQDTypePolicy" : "QuantizedDTypePolicy";
}

}  // namespace

DTypePolicy::DTypePolicy() : DTypePolicy(std::string_view()) {}

DTypePolicy::DTypePolicy(std::string_view name) : name_(name.empty() ? name_in_force() : name) {
  constexpr std::string_view kMixed = "mixed_";
  const auto [mode, source] = split_name(name_);
  if (source.empty() || source.find(kFrom) != std::string::npos)
    throw ValueError(
        str("Cannot convert `policy` into a valid pair (`mode`, `source_name`) to instantiate "
            "`QuantizedDTypePolicy`. Received: policy=",
            name_));
  if (source.starts_with(kMixed)) {
    compute_ = dtype_from_name(source.substr(kMixed.size()));
    if (compute_ != DType::kFloat16 && compute_ != DType::kBfloat16)
      throw ValueError(str("Cannot convert '", name_,
                           "' to a mixed precision DTypePolicy. Valid "
                           "policies include 'mixed_float16' and 'mixed_bfloat16'."));
  } else {
    compute_ = variable_ = dtype_from_name(source);
  }
  if (name_ != source) check_mode(mode, compute_);
}

std::string quantization_mode(const DTypePolicy& policy) {
  return without_arguments(split_name(policy.name()).mode);
}

std::optional<int> quantization_block_size(const DTypePolicy& policy) {
  return block_size_of(split_name(policy.name()).mode);
}

Config DTypePolicy::serialize() const {
  const auto [mode, source] = split_name(name_);
  if (mode.empty()) return serialize_object("keras", "DTypePolicy", {{"name", name_}});
  return serialize_object("keras.dtype_policies", quantized_class_name(mode),
                          {{"mode", mode}, {"source_name", source}});
}

DTypePolicy DTypePolicy::deserialize(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_string()) return DTypePolicy(config.as_string());
  const std::string class_name = config.get("class_name", "");
  const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), class_name) != names.end();
  };
  if (is_one_of({"DTypePolicy", "FloatDTypePolicy", "Policy", "PolicyV1"}))
    return DTypePolicy(config.at("config").get("name", "float32"));
  if (!is_one_of({"QuantizedDTypePolicy", "Int4DTypePolicy", "QuantizedFloat8DTypePolicy",
                  "GPTQDTypePolicy", "AWQDTypePolicy"}))
    throw ValueError(str("The dtype policy class ", class_name, " is not supported."));
  const std::string source = config.at("config").get("source_name", "");
  return DTypePolicy(str(config.at("config").at("mode").as_string(), kFrom,
                         source.empty() ? name_in_force() : source));
}

namespace config {

DTypePolicy dtype_policy() { return {}; }

void set_dtype_policy(const DTypePolicy& policy) {
  const std::lock_guard lock(policy_in_force().mutex);
  policy_in_force().name = policy.name();
}

}  // namespace config
}  // namespace keras
