#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "keras/utils/image_codecs.h"

namespace keras::utils {

/// Throws IoError unless there are pixels, and no more than Pillow allows or than `most_pixels`.
void check_image_extent(std::uint64_t width, std::uint64_t height, std::uint64_t most_pixels,
                        std::string_view name);

/// In the mode "L", "LA", "RGB", "RGBA" or "I;16", whichever is nearest to the file's.
Image decode_png(std::span<const std::byte> file, std::string_view name);
std::vector<std::byte> encode_png(const Image& image);

}  // namespace keras::utils
