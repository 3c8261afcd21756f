#include "keras/layers/preprocessing/image_size.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::layers {

void check_image_size(const char* class_name, int height, int width) {
  if (height > 0 && width > 0) return;
  throw ValueError(str(class_name, ": `height` and `width` must be positive. Received: height=",
                       height, " and width=", width));
}

std::pair<int, int> read_image_size(ConfigReader& reader) {
  const int height = reader.require_int("height");
  const int width = reader.require_int("width");
  return {height, width};
}

}  // namespace keras::layers
