#pragma once

#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

/// "[(None, 2), (None, 3)]".
std::string shapes_to_string(const Shapes& shapes);

/// Throws ShapeError, in Keras's words, unless there is an input and their shapes after the batch
/// axis broadcast.
void check_merge_shapes(const Shapes& shapes);

/// Throws ShapeError where two batch sizes that are known differ.
void check_batch_sizes(const Shapes& shapes);

/// `layer.call_list`'s inputs' shapes.
Shapes shapes_of(const Tensors& tensors);

}  // namespace keras::layers
