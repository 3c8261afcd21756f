#pragma once

#include <filesystem>

#include "keras/models/model.h"

namespace keras::saving::legacy {

/// Writes a whole model as the legacy HDF5 of Keras 3: config, weights under the layers' names,
/// training config and optimizer state as attributes and groups of the root.
void save_model_to_hdf5(const Model& model, const std::filesystem::path& path);

}  // namespace keras::saving::legacy
