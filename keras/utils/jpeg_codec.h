#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "keras/utils/image_codecs.h"

namespace keras::utils {

/// In the mode "L", "RGB" or "CMYK".
Image decode_jpeg(std::span<const std::byte> file, std::string_view name);
/// With quality 75 and chroma at half the resolution. Throws ValueError for "RGBA" and "I;16".
std::vector<std::byte> encode_jpeg(const Image& image);

}  // namespace keras::utils
