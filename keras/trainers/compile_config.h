#pragma once

#include "keras/trainers/compile_options.h"
#include "keras/utils/config.h"

namespace keras::trainers {

/// The arguments of `compile` as Keras writes them into a model's file. Throws ValueError for
/// functions, which have no name.
Config compile_options_to_config(const CompileOptions& options);
/// From what `compile_options_to_config` or Python's Keras wrote.
CompileOptions compile_options_from_config(const Config& config);

}  // namespace keras::trainers
