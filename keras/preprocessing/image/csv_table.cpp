#include "keras/preprocessing/image/csv_table.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::preprocessing::image {
namespace {

class CsvReader {
 public:
  CsvReader(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  }

  bool at_end() const { return position_ >= text_.size(); }

  std::vector<std::string> row() {
    ++line_;
    std::vector<std::string> fields;
    do fields.push_back(field());
    while (take(','));
    take('\r');
    if (!at_end() && !take('\n')) fail("something follows a closing quote");
    return fields;
  }

  [[noreturn]] void fail(std::string_view problem) const {
    throw IoError(str("The table ", name_, ", row ", line_, ": ", problem, "."));
  }

 private:
  bool take(char c) {
    if (at_end() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  std::string field() {
    if (take('"')) return quoted();
    const std::size_t end = std::min(text_.find_first_of(",\r\n", position_), text_.size());
    std::string value(text_.substr(position_, end - position_));
    position_ = end;
    return value;
  }

  std::string quoted() {
    std::string value;
    for (;;) {
      const std::size_t end = text_.find('"', position_);
      if (end == std::string_view::npos) fail("a quote is never closed");
      value += text_.substr(position_, end - position_);
      position_ = end + 1;
      if (!take('"')) return value;
      value += '"';
    }
  }

  std::string_view text_;
  std::string name_;
  std::size_t position_ = 0;
  std::size_t line_ = 0;
};

}  // namespace

std::size_t CsvTable::column(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end())
    throw ValueError(
        str("The table has no column \"", name, "\". Its columns are: ", join(columns, ", "), "."));
  return static_cast<std::size_t>(found - columns.begin());
}

CsvTable read_csv(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw IoError(str("The table ", path.string(), " cannot be opened."));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CsvReader reader(text, path.string());
  CsvTable table;
  if (reader.at_end()) reader.fail("there are no columns");
  table.columns = reader.row();
  while (!reader.at_end()) {
    std::vector<std::string> row = reader.row();
    if (row.size() == 1 && row[0].empty() && table.columns.size() > 1) continue;
    if (row.size() != table.columns.size())
      reader.fail(str(row.size(), " fields, where there are ", table.columns.size(), " columns"));
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace keras::preprocessing::image
