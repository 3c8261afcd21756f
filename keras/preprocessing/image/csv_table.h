#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace keras::preprocessing::image {

/// A table of text: RFC 4180, with the columns' names in the first line.
struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;

  /// Throws ValueError listing the columns for an unknown name.
  std::size_t column(std::string_view name) const;
};

/// Throws IoError naming the file and the line for rows of another length than the first, and for
/// quotes that are never closed.
CsvTable read_csv(const std::filesystem::path& path);

}  // namespace keras::preprocessing::image
