#pragma once

#include <string>

#include "keras/utils/config.h"

namespace keras::saving::legacy {

/// The first number of a version such as "2.2.4-tf"; 1 where there is none, because Keras 1 wrote
/// none at first.
int keras_generation(const std::string& version);

/// A model as Keras 1 or 2 serialized it, {"class_name", "config"}, in the form of Keras 3: bare
/// lists of layers, missing input layers, old class names, arguments and spellings of inbound
/// nodes, TensorFlow's operations as layers. Throws ValueError for what has no counterpart.
Config modernize_model(Config object);

/// A config for a file that Keras 3 is to read. The old hard_sigmoid gets the name of the new one,
/// with a warning, because Keras 3 has none for it.
Config with_names_of_keras3(Config config);

}  // namespace keras::saving::legacy
