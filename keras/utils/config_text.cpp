#include "keras/utils/config_text.h"

#include <cmath>
#include <cstdint>

#include "keras/engine/text.h"
#include "keras/utils/config.h"

namespace keras {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;

struct CodePoint {
  std::uint32_t value;
  std::size_t length;
};

/// Decodes the sequence at the front of `text`; one byte and U+FFFD where it is malformed.
CodePoint decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {kReplacement, 1};
  std::uint32_t value = lead & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return {kReplacement, 1};
    value = (value << 6) | (byte & 0x3fu);
  }
  const bool surrogate = value >= 0xd800 && value < 0xe000;
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (surrogate || overlong || value > 0x10ffff) return {kReplacement, 1};
  return {value, length};
}

void append_hex_escape(std::string& out, std::uint32_t unit) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[(unit >> shift) & 0xf];
}

void append_escaped(std::string& out, std::uint32_t point) {
  switch (point) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (point >= 0x20 && point < 0x7f) {
    out += static_cast<char>(point);
  } else if (point < 0x10000) {
    append_hex_escape(out, point);
  } else {
    append_hex_escape(out, 0xd800 + ((point - 0x10000) >> 10));
    append_hex_escape(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
  }
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return to_text(value);
}

class Writer {
 public:
  explicit Writer(int indent) : indent_(indent) {}

  void write(const Config& value) {
    if (value.is_null()) {
      text_ += "null";
    } else if (value.is_bool()) {
      text_ += value.as_bool() ? "true" : "false";
    } else if (value.is_int()) {
      text_ += std::to_string(value.as_int());
    } else if (value.is_number()) {
      text_ += number_text(value.as_double());
    } else if (value.is_string()) {
      text_ += json_quote(value.as_string());
    } else if (value.is_list()) {
      write_items(value.as_list(), '[', ']', [this](const Config& item) { write(item); });
    } else {
      write_items(value.as_dict(), '{', '}', [this](const Config::Item& item) {
        text_ += json_quote(item.first);
        text_ += ": ";
        write(item.second);
      });
    }
  }
  std::string take() { return std::move(text_); }

 private:
  template <typename Items, typename WriteItem>
  void write_items(const Items& items, char open, char close, WriteItem write_item) {
    text_ += open;
    ++depth_;
    bool first = true;
    for (const auto& item : items) {
      if (!first) text_ += indent_ < 0 ? ", " : ",";
      first = false;
      new_line();
      write_item(item);
    }
    --depth_;
    if (!items.empty()) new_line();
    text_ += close;
  }
  void new_line() {
    if (indent_ < 0) return;
    text_ += '\n';
    text_.append(static_cast<std::size_t>(indent_) * depth_, ' ');
  }

  int indent_;
  std::size_t depth_ = 0;
  std::string text_;
};

}  // namespace

std::string json_text(const Config& value, int indent) {
  Writer writer(indent);
  writer.write(value);
  return writer.take();
}

std::string json_quote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const CodePoint point = decode(text);
    append_escaped(out, point.value);
    text.remove_prefix(point.length);
  }
  out += '"';
  return out;
}

}  // namespace keras
