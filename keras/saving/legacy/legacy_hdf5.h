#pragma once

#include <filesystem>

#include "keras/models/model.h"
#include "keras/saving/hdf5/hdf5_file.h"

namespace keras::saving::legacy {

/// Whether a file's first bytes are HDF5's, whatever its name says.
bool is_hdf5(const std::filesystem::path& path);

/// A whole model from an HDF5 file of Keras 1, 2 or 3's legacy writer.
Model load_model_from_hdf5(const Hdf5File& file, const std::string& source, bool compile);

/// Compiles a model as a file says. What the file's older Keras had and this one lacks is warned
/// of, and the model stays uncompiled.
void compile_as_saved(const Model& model, const Config& training, bool is_old);

}  // namespace keras::saving::legacy
