#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keras::utils {

/// An image as it lies in a file: rows of pixels, each with as many samples as its mode has
/// channels.
struct Image {
  int height = 0;
  int width = 0;
  /// "L" (grey), "RGB" or "RGBA" with 8 bits a sample, or "I;16" (grey with 16 bits).
  std::string mode = "RGB";
  std::vector<std::uint8_t> pixels = {};
  std::vector<std::uint16_t> pixels16 = {};  ///< the samples of the mode "I;16"

  int channels() const;
};

/// The pixels of a PNG or JPEG file; its first bytes say which of them it is. `mode` is "L", "RGB"
/// or "RGBA"; grey of 16 bits stays "I;16" where "L" is asked for. Throws IoError naming `name` for
/// other formats, for damaged and unfinished files, and for images of more than 178,956,970 pixels
/// or of more than such a file can hold.
Image decode_image(std::span<const std::byte> file, std::string_view mode, std::string_view name);

/// The bytes of a file: `format` is "png" or "jpeg". Throws ValueError for other formats and for
/// what a format cannot hold.
std::vector<std::byte> encode_image(const Image& image, std::string_view format);

/// An image in another mode, as Pillow converts it: alpha is dropped, or added as 255; grey is
/// ITU-R 601's luma; "I;16" is clipped to 255.
Image convert_image(Image image, std::string_view mode);

}  // namespace keras::utils
