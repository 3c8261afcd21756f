#pragma once

#include <filesystem>
#include <string>

#include "keras/datasets/sequences.h"

namespace keras::datasets {

/// Two arrays of an `.npz` file, of which the first has Python lists of integers for elements.
/// Throws IoError for anything else. Keras: keras/src/datasets/npz_utils.py.
SequenceSplit load_lists(const std::filesystem::path& file, const std::string& x,
                         const std::string& y);

}  // namespace keras::datasets
