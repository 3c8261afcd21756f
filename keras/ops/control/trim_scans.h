#pragma once

#include "keras/engine/graph/graph.h"

namespace keras::ops {

/// Takes away what loops compute that nobody uses: ys, carries, what is kept for a gradient, and
/// the work that led there.
engine::Graph trim_scans(engine::Graph graph);

}  // namespace keras::ops
