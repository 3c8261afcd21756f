#pragma once

#include "keras/engine/graph/node.h"

namespace keras::engine {

/// Runs what a node waits for and the node itself, call by call, without rewrites.
void evaluate(const std::shared_ptr<Node>& node);

}  // namespace keras::engine
