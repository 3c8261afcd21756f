#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/callbacks/logs.h"

namespace keras::callbacks {

/// Fills in a file name such as "{epoch:02d}-{val_loss:.2f}.keras" as Python's str.format does for
/// numbers: fields `epoch`, `batch` where there is one, and the logs. Throws ValueError for an
/// unknown field or a malformed one.
std::string fill_path(const std::string& pattern, std::int64_t epoch,
                      std::optional<std::int64_t> batch, const Logs& logs);

}  // namespace keras::callbacks
