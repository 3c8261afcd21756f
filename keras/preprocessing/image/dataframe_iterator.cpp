#include <algorithm>
#include <charconv>
#include <set>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/preprocessing/image/csv_table.h"
#include "keras/preprocessing/image/file_iterator.h"
#include "keras/utils/io_utils.h"

namespace keras::preprocessing::image {
namespace {

namespace fs = std::filesystem;

bool has_classes(const std::optional<std::string>& mode) {
  return mode && (*mode == "binary" || *mode == "categorical" || *mode == "sparse");
}

void check_class_mode(const FlowFromDataframeOptions& o) {
  const std::optional<std::string>& mode = o.class_mode;
  const bool several = mode && (*mode == "multi_output" || *mode == "raw");
  if (mode && !has_classes(mode) && !several && *mode != "input")
    throw ValueError(str("Invalid class_mode: ", *mode,
                         "; expected one of: binary, categorical, input, multi_output, raw, sparse "
                         "or nothing."));
  if ((has_classes(mode) && o.y_col.size() != 1) || (several && o.y_col.empty()))
    throw ValueError(str("If class_mode=\"", *mode, "\", y_col must be ",
                         several ? "at least one column" : "one column", ". Received ",
                         o.y_col.size(), " of them."));
  if (!o.classes.empty() && !has_classes(mode))
    utils::warn(
        str("`classes` will be ignored given the class_mode=\"", mode.value_or("None"), "\""));
}

/// Rows whose file is not there, or is no image by its name, are left out with a warning.
void keep_valid_files(CsvTable& table, std::size_t column, const FlowFromDataframeOptions& o) {
  const std::size_t before = table.rows.size();
  std::erase_if(table.rows, [&](const std::vector<std::string>& row) {
    const fs::path path = fs::path(o.directory) / row[column];
    return !has_image_extension(path) || !fs::is_regular_file(path);
  });
  if (const std::size_t invalid = before - table.rows.size(); invalid != 0)
    utils::warn(str("Found ", invalid, " invalid image filename(s) in x_col=\"", o.x_col,
                    "\". These filename(s) will be ignored."));
}

/// The classes in use, and only the rows that have one of them.
std::vector<std::string> keep_classes(CsvTable& table, const FlowFromDataframeOptions& o) {
  const std::size_t column = table.column(o.y_col[0]);
  std::vector<std::string> classes;
  for (const std::string& name : o.classes)
    if (std::find(classes.begin(), classes.end(), name) == classes.end()) classes.push_back(name);
  if (classes.empty()) {
    std::set<std::string> all;
    for (const auto& row : table.rows) all.insert(row[column]);
    all.erase("");
    classes.assign(all.begin(), all.end());
  }
  if (o.class_mode == "binary" && classes.size() != 2)
    throw ValueError(o.classes.empty()
                         ? str("If class_mode=\"binary\" there must be 2 classes. Found ",
                               classes.size(), " classes.")
                         : str("If class_mode=\"binary\" there must be 2 classes. ", classes.size(),
                               " class/es were given."));
  std::erase_if(table.rows, [&](const std::vector<std::string>& row) {
    return std::find(classes.begin(), classes.end(), row[column]) == classes.end();
  });
  return classes;
}

double number_of(const std::string& text, std::string_view column) {
  double value = 0;
  const char* end = text.data() + text.size();
  const char* begin = text.data() + std::min(text.find_first_not_of(' '), text.size());
  const auto [stop, problem] = std::from_chars(begin, end, value);
  if (problem != std::errc() || stop != end)
    throw TypeError(str("Column ", column, " must be numeric. Received: \"", text, "\""));
  return value;
}

/// The columns that `argument` names.
Tensor numbers(const CsvTable& table, const std::vector<std::string>& columns,
               const char* argument) {
  std::vector<float> values;
  for (const auto& row : table.rows)
    for (const std::string& column : columns)
      values.push_back(
          static_cast<float>(number_of(row[table.column(column)], str(argument, "=", column))));
  const auto count = static_cast<std::int64_t>(table.rows.size());
  const auto width = static_cast<std::int64_t>(columns.size());
  return Tensor::from(values, width == 1 ? Shape{count} : Shape{count, width});
}

void fill_targets(ImageFiles& files, const CsvTable& table, const FlowFromDataframeOptions& o) {
  if (has_classes(o.class_mode)) {
    const std::size_t column = table.column(o.y_col[0]);
    for (const auto& row : table.rows)
      files.classes.push_back(
          std::find(files.class_names.begin(), files.class_names.end(), row[column]) -
          files.class_names.begin());
  }
  if (o.class_mode == "raw") files.targets = {numbers(table, o.y_col, "y_col")};
  if (o.class_mode == "multi_output")
    for (const std::string& column : o.y_col)
      files.targets.push_back(numbers(table, {column}, "y_col"));
  if (!o.weight_col.empty()) files.sample_weight = numbers(table, {o.weight_col}, "weight_col");
}

}  // namespace

Iterator make_dataframe_iterator(std::shared_ptr<const Pipeline> pipeline, const fs::path& csv,
                                 const FlowFromDataframeOptions& o) {
  FileReading reading = file_reading(o);
  check_class_mode(o);
  CsvTable table = read_csv(csv);
  const std::size_t file_column = table.column(o.x_col);
  if (o.validate_filenames) keep_valid_files(table, file_column, o);
  ImageFiles files;
  if (has_classes(o.class_mode)) files.class_names = keep_classes(table, o);
  const FileRange range = range_of_subset(o.subset, pipeline->validation_split, table.rows.size());
  table.rows = {table.rows.begin() + static_cast<std::ptrdiff_t>(range.first),
                table.rows.begin() + static_cast<std::ptrdiff_t>(range.last)};
  fill_targets(files, table, o);
  for (const auto& row : table.rows) {
    files.names.push_back(row[file_column]);
    files.paths.push_back(fs::path(o.directory) / row[file_column]);
  }
  std::string found =
      str("Found ", files.paths.size(), o.validate_filenames ? " validated" : " non-validated",
          " image filenames");
  if (has_classes(o.class_mode))
    found += str(" belonging to ", files.class_names.size(), " classes");
  utils::print_msg(found + ".");
  return make_file_iterator(std::move(pipeline), std::move(files), std::move(reading));
}

}  // namespace keras::preprocessing::image
