#pragma once

#include "keras/losses/loss.h"
#include "keras/utils/object_registry.h"

namespace keras::losses {

/// Keras's losses by name, and those that the program registered.
ObjectRegistry<Loss>& loss_table();

}  // namespace keras::losses
