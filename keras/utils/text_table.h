#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace keras::utils {

/// A table in box-drawing characters, laid out as Keras's summaries are by the Python library rich:
/// cells are broken between words, and words that are too long end in "…".
class TextTable {
 public:
  enum class Align { kLeft, kRight, kCenter };
  struct Column {
    std::string header;
    int width;  ///< wished for; all are cut alike to fit the table's
    Align align = Align::kLeft;
  };

  /// `width` counts the characters of a line with its borders.
  TextTable(std::vector<Column> columns, int width);
  void add_row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// All lines, each with its newline.
  std::string text() const;

 private:
  std::string rule(const char* left, const char* dash, const char* cross, const char* right) const;
  std::string lines(const std::vector<std::string>& cells, const char* bar, bool at_bottom) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace keras::utils
