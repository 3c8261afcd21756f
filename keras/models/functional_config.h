#pragma once

#include <string>

#include "keras/models/function_graph.h"

namespace keras {

/// A Functional model's config: its layers and operations with their inbound nodes, in which
/// tensors are named by (operation, call, output). The structures are those of ModelEnds.
Config functional_config(const FunctionGraph& graph, const Config& input_structure,
                         const Config& output_structure, const std::string& name, bool trainable);

}  // namespace keras
