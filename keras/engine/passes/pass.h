#pragma once

#include <string_view>

#include "keras/engine/graph/graph.h"

namespace keras::engine {

/// One named rewrite of a graph that leaves its results as they are.
struct Pass {
  std::string_view name;
  Graph (*run)(Graph graph);
};

}  // namespace keras::engine
