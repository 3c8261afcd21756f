#include "keras/utils/config.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/config_text.h"

namespace keras {
namespace {

constexpr const char* kKinds[] = {"None", "bool", "int", "float", "string", "list", "dictionary"};

template <typename Value>
std::string kind_and_text(const Value& value, std::size_t kind) {
  constexpr std::size_t kLongest = 60;
  std::string text = kind == 0 ? "" : str(" ", value.to_string());
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
  return kKinds[kind] + text;
}

/// The nearest double whose shortest decimal is the float's own: 0.1f is 0.1.
double widen(float value) {
  if (!std::isfinite(value)) return static_cast<double>(value);
  char buffer[40];
  const auto written = std::to_chars(buffer, buffer + sizeof buffer, value);
  double wide = 0;
  std::from_chars(buffer, written.ptr, wide);
  return wide;
}

bool holds_int64(double value) {
  return std::trunc(value) == value && value >= -0x1p63 && value < 0x1p63;
}

}  // namespace

Config::Config(const Config& other) = default;
Config::Config(Config&& other) noexcept = default;
Config& Config::operator=(const Config& other) = default;
Config& Config::operator=(Config&& other) noexcept = default;
Config::~Config() = default;

Config::Config(float value) : value_(widen(value)) {}

void Config::fail(const char* expected) const {
  throw ValueError(str("Expected ", expected, ", got ", kind_and_text(*this, value_.index()), "."));
}

bool Config::as_bool() const {
  if (const auto* value = std::get_if<bool>(&value_)) return *value;
  fail("a bool");
}

std::int64_t Config::as_int() const {
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return *value;
  if (const auto* value = std::get_if<double>(&value_); value != nullptr && holds_int64(*value))
    return static_cast<std::int64_t>(*value);
  fail("an int");
}

double Config::as_double() const {
  if (const auto* value = std::get_if<double>(&value_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*value);
  fail("a number");
}

const std::string& Config::as_string() const {
  if (const auto* value = std::get_if<std::string>(&value_)) return *value;
  fail("a string");
}

const Config::List& Config::as_list() const {
  if (const auto* value = std::get_if<List>(&value_)) return *value;
  fail("a list");
}

const Config::Dict& Config::as_dict() const {
  if (const auto* value = std::get_if<Dict>(&value_)) return *value;
  fail("a dictionary");
}

Config::List& Config::as_list() { return const_cast<List&>(std::as_const(*this).as_list()); }
Config::Dict& Config::as_dict() { return const_cast<Dict&>(std::as_const(*this).as_dict()); }

const Config* Config::find(std::string_view key) const {
  const auto* dict = std::get_if<Dict>(&value_);
  if (dict == nullptr) return nullptr;
  const auto item = std::find_if(dict->begin(), dict->end(),
                                 [key](const Item& candidate) { return candidate.first == key; });
  return item == dict->end() ? nullptr : &item->second;
}

Config* Config::find(std::string_view key) {
  return const_cast<Config*>(std::as_const(*this).find(key));
}

const Config& Config::at(std::string_view key) const {
  if (const Config* value = find(key)) return *value;
  std::vector<std::string> keys;
  for (const auto& [known, value] : as_dict()) keys.push_back(known);
  throw ValueError(str("Missing the key \"", key, "\"; there is: ", join(keys, ", "), "."));
}

const Config& Config::at(std::size_t index) const {
  const List& list = as_list();
  if (index >= list.size())
    throw ValueError(str("Index ", index, " is beyond the end of a list of ", list.size(), "."));
  return list[index];
}

namespace {

/// The entry that counts: present and not null.
const Config* value_of(const Config& config, std::string_view key) {
  const Config* value = config.find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

/// Names the key in the error of a value of the wrong kind.
template <typename Read>
auto read_entry(std::string_view key, Read read) {
  try {
    return read();
  } catch (ValueError& error) {
    throw ValueError(str("\"", key, "\": ", error.message()));
  }
}

}  // namespace

std::int64_t Config::get(std::string_view key, std::int64_t fallback) const {
  const Config* value = value_of(*this, key);
  return value == nullptr ? fallback : read_entry(key, [&] { return value->as_int(); });
}

int Config::get(std::string_view key, int fallback) const {
  const std::int64_t value = get(key, static_cast<std::int64_t>(fallback));
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
    throw ValueError(str("\"", key, "\": ", value, " does not fit in 32 bits."));
  return static_cast<int>(value);
}

double Config::get(std::string_view key, double fallback) const {
  const Config* value = value_of(*this, key);
  return value == nullptr ? fallback : read_entry(key, [&] { return value->as_double(); });
}

bool Config::get(std::string_view key, bool fallback) const {
  const Config* value = value_of(*this, key);
  return value == nullptr ? fallback : read_entry(key, [&] { return value->as_bool(); });
}

std::string Config::get(std::string_view key, const char* fallback) const {
  const Config* value = value_of(*this, key);
  return value == nullptr ? fallback : read_entry(key, [&] { return value->as_string(); });
}

void Config::set(std::string_view key, Config value) {
  if (is_null()) value_ = Dict();
  if (Config* present = find(key)) {
    *present = std::move(value);
    return;
  }
  as_dict().emplace_back(std::string(key), std::move(value));
}

bool Config::erase(std::string_view key) {
  return std::erase_if(as_dict(), [key](const Item& item) { return item.first == key; }) > 0;
}

std::size_t Config::size() const {
  if (const auto* list = std::get_if<List>(&value_)) return list->size();
  if (const auto* dict = std::get_if<Dict>(&value_)) return dict->size();
  fail("a list or a dictionary");
}

std::string Config::to_string() const { return json_text(*this); }

}  // namespace keras
