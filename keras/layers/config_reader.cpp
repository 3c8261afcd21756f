#include "keras/layers/config_reader.h"

#include <utility>

#include "keras/dtype_policies/dtype_policy.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/io_utils.h"

namespace keras {

ConfigReader::ConfigReader(std::string class_name, const Config& config)
    : class_name_(std::move(class_name)), config_(config) {
  if (!config.is_dict())
    throw ValueError(str(class_name_, ": the config must be a dictionary, received ", config, "."));
  name_ = get("name", "");
  trainable_ = get("trainable", true);
  dtype_ = DTypePolicy::deserialize(get("dtype")).name();
}

const Config& ConfigReader::get(const std::string& key) {
  static const Config nothing;
  read_.insert(key);
  const Config* found = config_.find(key);
  return found ? *found : nothing;
}

std::string ConfigReader::get(const std::string& key, const char* fallback) {
  get(key);
  return config_.get(key, fallback);
}

bool ConfigReader::get(const std::string& key, bool fallback) {
  get(key);
  return config_.get(key, fallback);
}

int ConfigReader::get(const std::string& key, int fallback) {
  get(key);
  return config_.get(key, fallback);
}

double ConfigReader::get(const std::string& key, double fallback) {
  get(key);
  return config_.get(key, fallback);
}

std::optional<std::int64_t> ConfigReader::get_optional_int(const std::string& key) {
  if (get(key).is_null()) return {};
  return config_.get(key, std::int64_t{0});
}

std::optional<double> ConfigReader::get_optional_double(const std::string& key) {
  if (get(key).is_null()) return {};
  return config_.get(key, 0.0);
}

const Config& ConfigReader::require(const std::string& key) {
  const Config& value = get(key);
  if (value.is_null())
    throw ValueError(str(class_name_, ": the config has no value for `", key, "`."));
  return value;
}

int ConfigReader::require_int(const std::string& key) {
  require(key);
  return config_.get(key, 0);
}

double ConfigReader::require_double(const std::string& key) {
  require(key);
  return config_.get(key, 0.0);
}

void ConfigReader::expect(const std::string& key, const Config& only_value) {
  const Config& value = get(key);
  if (!value.is_null() && value != only_value)
    throw ValueError(str(class_name_, ": `", key, "=", value, "` is not supported."));
}

void ConfigReader::finish() const {
  for (const auto& [key, value] : config_.as_dict()) {
    if (read_.contains(key)) continue;
    if (!value.is_null())
      throw ValueError(str(class_name_,
                           ": the config has an argument that this version does not "
                           "know: `",
                           key, "=", value, "`."));
    utils::warn(str(class_name_, ": the config has an argument that this version does not know; `",
                    key, "=None` is passed over."));
  }
}

}  // namespace keras
