#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace keras {

/// A JSON-like value: what `get_config` returns and a model file's JSON holds. Dictionaries keep
/// the order of insertion, as Python's do.
class Config {
 public:
  using List = std::vector<Config>;
  using Item = std::pair<std::string, Config>;
  using Dict = std::vector<Item>;

  Config() = default;  ///< null, Python's None
  // Out of line: a variant's special members are large, and every call of a layer has some.
  Config(const Config& other);
  Config(Config&& other) noexcept;
  Config& operator=(const Config& other);
  Config& operator=(Config&& other) noexcept;
  ~Config();
  Config(std::nullptr_t) {}
  Config(bool value) : value_(value) {}
  Config(int value) : value_(static_cast<std::int64_t>(value)) {}
  Config(std::int64_t value) : value_(value) {}
  Config(double value) : value_(value) {}
  /// Widened so that it prints as the shortest decimal that reads back as the same float.
  Config(float value);
  Config(const char* value) : value_(std::string(value)) {}
  Config(std::string_view value) : value_(std::string(value)) {}
  Config(std::string value) : value_(std::move(value)) {}
  Config(List value) : value_(std::move(value)) {}
  Config(Dict value) : value_(std::move(value)) {}
  /// `{{"units", 4}, {"name", "dense"}}`
  Config(std::initializer_list<Item> items) : value_(Dict(items)) {}
  template <typename T>
  static Config list_of(const T& values) {
    List list;
    for (const auto& value : values) list.emplace_back(value);
    return list;
  }
  static Config list(List values = {}) { return Config(std::move(values)); }
  static Config dict(Dict items = {}) { return Config(std::move(items)); }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_int() const { return std::holds_alternative<std::int64_t>(value_); }
  bool is_number() const { return is_int() || std::holds_alternative<double>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_list() const { return std::holds_alternative<List>(value_); }
  bool is_dict() const { return std::holds_alternative<Dict>(value_); }

  /// The value as a C++ type; a value of another kind is a ValueError that names both. An integral
  /// double is an int, an int is a double, a bool is neither.
  bool as_bool() const;
  std::int64_t as_int() const;
  double as_double() const;
  const std::string& as_string() const;
  const List& as_list() const;
  const Dict& as_dict() const;
  List& as_list();
  Dict& as_dict();

  /// A dictionary's entry, or nullptr where there is none (or this is no dictionary).
  const Config* find(std::string_view key) const;
  Config* find(std::string_view key);
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  /// A dictionary's entry; a missing one is a ValueError naming the key.
  const Config& at(std::string_view key) const;
  /// A list's element; out of range is a ValueError.
  const Config& at(std::size_t index) const;
  /// The entry, or `fallback` where it is missing or null.
  std::int64_t get(std::string_view key, std::int64_t fallback) const;
  int get(std::string_view key, int fallback) const;
  double get(std::string_view key, double fallback) const;
  bool get(std::string_view key, bool fallback) const;
  std::string get(std::string_view key, const char* fallback) const;
  /// Adds or replaces an entry; null becomes a dictionary.
  void set(std::string_view key, Config value);
  bool erase(std::string_view key);
  std::size_t size() const;

  /// Compact JSON text with Python's separators (", " and ": ").
  std::string to_string() const;

  friend bool operator==(const Config& a, const Config& b) = default;

 private:
  [[noreturn]] void fail(const char* expected) const;

  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Dict> value_;
};

}  // namespace keras
