#pragma once

#include "tests/conformance/case.h"

namespace keras::conformance {

/// The kinds that train: steps on batches, and whole fits.
void run_train(const Case& test);
void run_fit(const Case& test);
/// Skipped when the case's model has a layer class that is not there.
void check_layers(const Case& test);

}  // namespace keras::conformance
