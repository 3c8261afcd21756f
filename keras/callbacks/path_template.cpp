#include "keras/callbacks/path_template.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <variant>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::callbacks {
namespace {

using Number = std::variant<std::int64_t, double>;

[[noreturn]] void fail(const std::string& pattern, const std::string& reason) {
  throw ValueError(
      str("Failed to format this callback filepath: \"", pattern, "\". Reason: ", reason));
}

bool is_digit(char c) { return '0' <= c && c <= '9'; }

/// [0][width][.precision][type]
struct FormatSpec {
  std::string flags_and_width;
  std::string precision;
  char type = 0;
};

std::optional<FormatSpec> parse_spec(std::string_view text) {
  FormatSpec spec;
  const auto take_digits = [&text](std::string& into) {
    while (!text.empty() && is_digit(text.front()) && into.size() < 4) {
      into += text.front();
      text.remove_prefix(1);
    }
  };
  take_digits(spec.flags_and_width);
  if (text.starts_with('.')) {
    spec.precision = ".";
    text.remove_prefix(1);
    take_digits(spec.precision);
    if (spec.precision.size() == 1) return std::nullopt;
  }
  if (text.size() > 1) return std::nullopt;
  if (!text.empty()) spec.type = text.front();
  return spec;
}

std::string print(const std::string& pattern, auto value) {
  const int size = std::snprintf(nullptr, 0, pattern.c_str(), value);
  std::string out(static_cast<std::size_t>(size) + 1, '\0');
  std::snprintf(out.data(), out.size(), pattern.c_str(), value);
  out.pop_back();
  return out;
}

std::optional<std::string> format_number(Number number, std::string_view spec_text) {
  const bool is_int = std::holds_alternative<std::int64_t>(number);
  if (spec_text.empty())
    return is_int ? to_text(std::get<std::int64_t>(number)) : to_text(std::get<double>(number));
  const auto spec = parse_spec(spec_text);
  if (!spec) return std::nullopt;
  const std::string start = "%" + spec->flags_and_width + spec->precision;
  if (is_int && (spec->type == 'd' || (spec->type == 0 && spec->precision.empty())))
    return print("%" + spec->flags_and_width + "lld",
                 static_cast<long long>(std::get<std::int64_t>(number)));
  const double value =
      is_int ? static_cast<double>(std::get<std::int64_t>(number)) : std::get<double>(number);
  if (std::string_view("feEgG").find(spec->type) == std::string_view::npos) {
    if (spec->type != 0) return std::nullopt;
    return print(start + "g", value);
  }
  return print(start + spec->type, value);
}

std::optional<Number> find_number(std::string_view name, std::int64_t epoch,
                                  std::optional<std::int64_t> batch, const Logs& logs) {
  if (name == "epoch") return epoch;
  if (const double* value = logs.find(name)) return *value;
  if (name == "batch" && batch) return *batch;
  return std::nullopt;
}

}  // namespace

std::string fill_path(const std::string& pattern, std::int64_t epoch,
                      std::optional<std::int64_t> batch, const Logs& logs) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    const bool doubled = i + 1 < pattern.size() && pattern[i + 1] == c;
    if ((c != '{' && c != '}') || doubled) {
      out += c;
      if (c == '{' || c == '}') ++i;
      continue;
    }
    const std::size_t end = pattern.find('}', i);
    if (c == '}' || end == std::string::npos) fail(pattern, "a brace without its partner");
    const std::string field = pattern.substr(i + 1, end - i - 1);
    const std::size_t colon = std::min(field.find(':'), field.size());
    const auto number = find_number(field.substr(0, colon), epoch, batch, logs);
    if (!number)
      fail(pattern, str("'", field.substr(0, colon), "' (there are: epoch, ",
                        join(logs.names(), ", "), ")"));
    const auto text =
        format_number(*number, std::string_view(field).substr(std::min(colon + 1, field.size())));
    if (!text) fail(pattern, str("the format of {", field, "} is not one for a number"));
    out += *text;
    i = end;
  }
  return out;
}

}  // namespace keras::callbacks
