#pragma once

#include "keras/initializers/initializer.h"
#include "keras/utils/object_registry.h"

namespace keras::initializers {

/// Keras's initializers by name, and those that the program registered.
ObjectRegistry<Initializer>& initializer_table();

}  // namespace keras::initializers
