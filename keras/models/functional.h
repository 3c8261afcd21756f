#pragma once

#include <memory>

#include "keras/models/function_graph.h"
#include "keras/models/model_ends.h"
#include "keras/models/model_impl.h"

namespace keras {

/// The implementation of `Model(inputs, outputs)`.
std::shared_ptr<ModelImpl> make_functional(ModelEnds inputs, ModelEnds outputs,
                                           ModelOptions options);
/// The model's graph of calls, or nullptr for other models.
const FunctionGraph* graph_of(const Model& model);

/// From a Functional model's config.
Model functional_from_config(const Config& config);

}  // namespace keras
