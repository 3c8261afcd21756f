#pragma once

#include <vector>

#include "keras/engine/graph/graph.h"

namespace keras::backend::cpu {

/// More instructions would not fit in the registers of an element-wise loop in L1.
inline constexpr std::size_t kMostInstructions = 48;

/// For groups of calls that become a loop each, in an order in which each follows what it needs:
/// the calls of other groups that a group should do again, because that takes less time than to
/// write their outcome to memory in one loop and to read it in the other, as the backward pass of
/// GELU does with what the forward pass found.
std::vector<std::vector<int>> find_recomputations(const engine::Graph& graph,
                                                  const std::vector<std::vector<int>>& groups);

}  // namespace keras::backend::cpu
