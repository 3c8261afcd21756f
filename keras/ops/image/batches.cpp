#include "keras/ops/image/batches.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/nn/spatial.h"

namespace keras::ops::image {

void check_image_rank(const Tensor& images) {
  if (images.rank() != 3 && images.rank() != 4)
    throw ShapeError(
        str("Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). "
            "Received: images.shape=",
            images.shape()));
}

ImageAxes::ImageAxes(const Tensor& images, const std::string& data_format) {
  check_image_rank(images);
  const int rank = images.rank();
  const bool last = standardize_data_format(data_format) == "channels_last";
  height = last ? rank - 3 : rank - 2;
  width = height + 1;
  channels = last ? rank - 1 : rank - 3;
}

}  // namespace keras::ops::image
