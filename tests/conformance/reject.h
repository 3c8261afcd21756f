#pragma once

#include <string>

namespace keras::conformance {

/// What the process that loads one file of the kind `reject` does: prints why it was refused.
/// Returns 0 when it loaded, 1 when it was refused, 3 when the model that takes weights is bad.
int load_alone(const std::string& kind, const std::string& file, const std::string& model);

}  // namespace keras::conformance
