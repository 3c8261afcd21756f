#pragma once

#include "keras/optimizers/optimizer.h"
#include "keras/utils/object_registry.h"

namespace keras::optimizers {

/// Keras's optimizers by name in lower case, and those that the program registered.
ObjectRegistry<Optimizer>& optimizer_table();

}  // namespace keras::optimizers
