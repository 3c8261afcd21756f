#pragma once

#include <filesystem>

#include "keras/models/model.h"

namespace keras {

/// Writes a model with its weights, compile configuration and optimizer state as Keras's `.keras`
/// archive, which Python's Keras 3 opens. An older file of that name stays whole when writing
/// fails. Throws ValueError for another ending, IoError for a file that cannot be written.
void save_model(const Model& model, const std::filesystem::path& filepath);

struct LoadModelOptions {
  /// Whether the model is compiled as it was saved.
  bool compile = true;
};

/// Reads a `.keras` archive. Throws IoError for a file that is missing or malformed, ValueError for
/// layers that are not known here (all of them named at once) and for weights that do not fit.
Model load_model(const std::filesystem::path& filepath, LoadModelOptions options = {});

/// The weights alone, as Keras's `.weights.h5`.
void save_weights(const Model& model, const std::filesystem::path& filepath);
/// Throws, with nothing changed, unless all weights are there with the right shapes.
void load_weights(const Model& model, const std::filesystem::path& filepath);

}  // namespace keras
