#pragma once

#include <string>

#include "keras/callbacks/callback.h"

namespace keras::callbacks {

/// Further arguments of CSVLogger.
struct CSVLoggerOptions {
  std::string separator = ",";
  bool append = false;  ///< go on in an existing file, without a second header
};

/// Writes the logs of each epoch to a file, a row each, with the columns in alphabetical order.
/// Keras: keras.callbacks.CSVLogger.
class CSVLogger : public Callback {
 public:
  /// Throws ValueError unless the separator is one character. A file that cannot be written is an
  /// IoError when training begins.
  explicit CSVLogger(std::string filename, CSVLoggerOptions options = {});
};

}  // namespace keras::callbacks
