#pragma once

#include <filesystem>
#include <string>

#include "keras/models/model.h"

namespace keras {

/// Writes a model with its weights, compile configuration and optimizer state as Keras's `.keras`
/// archive, which Python's Keras 3 opens, or, for a name that ends in .h5 or .hdf5, as legacy HDF5.
/// An older file of that name stays whole when writing fails. Throws ValueError for another ending,
/// IoError for a file that cannot be written.
void save_model(const Model& model, const std::filesystem::path& filepath);

struct LoadModelOptions {
  /// Whether the model is compiled as it was saved.
  bool compile = true;
};

/// Reads a whole model: a `.keras` archive of Keras 3 or 2.12 to 2.15, or an HDF5 file of Keras 1,
/// 2 or 3's legacy writer. The first bytes say which, not the name. Throws IoError for a file that
/// is missing or malformed, ValueError for layers that are not known here (all of them named at
/// once) and for weights that do not fit.
Model load_model(const std::filesystem::path& filepath, LoadModelOptions options = {});

/// A model from the JSON of `Model::to_json`, Python's Keras 1, 2 or 3, with new weights. Keras:
/// keras.models.model_from_json.
Model model_from_json(const std::string& json);

/// The weights alone, as Keras's `.weights.h5`; with `max_shard_size`, as a `.weights.json` and the
/// shards that it names, beside it.
void save_weights(const Model& model, const std::filesystem::path& filepath,
                  SaveWeightsOptions options = {});
/// From a `.weights.h5`, a `.weights.json` with its shards, from legacy HDF5, or from the weights
/// in a `.keras` file. Throws, with nothing changed, unless all weights are there with the right
/// shapes.
void load_weights(const Model& model, const std::filesystem::path& filepath,
                  LoadWeightsOptions options = {});

}  // namespace keras
