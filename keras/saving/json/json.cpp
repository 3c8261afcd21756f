#include "keras/saving/json/json.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/config_text.h"

namespace keras::saving {
namespace {

constexpr std::size_t kDepthLimit = 500;
constexpr std::size_t kExcerpt = 20;

/// A number that JSON lacks, and the number that stands for it while JSON is parsed. Python's json
/// writes the former; the latter is a spelling of zero that nothing writes.
struct Constant {
  std::string_view name;
  std::string_view stand_in;
  double value;
};
constexpr Constant kConstants[] = {
    {"NaN", "0e-0000000000000001", std::numeric_limits<double>::quiet_NaN()},
    {"Infinity", "0e-0000000000000002", std::numeric_limits<double>::infinity()},
};

/// JSON text without Python's constants, and where they were.
struct StandardText {
  std::string text;
  struct Edit {
    std::size_t position;  // in `text`, behind the stand-in
    std::size_t growth;
  };
  std::vector<Edit> edits;

  /// The place in the original of a place in `text`.
  std::size_t original(std::size_t position) const {
    std::size_t shift = 0;
    for (const Edit& edit : edits)
      if (edit.position <= position) shift += edit.growth;
    return position - std::min(position, shift);
  }
};

bool continues_token(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '+' || c == '_';
}

/// True when the constant stands at `at`, as a token of its own.
bool stands_at(const Constant& constant, std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with(constant.name)) return false;
  const std::size_t end = at + constant.name.size();
  if (end < text.size() && continues_token(text[end])) return false;
  const char before = at > 0 ? text[at - 1] : ' ';
  return !continues_token(before) && !(before == '-' && std::isnan(constant.value));
}

StandardText replace_constants(std::string_view text) {
  StandardText out;
  out.text.reserve(text.size());
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\' && i + 1 < text.size()) {
      out.text += c;
      out.text += text[++i];
      continue;
    }
    if (c == '"') in_string = !in_string;
    const auto* constant = std::find_if(
        std::begin(kConstants), std::end(kConstants),
        [&](const Constant& candidate) { return !in_string && stands_at(candidate, text, i); });
    if (constant == std::end(kConstants)) {
      out.text += c;
      continue;
    }
    out.text += constant->stand_in;
    out.edits.push_back({out.text.size(), constant->stand_in.size() - constant->name.size()});
    i += constant->name.size() - 1;
  }
  return out;
}

std::string line_and_column(std::string_view text, std::size_t position) {
  const std::string_view before = text.substr(0, std::min(position, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t start =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return str("line ", line, ", column ", before.size() - start + 1);
}

/// Keeps the first place and the last value of each key, as Python does.
void merge_repeated_keys(Config::Dict& dict) {
  std::unordered_map<std::string_view, std::size_t> first;
  std::vector<std::pair<std::size_t, std::size_t>> repeats;
  for (std::size_t i = 0; i < dict.size(); ++i) {
    const auto [place, is_new] = first.emplace(dict[i].first, i);
    if (!is_new) repeats.emplace_back(place->second, i);
  }
  if (repeats.empty()) return;
  std::vector<bool> dropped(dict.size());
  for (const auto& [target, source] : repeats) {
    dict[target].second = std::move(dict[source].second);
    dropped[source] = true;
  }
  Config::Dict kept;
  for (std::size_t i = 0; i < dict.size(); ++i)
    if (!dropped[i]) kept.push_back(std::move(dict[i]));
  dict = std::move(kept);
}

/// Builds the value while the parser reports its pieces; `false` stops the parser.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(const StandardText& standard) : has_constants_(!standard.edits.empty()) {}

  bool null() override { return add(Config()); }
  bool boolean(bool value) override { return add(Config(value)); }
  bool number_integer(std::int64_t value) override { return add(Config(value)); }
  bool number_unsigned(std::uint64_t value) override {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return refuse_integer(std::to_string(value));
    return add(Config(static_cast<std::int64_t>(value)));
  }
  bool number_float(double value, const std::string& text) override {
    if (text.find_first_of(".eE") == std::string::npos) return refuse_integer(text);
    return add(Config(has_constants_ ? with_constants(value, text) : value));
  }
  bool string(std::string& value) override { return add(Config(std::move(value))); }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Config::dict()); }
  bool start_array(std::size_t) override { return open(Config::list()); }
  bool key(std::string& value) override {
    stack_.back().key = std::move(value);
    return true;
  }
  bool end_object() override {
    merge_repeated_keys(stack_.back().value.as_dict());
    return close();
  }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception&) override {
    error_position_ = position;
    return false;
  }

  Config take() { return std::move(root_); }
  /// Why one of the functions above refused; empty where the text itself is malformed.
  const std::string& refusal() const { return refusal_; }
  bool integer_too_large() const { return integer_too_large_; }
  std::size_t error_position() const { return error_position_; }

 private:
  struct Frame {
    Config value;
    std::string key;
  };

  static double with_constants(double value, std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    for (const Constant& constant : kConstants)
      if (text == constant.stand_in) return negative ? -constant.value : constant.value;
    return value;
  }
  bool add(Config value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return true;
    }
    Frame& frame = stack_.back();
    if (frame.value.is_list())
      frame.value.as_list().push_back(std::move(value));
    else
      frame.value.as_dict().emplace_back(std::move(frame.key), std::move(value));
    return true;
  }
  bool open(Config container) {
    if (stack_.size() == kDepthLimit) {
      refusal_ = str("it nests deeper than ", kDepthLimit, " containers");
      return false;
    }
    stack_.push_back({std::move(container), {}});
    return true;
  }
  bool close() {
    Config value = std::move(stack_.back().value);
    stack_.pop_back();
    return add(std::move(value));
  }
  bool refuse_integer(const std::string& text) {
    integer_too_large_ = true;
    refusal_ = str("the integer ", text.substr(0, 40), " at ", path(), " does not fit in 64 bits");
    return false;
  }
  std::string path() const {
    std::vector<std::string> pieces;
    for (const Frame& frame : stack_)
      pieces.push_back(frame.value.is_list() ? str("[", frame.value.size(), "]") : frame.key);
    return pieces.empty() ? "the top" : join(pieces, ".");
  }

  bool has_constants_;
  Config root_;
  std::vector<Frame> stack_;
  std::string refusal_;
  bool integer_too_large_ = false;
  std::size_t error_position_ = 0;
};

}  // namespace

Config parse_json(std::string_view text, std::string_view source_name) {
  const StandardText standard = replace_constants(text);
  Builder builder(standard);
  if (nlohmann::json::sax_parse(standard.text.begin(), standard.text.end(), &builder))
    return builder.take();
  if (builder.integer_too_large()) throw ValueError(str(source_name, ": ", builder.refusal(), "."));
  if (!builder.refusal().empty()) throw IoError(str(source_name, ": ", builder.refusal(), "."));
  const std::size_t read = standard.original(builder.error_position());
  const std::size_t place = std::min(read > 0 ? read - 1 : 0, text.size());
  const std::string near = place < text.size()
                               ? str("near ", json_quote(text.substr(place, kExcerpt)))
                               : std::string("at the end");
  throw IoError(
      str(source_name, " is not valid JSON: ", line_and_column(text, place), ", ", near, "."));
}

std::string dump_json(const Config& value, int indent) { return json_text(value, indent); }

}  // namespace keras::saving
