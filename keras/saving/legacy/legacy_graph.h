#pragma once

#include "keras/utils/config.h"

namespace keras::saving::legacy {

/// Brings the inbound nodes of a Functional model's config, whose layers are modern already, into
/// Keras 3's spelling, and TensorFlow's operations (TFOpLambda, SlicingOpLambda) into keras.ops.
void modernize_graph(Config& config);

}  // namespace keras::saving::legacy
