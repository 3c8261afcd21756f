#pragma once

#include <cstdint>

#include "keras/trainers/compile_loss.h"
#include "keras/trainers/data.h"

namespace keras::trainers {

/// Throws ValueError, naming label and output, for a label of a sparse loss that is none of the
/// model's classes: on its own such a label would count as no class at all. `class_counts` has the
/// last dimension of each output.
void check_sparse_labels(const CompileLoss& loss, const Data& y,
                         const std::vector<std::int64_t>& class_counts);

}  // namespace keras::trainers
