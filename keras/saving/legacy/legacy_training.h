#pragma once

#include <string>
#include <vector>

#include "keras/models/model.h"
#include "keras/saving/hdf5/hdf5_file.h"

namespace keras::saving::legacy {

/// The `training_config` of a legacy HDF5 file, or the `compile_config` of Keras 2's archives, as a
/// compile config of Keras 3: old names of arguments, wrappers of functions, reductions.
Config modern_compile_config(const Config& training);

/// Gives a model's optimizer its state: datasets by these names, scalars and then slots. False,
/// with nothing changed, where they do not fit.
bool restore_optimizer(const Model& model, const Hdf5Group& group,
                       const std::vector<std::string>& names);

/// Gives a model's optimizer the state in `optimizer_weights`. Keeps a fresh state, with a warning,
/// where what the file has does not fit.
void read_optimizer_weights(const Model& model, const Hdf5Group& group);

}  // namespace keras::saving::legacy
