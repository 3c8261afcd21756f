#pragma once

#include <string_view>
#include <vector>

#include "keras/engine/passes/pass.h"
#include "keras/engine/runtime/kernel.h"

namespace keras::engine {

/// A machine that runs graphs: its kernels and the rewrites that only it profits from.
struct Backend {
  std::string_view name;
  std::vector<KernelRow> kernels;
  std::vector<Pass> passes;
  /// Those that come before operations without a kernel are taken apart.
  std::vector<Pass> early_passes = {};
};

/// The backend that runs this process's work.
const Backend& active_backend();

/// The first of the active backend's kernels that takes the call; nullptr when none does, with the
/// reasons appended to `refusals` where given.
const Kernel* find_kernel(const KernelCall& call, std::string* refusals = nullptr);

}  // namespace keras::engine
