#pragma once

#include <functional>
#include <vector>

#include "keras/engine/graph/graph.h"

namespace keras::engine {

/// Computes calls of constants once, at compile time, unless the outcome is large.
Graph fold_constants(Graph graph);
/// Replaces calls by values that they are equal to, as the operations' own rules say (x * 1 is x).
Graph simplify(Graph graph);
/// Computes equal calls, and keeps equal small constants, once.
Graph merge_common_subexpressions(Graph graph);
/// Drops calls and constants whose outcome nobody uses.
Graph drop_dead_code(Graph graph);
/// The same; `trim` may shorten a call before its inputs count as used. It is told, by value,
/// whether somebody uses it.
Graph drop_dead_code(
    Graph graph, const std::function<void(GraphCall& call, const std::vector<bool>& live)>& trim);
/// Moves what only constants and variables that the graph does not assign decide (batch
/// normalization's factors, 16-bit copies of weights) into a graph of its own, `Graph::prologue`,
/// which need not run again until such a variable changes.
Graph hoist_variable_work(Graph graph);
/// Lets calls whose outcome only becomes variables' next values wait until the present ones have
/// been read, so that they can write in their place.
Graph delay_updates(Graph graph);
/// Writes calls that no kernel of the backend takes in simpler operations.
Graph decompose_unsupported(Graph graph);

}  // namespace keras::engine
