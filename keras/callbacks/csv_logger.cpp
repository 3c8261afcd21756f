#include "keras/callbacks/csv_logger.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::callbacks {
namespace {

class CSVLoggerImpl final : public CallbackImpl {
 public:
  CSVLoggerImpl(std::string filename, CSVLoggerOptions options)
      : filename_(std::move(filename)), options_(std::move(options)) {
    if (options_.separator.size() != 1)
      throw ValueError(str("CSVLogger: `separator` must be one character. Received: separator='",
                           options_.separator, "'"));
  }

  void on_train_begin(Logs& /*logs*/) override {
    write_header_ = !(options_.append && has_a_line());
    keys_.clear();
    file_ = std::ofstream(filename_, options_.append ? std::ios::app : std::ios::trunc);
    if (!file_) throw IoError(str("CSVLogger: cannot write to ", filename_, "."));
  }

  void on_epoch_end(int epoch, Logs& logs) override {
    if (keys_.empty()) choose_keys(logs);
    if (std::exchange(write_header_, false)) {
      write("epoch");
      for (const auto& key : keys_) write_next(key);
      end_line();
    }
    write(std::to_string(epoch));
    for (const auto& key : keys_) {
      const double* value = logs.find(key);
      write_next(!value                ? "NA"
                 : logs.is_vector(key) ? list_text(logs.vector(key))
                                       : to_text(*value));
    }
    end_line();
  }

  void on_train_end(Logs& /*logs*/) override { file_.close(); }

 private:
  bool has_a_line() const {
    std::ifstream file(filename_);
    return file && file.peek() != std::ifstream::traits_type::eof();
  }

  /// With quotation marks of its own, as Keras writes it.
  static std::string list_text(const std::vector<double>& values) {
    std::vector<std::string> texts;
    for (const double value : values) texts.push_back(to_text(value));
    return "\"[" + join(texts, ", ") + "]\"";
  }

  /// Validation may come later than the first row: its columns are there from the start.
  void choose_keys(const Logs& logs) {
    keys_ = logs.names();
    std::sort(keys_.begin(), keys_.end());
    const bool validated = std::any_of(
        keys_.begin(), keys_.end(), [](const std::string& key) { return key.starts_with("val_"); });
    if (validated) return;
    const std::vector<std::string> trained = keys_;
    for (const auto& key : trained) keys_.push_back("val_" + key);
  }

  void write(const std::string& field) {
    const bool quoted = field.find_first_of("\"\r\n" + options_.separator) != std::string::npos;
    if (!quoted) {
      file_ << field;
      return;
    }
    file_ << '"';
    for (const char c : field) file_ << (c == '"' ? "\"\"" : std::string(1, c));
    file_ << '"';
  }

  void write_next(const std::string& field) {
    file_ << options_.separator;
    write(field);
  }

  void end_line() {
    file_ << "\r\n" << std::flush;
    if (!file_) throw IoError(str("CSVLogger: cannot write to ", filename_, "."));
  }

  std::string filename_;
  CSVLoggerOptions options_;
  std::ofstream file_;
  std::vector<std::string> keys_;
  bool write_header_ = true;
};

}  // namespace

CSVLogger::CSVLogger(std::string filename, CSVLoggerOptions options)
    : Callback(std::make_shared<CSVLoggerImpl>(std::move(filename), std::move(options))) {}

}  // namespace keras::callbacks
