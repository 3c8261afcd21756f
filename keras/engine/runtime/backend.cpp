#include "keras/engine/runtime/backend.h"

#include <algorithm>
#include <unordered_map>

#include "keras/engine/passes/pipeline.h"

namespace keras::engine {
namespace {

using KernelIndex = std::unordered_map<const Op*, const std::vector<const Kernel*>*>;

KernelIndex index_kernels(const Backend& backend) {
  KernelIndex index;
  for (const auto& row : backend.kernels) index.emplace(row.op, &row.kernels);
  return index;
}

}  // namespace

const Kernel* find_kernel(const KernelCall& call, std::string* refusals) {
  static const KernelIndex index = index_kernels(active_backend());
  const auto row = index.find(&call.op);
  if (row == index.end()) return nullptr;
  const auto& disabled = compile_settings().disabled_kernels;
  for (const Kernel* kernel : *row->second) {
    const bool is_disabled =
        std::find(disabled.begin(), disabled.end(), kernel->name) != disabled.end();
    const std::string reason = is_disabled ? "is left out" : kernel->refusal(call);
    if (reason.empty()) return kernel;
    if (refusals) *refusals += "\n  " + std::string(kernel->name) + ": " + reason;
  }
  return nullptr;
}

}  // namespace keras::engine
