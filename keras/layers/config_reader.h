#pragma once

#include <optional>
#include <set>
#include <string>

#include "keras/utils/config.h"

namespace keras {

/// Reads a layer's config argument by argument and knows which ones nobody asked for.
class ConfigReader {
 public:
  /// `name`, `trainable` and `dtype`, which every layer has, are read beforehand.
  ConfigReader(std::string class_name, const Config& config);

  const std::string& name() const { return name_; }
  bool trainable() const { return trainable_; }
  const std::string& dtype() const { return dtype_; }

  /// An argument, or null where the config has none.
  const Config& get(const std::string& key);
  std::string get(const std::string& key, const char* fallback);
  bool get(const std::string& key, bool fallback);
  int get(const std::string& key, int fallback);
  double get(const std::string& key, double fallback);
  std::optional<std::int64_t> get_optional_int(const std::string& key);
  std::optional<double> get_optional_double(const std::string& key);
  /// Throws ValueError where the argument is missing.
  const Config& require(const std::string& key);
  /// The same, and where it is no integer of 32 bits, or no number.
  int require_int(const std::string& key);
  double require_double(const std::string& key);
  /// An argument that may only have the value that changes nothing.
  void expect(const std::string& key, const Config& only_value);
  /// Throws ValueError naming the arguments that were not asked for and are not null.
  void finish() const;

 private:
  std::string class_name_;
  const Config& config_;
  std::string name_;
  bool trainable_ = true;
  std::string dtype_;
  std::set<std::string> read_;
};

}  // namespace keras
