#pragma once

#include <vector>

#include "keras/engine/graph/graph.h"

namespace keras::engine {

/// The values of a graph, as it was when they were sorted, that stay the same from run to run until
/// somebody assigns a variable: variables that the graph only reads, constants, and what calls make
/// of these alone.
class FixedValues {
 public:
  explicit FixedValues(const Graph& graph);

  bool contains(ValueId value) const {
    const auto i = static_cast<std::size_t>(value);
    return i < fixed_.size() && fixed_[i];
  }
  /// Whether a call makes such values. One that makes much more memory of little does not, unless
  /// its operation is there to prepare them: a small variable broadcast to a batch is not worth
  /// keeping.
  bool makes(const GraphCall& call) const;

 private:
  void mark(ValueId value) { fixed_[static_cast<std::size_t>(value)] = true; }

  const Graph& graph_;
  std::vector<bool> fixed_;
};

}  // namespace keras::engine
