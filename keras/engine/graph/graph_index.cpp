#include "keras/engine/graph/graph_index.h"

namespace keras::engine {

GraphIndex::GraphIndex(const Graph& graph)
    : maker_(graph.values.size(), -1), users_(graph.values.size()), uses_(graph.use_counts()) {
  for (std::size_t i = 0; i < graph.calls.size(); ++i) {
    for (const ValueId input : graph.calls[i].inputs)
      users_[at(input)].push_back(static_cast<int>(i));
    for (const ValueId output : graph.calls[i].outputs) maker_[at(output)] = static_cast<int>(i);
  }
}

}  // namespace keras::engine
