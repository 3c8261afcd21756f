#pragma once

#include <string>

#include "keras/models/model.h"

namespace keras {

/// The table that `Model::summary` prints, laid out as Keras's.
std::string summary_text(const Model& model, const SummaryOptions& options);
void print_summary(const Model& model, const SummaryOptions& options);

}  // namespace keras
