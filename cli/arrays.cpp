// Arrays in files: .npy, .npz and .csv.

#include <charconv>
#include <fstream>
#include <sstream>

#include "cli/command.h"
#include "cli/files.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/atomic_file.h"

namespace keras::cli {
namespace {

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::stringstream stream(line);
  for (std::string field; std::getline(stream, field, ',');) {
    const auto first = field.find_first_not_of(" \t\r\""), last = field.find_last_not_of(" \t\r\"");
    fields.push_back(first == std::string::npos ? "" : field.substr(first, last - first + 1));
  }
  return fields;
}

bool parse(const std::string& field, float& value) {
  const char* begin = field.data() + (field.starts_with('+') ? 1 : 0);
  const auto [end, problem] = std::from_chars(begin, field.data() + field.size(), value);
  return problem == std::errc() && end == field.data() + field.size();
}

bool is_heading(const std::vector<std::string>& fields) {
  for (float value = 0; const auto& field : fields)
    if (!parse(field, value)) return true;
  return false;
}

Tensor read_csv(const std::string& path) {
  std::ifstream file(path);
  std::vector<float> values;
  std::size_t columns = 0, number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const auto fields = fields_of(line);
    if (fields.empty() || (number == 1 && is_heading(fields))) continue;
    if (columns == 0) columns = fields.size();
    if (fields.size() != columns)
      throw BadInput(str(path, ", line ", number, ": ", fields.size(),
                         " columns where the lines "
                         "before have ",
                         columns, "; give every line the same number"));
    for (const auto& field : fields)
      if (!parse(field, values.emplace_back()))
        throw BadInput(str(path, ", line ", number, ": \"", field,
                           "\" is not a number; give numbers with commas between"));
  }
  if (values.empty())
    throw BadInput(path + ": has no numbers; give rows of them with commas between");
  return Tensor::from(values, {static_cast<std::int64_t>(values.size() / columns),
                               static_cast<std::int64_t>(columns)});
}

}  // namespace

NamedTensors read_arrays(const std::string& path) {
  check_readable(path);
  const std::string ending = ending_of(path);
  if (ending == ".npy") return {{"", load_tensor(path)}};
  if (ending == ".npz") return load_tensors(path);
  if (ending == ".csv") return {{"", read_csv(path)}};
  throw BadInput(path +
                 ": not a kind of data that is read here; give .npy, .npz, .csv or images (.png, "
                 ".jpg)");
}

std::string csv_text(const Tensor& array) {
  const auto values = array.to_vector<float>();
  const std::size_t rows = array.rank() == 0 ? 1 : static_cast<std::size_t>(array.shape()[0]);
  const std::size_t columns = rows == 0 ? 0 : values.size() / rows;
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, values[i]).ptr;
    out.append(text, end);
    out += (i + 1) % columns == 0 ? '\n' : ',';
  }
  return out;
}

void check_array_file(const std::string& path, std::size_t count) {
  const std::string ending = ending_of(path);
  if (ending == ".npz") return;
  if (ending != ".npy" && ending != ".csv")
    throw BadInput(path +
                   ": not a kind of file that arrays are written to; give .npy, .npz or .csv");
  if (count != 1)
    throw BadInput(
        str(path, ": holds one array, the model has ", count, " outputs; give an .npz file"));
}

void write_arrays(const std::string& path, const NamedTensors& arrays) {
  check_array_file(path, arrays.size());
  const std::string ending = ending_of(path);
  if (ending == ".npz") return save_tensors(path, arrays);
  if (ending == ".npy") return save_tensor(path, arrays[0].second);
  saving::write_file_atomically(path, csv_text(arrays[0].second));
}

}  // namespace keras::cli
