#pragma once

#include <string>
#include <vector>

#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// oneDNN's names of the implementations that a kernel runs; none for kernels of other kinds.
std::vector<std::string> implementations(const engine::PreparedKernel& kernel);

}  // namespace keras::backend::cpu
