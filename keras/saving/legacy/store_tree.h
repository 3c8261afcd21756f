#pragma once

#include "keras/models/model.h"
#include "keras/saving/hdf5/hdf5_file.h"
#include "keras/saving/legacy/legacy_weights.h"

namespace keras::saving::legacy {

/// What the weights of a model become by the weight store of Keras 2.12 to 2.15, or of a file whose
/// names have backslashes because it was written on Windows. The layers of a list are told by their
/// classes and their order alone, because versions count their names differently. Nothing is
/// assigned. Throws IoError or ShapeError for what does not fit.
Assignments read_store_tree(const Model& model, const Hdf5File& file);

}  // namespace keras::saving::legacy
