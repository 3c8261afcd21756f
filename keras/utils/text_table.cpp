#include "keras/utils/text_table.h"

#include <algorithm>
#include <cmath>

namespace keras::utils {
namespace {

/// Spaces at both sides of a cell.
constexpr int kPadding = 2;

/// Characters, which UTF-8 spreads over several bytes.
int shown(const std::string& text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

/// The first `count` characters.
std::string first_characters(const std::string& text, int count) {
  std::size_t end = 0;
  for (; end < text.size(); ++end)
    if ((text[end] & 0xc0) != 0x80 && count-- == 0) break;
  return text.substr(0, end);
}

std::string without_spaces_at_end(const std::string& text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

/// Words with the spaces around them: those in front belong to the first.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t word = text.find_first_not_of(' ', begin);
    if (word == std::string::npos) break;
    const std::size_t space = std::min(text.find(' ', word), text.size());
    const std::size_t end = std::min(text.find_first_not_of(' ', space), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

std::vector<std::string> wrapped(const std::string& text, int width) {
  std::vector<std::string> lines = {""};
  int used = 0;
  for (const auto& word : words_of(text)) {
    if (width - used < shown(without_spaces_at_end(word))) {
      if (!lines.back().empty()) lines.emplace_back();
      used = 0;
    }
    lines.back() += word;
    used += shown(word);
  }
  for (auto& line : lines) {
    line = without_spaces_at_end(line);
    if (shown(line) > width) line = first_characters(line, width - 1) + "…";
  }
  return lines;
}

std::string aligned(const std::string& text, int width, TextTable::Align align) {
  const int space = width - shown(text);
  const int left = align == TextTable::Align::kLeft    ? 0
                   : align == TextTable::Align::kRight ? space
                                                       : space / 2;
  return std::string(static_cast<std::size_t>(left), ' ') + text +
         std::string(static_cast<std::size_t>(space - left), ' ');
}

}  // namespace

TextTable::TextTable(std::vector<Column> columns, int width) : columns_(std::move(columns)) {
  int excess = -width + 1;
  for (const auto& column : columns_) excess += column.width + kPadding + 1;
  // Each column gives its share of what is left to be cut; halves are rounded to even.
  auto left = static_cast<int>(columns_.size());
  for (auto& column : columns_) {
    const int cut = excess > 0 ? static_cast<int>(std::nearbyint(double(excess) / left)) : 0;
    column.width = std::max(1, column.width - cut);
    excess -= cut;
    --left;
  }
}

std::string TextTable::text() const {
  std::vector<std::string> header;
  for (const auto& column : columns_) header.push_back(column.header);
  std::string out = rule("┏", "━", "┳", "┓") + lines(header, "┃", true) + rule("┡", "━", "╇", "┩");
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (i > 0) out += rule("├", "─", "┼", "┤");
    out += lines(rows_[i], "│", false);
  }
  return out + rule("└", "─", "┴", "┘");
}

std::string TextTable::rule(const char* left, const char* dash, const char* cross,
                            const char* right) const {
  std::string out = left;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out += cross;
    for (int k = 0; k < columns_[i].width + kPadding; ++k) out += dash;
  }
  return out + right + "\n";
}

std::string TextTable::lines(const std::vector<std::string>& cells, const char* bar,
                             bool at_bottom) const {
  std::vector<std::vector<std::string>> wrapped_cells;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    wrapped_cells.push_back(wrapped(cells[i], columns_[i].width));
    height = std::max(height, wrapped_cells.back().size());
  }
  if (at_bottom)
    for (auto& cell : wrapped_cells) cell.insert(cell.begin(), height - cell.size(), "");
  std::string out;
  for (std::size_t h = 0; h < height; ++h) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string piece = h < wrapped_cells[i].size() ? wrapped_cells[i][h] : std::string();
      out += std::string(bar) + " " + aligned(piece, columns_[i].width, columns_[i].align) + " ";
    }
    out += std::string(bar) + "\n";
  }
  return out;
}

}  // namespace keras::utils
