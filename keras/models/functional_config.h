#pragma once

#include <string>

#include "keras/models/function_graph.h"

namespace keras {

/// A Functional model's config: its layers and operations with their inbound nodes, in which
/// tensors are named by (operation, call, output).
Config functional_config(const FunctionGraph& graph, const std::string& name, bool trainable);

}  // namespace keras
