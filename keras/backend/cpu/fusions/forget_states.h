#pragma once

#include "keras/engine/graph/graph.h"

namespace keras::backend::cpu {

/// Recurrences whose gradient nobody takes save nothing for it, which for an LSTM is six times what
/// it gives.
engine::Graph forget_states(engine::Graph graph);

}  // namespace keras::backend::cpu
