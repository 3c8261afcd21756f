#pragma once

#include <cstddef>
#include <vector>

#include "keras/engine/graph/graph.h"
#include "keras/engine/runtime/kernel.h"

namespace keras::engine {

/// Where a value's bytes are during a run.
struct Location {
  enum class Kind : std::uint8_t { kNowhere, kArgument, kVariable, kConstant, kResult, kArena };
  Kind kind = Kind::kNowhere;
  /// Which argument, variable, constant or result.
  int index = 0;
  /// In the arena, in bytes.
  std::size_t offset = 0;
};

/// Bytes to move after the last call: a result or a variable's final value that could not be
/// computed in its place.
struct FinalCopy {
  ValueId from = kNoValue;
  Location to;
  std::size_t bytes = 0;
};

struct MemoryPlan {
  std::vector<Location> locations;  ///< one a value
  std::vector<FinalCopy> copies;    ///< in this order: results, then variables
  std::size_t arena_bytes = 0;
};

/// Gives every value a place: results and new values of variables straight in their own memory
/// where that is safe, the others in one arena in which values that are not alive at the same time
/// share bytes, and outputs overwrite inputs that end with the call where the kernel allows it.
/// `kernels` has one entry a call, null for views. Finals of variables must come from calls or be
/// arguments or constants (see `detach_swapped_variables`).
MemoryPlan plan_memory(const Graph& graph,
                       const std::vector<std::unique_ptr<PreparedKernel>>& kernels);

/// Rounded up to the alignment of the places in working memory.
std::size_t aligned(std::size_t bytes);
/// The bytes of a tensor.
std::size_t byte_size(const TensorSpec& spec);

}  // namespace keras::engine
