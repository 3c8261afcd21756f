#pragma once

#include <vector>

#include "keras/engine/graph/graph.h"

namespace keras::engine {

/// Who makes and who uses the values of a graph, as it was when the index was made. Calls are given
/// by their place in `Graph::calls`.
class GraphIndex {
 public:
  explicit GraphIndex(const Graph& graph);

  /// The call that makes a value; -1 for arguments, variables and constants.
  int maker(ValueId value) const { return maker_[at(value)]; }
  /// For a rewrite that lets another call make the value.
  void set_maker(ValueId value, int call) { maker_[at(value)] = call; }
  /// The calls that use a value, one for each use.
  const std::vector<int>& users(ValueId value) const { return users_[at(value)]; }
  /// How often a value is used: by calls, as a result, as a variable's final value.
  int uses(ValueId value) const { return uses_[at(value)]; }
  /// The call that uses a value, if that is the only use; else -1.
  int only_user(ValueId value) const {
    return uses(value) == 1 && users(value).size() == 1 ? users(value).front() : -1;
  }

 private:
  static std::size_t at(ValueId value) { return static_cast<std::size_t>(value); }

  std::vector<int> maker_;
  std::vector<std::vector<int>> users_;
  std::vector<int> uses_;
};

}  // namespace keras::engine
