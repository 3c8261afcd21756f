#pragma once

#include <string>

#include "keras/callbacks/history.h"

namespace keras::callbacks {

/// Draws what `fit` returned as curves over the epochs into a PNG file: a panel for each value,
/// with its validation beside it. Uses the program gnuplot. Throws IoError where that is missing or
/// the file cannot be written, ValueError for an empty history.
void plot_history(const EpochLogs& history, const std::string& filepath);

}  // namespace keras::callbacks
