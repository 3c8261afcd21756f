#pragma once

#include "keras/engine/runtime/backend.h"

namespace keras::backend::cpu {

/// The processor: oneDNN and our own vector kernels, the reference kernels where these refuse, and
/// the fusions that it profits from.
engine::Backend cpu_backend();

}  // namespace keras::backend::cpu
