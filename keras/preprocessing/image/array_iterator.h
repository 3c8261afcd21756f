#pragma once

#include <memory>

#include "keras/preprocessing/image/batch_maker.h"
#include "keras/preprocessing/image/image_data_generator.h"

namespace keras::preprocessing::image {

/// Batches of images that are in memory; y may be undefined.
Iterator make_array_iterator(std::shared_ptr<const Pipeline> pipeline, const Data& x,
                             const Tensor& y, const FlowOptions& options);
/// Says on standard error that images with neither 1, 3 nor 4 channels are unusual.
void warn_of_channels(int channels, const Shape& shape);

}  // namespace keras::preprocessing::image
