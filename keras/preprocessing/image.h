#pragma once

#include "keras/preprocessing/image/image_data_generator.h"
#include "keras/utils/image_utils.h"

/// Keras: keras.preprocessing.image.
namespace keras::preprocessing::image {

using utils::array_to_img;
using utils::img_to_array;
using utils::load_img;
using utils::save_img;
using utils::smart_resize;

}  // namespace keras::preprocessing::image
