#include "keras/saving/npy_header.h"

#include <charconv>
#include <cstring>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/byte_reader.h"

namespace keras::saving {
namespace {

constexpr std::size_t kMaxRank = 64;
constexpr std::string_view kMagic{"\x93NUMPY", 6};
constexpr std::size_t kHeaderLimit = 1 << 16;

[[noreturn]] void fail(std::string_view source, std::string_view reason) {
  throw IoError(str(source, ": ", reason, "."));
}

struct TypeRow {
  std::string_view code;
  DType dtype;
  std::string_view written;
};
constexpr TypeRow kTypes[] = {
    {"b1", DType::kBool, "|b1"},     {"u1", DType::kUint8, "|u1"},   {"u2", DType::kUint16, "<u2"},
    {"u4", DType::kUint32, "<u4"},   {"i1", DType::kInt8, "|i1"},    {"i2", DType::kInt16, "<i2"},
    {"i4", DType::kInt32, "<i4"},    {"i8", DType::kInt64, "<i8"},   {"f2", DType::kFloat16, "<f2"},
    {"V2", DType::kBfloat16, "|V2"}, {"f4", DType::kFloat32, "<f4"}, {"f8", DType::kFloat64, "<f8"},
};

/// Takes tokens off the front of a Python literal.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool take(std::string_view token) {
    skip_space();
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  std::optional<std::string_view> string() {
    skip_space();
    if (text_.empty() || (text_[0] != '\'' && text_[0] != '"')) return std::nullopt;
    const std::size_t end = text_.find(text_[0], 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view value = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return value.find('\\') == std::string_view::npos ? std::optional(value) : std::nullopt;
  }
  std::optional<std::int64_t> size() {
    skip_space();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc() || value < 0) return std::nullopt;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    take("L");  // Python 2 wrote long integers so.
    return value;
  }
  bool at_end() {
    skip_space();
    return text_.empty();
  }

 private:
  void skip_space() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n')) text_.remove_prefix(1);
  }
  std::string_view text_;
};

bool read_shape(Scanner& scanner, std::vector<std::int64_t>& shape) {
  if (!scanner.take("(")) return false;
  while (!scanner.take(")")) {
    const auto dim = scanner.size();
    if (!dim || shape.size() == kMaxRank) return false;
    shape.push_back(*dim);
    if (!scanner.take(",")) return scanner.take(")");
  }
  return true;
}

bool read_entry(Scanner& scanner, std::string_view key, NpyHeader& header) {
  if (key == "descr") {
    const auto descr = scanner.string();
    header.descr = descr.value_or("");
    return descr.has_value();
  }
  if (key == "fortran_order") {
    header.fortran_order = scanner.take("True");
    return header.fortran_order || scanner.take("False");
  }
  return key == "shape" && header.shape.empty() && read_shape(scanner, header.shape);
}

}  // namespace

std::optional<NpyHeader> parse_npy_header(std::string_view text) {
  Scanner scanner(text);
  NpyHeader header;
  int entries = 0;
  if (!scanner.take("{")) return std::nullopt;
  while (!scanner.take("}")) {
    const auto key = scanner.string();
    if (!key || !scanner.take(":") || !read_entry(scanner, *key, header)) return std::nullopt;
    ++entries;
    if (scanner.take(",")) continue;
    if (!scanner.take("}")) return std::nullopt;
    break;
  }
  if (entries != 3 || header.descr.empty() || !scanner.at_end()) return std::nullopt;
  return header;
}

NpyFront read_npy_front(std::span<const std::byte> file, std::string_view source) {
  const auto magic = part_of(file, 0, kMagic.size());
  if (!magic || std::memcmp(magic->data(), kMagic.data(), kMagic.size()) != 0)
    fail(source, "is no .npy file");
  const std::uint64_t version = read_little(file, 6, 1).value_or(0);
  if (version < 1 || version > 3) fail(source, str("has the unknown .npy version ", version));
  const std::size_t width = version == 1 ? 2 : 4;
  const auto size = read_little(file, 8, width);
  if (!size || *size > kHeaderLimit) fail(source, "has a damaged .npy header");
  const auto text = part_of(file, 8 + width, *size);
  if (!text) fail(source, "is truncated");
  auto header = parse_npy_header({reinterpret_cast<const char*>(text->data()), text->size()});
  if (!header) fail(source, "has a .npy header other than of a plain array of numbers");
  return {*std::move(header), 8 + width + *size};
}

std::optional<NpyType> parse_npy_type(std::string_view descr) {
  if (descr.size() < 3) return std::nullopt;
  const char order = descr[0];
  if (order != '<' && order != '>' && order != '|' && order != '=') return std::nullopt;
  const std::string_view code = descr.substr(1);
  if (code == "u8") return NpyType{DType::kInt64, order == '>', true};
  for (const TypeRow& row : kTypes)
    if (row.code == code) return NpyType{row.dtype, order == '>', false};
  return std::nullopt;
}

std::string_view npy_type(DType dtype) {
  for (const TypeRow& row : kTypes)
    if (row.dtype == dtype) return row.written;
  return "";
}

}  // namespace keras::saving
