#include "keras/utils/image_codecs.h"

#include <algorithm>
#include <array>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/jpeg_codec.h"
#include "keras/utils/png_codec.h"

namespace keras::utils {
namespace {

constexpr std::array<unsigned char, 8> kPngStart = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr std::array<unsigned char, 3> kJpegStart = {0xff, 0xd8, 0xff};

template <std::size_t N>
bool begins_with(std::span<const std::byte> file, const std::array<unsigned char, N>& start) {
  return file.size() >= N &&
         std::equal(start.begin(), start.end(), file.begin(),
                    [](unsigned char a, std::byte b) { return std::byte{a} == b; });
}

int channels_of(std::string_view mode) {
  if (mode == "RGBA" || mode == "CMYK") return 4;
  if (mode == "RGB") return 3;
  return mode == "LA" ? 2 : 1;
}

std::uint8_t luma(int red, int green, int blue) {
  return static_cast<std::uint8_t>((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
}

/// The product of two values in [0, 255] that stand for [0, 1], rounded.
int scaled_product(int a, int b) {
  const int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

struct Pixel {
  std::uint8_t red, green, blue, alpha;
};

Pixel pixel_of(const std::uint8_t* from, std::string_view mode) {
  if (mode == "L") return {from[0], from[0], from[0], 255};
  if (mode == "LA") return {from[0], from[0], from[0], from[1]};
  if (mode == "RGB") return {from[0], from[1], from[2], 255};
  if (mode == "RGBA") return {from[0], from[1], from[2], from[3]};
  const int light = 255 - from[3];
  const auto left = [light](int ink) {
    return static_cast<std::uint8_t>(std::clamp(light - scaled_product(ink, light), 0, 255));
  };
  return {left(from[0]), left(from[1]), left(from[2]), 255};
}

void drop_to_8_bits(Image& image) {
  image.pixels.resize(image.pixels16.size());
  std::transform(image.pixels16.begin(), image.pixels16.end(), image.pixels.begin(),
                 [](std::uint16_t v) { return static_cast<std::uint8_t>(std::min<int>(v, 255)); });
  image.pixels16.clear();
  image.mode = "L";
}

}  // namespace

int Image::channels() const { return channels_of(mode); }

Image convert_image(Image image, std::string_view mode) {
  if (mode != "L" && mode != "RGB" && mode != "RGBA")
    throw ValueError(
        str("convert_image: `mode` must be \"L\", \"RGB\" or \"RGBA\". Received: ", mode));
  if (image.mode == mode) return image;
  if (image.mode == "I;16") drop_to_8_bits(image);
  const auto from = static_cast<std::size_t>(channels_of(image.mode));
  const auto to = static_cast<std::size_t>(channels_of(mode));
  const std::size_t count = image.pixels.size() / from;
  std::vector<std::uint8_t> pixels(count * to);
  const bool has_color = from > 2;
  for (std::size_t i = 0; i < count; ++i) {
    const Pixel p = pixel_of(&image.pixels[i * from], image.mode);
    std::uint8_t* out = &pixels[i * to];
    if (to == 1) {
      out[0] = has_color ? luma(p.red, p.green, p.blue) : p.red;
      continue;
    }
    out[0] = p.red, out[1] = p.green, out[2] = p.blue;
    if (to == 4) out[3] = p.alpha;
  }
  image.mode = mode;
  image.pixels = std::move(pixels);
  return image;
}

void check_image_extent(std::uint64_t width, std::uint64_t height, std::uint64_t most_pixels,
                        std::string_view name) {
  constexpr std::uint64_t kMostPixels = 178'956'970;  // Pillow's own limit against such bombs
  if (width == 0 || height == 0 || width > kMostPixels || height > kMostPixels ||
      width * height > kMostPixels)
    throw IoError(str("The image ", name, " says that it has ", width, " x ", height,
                      " pixels; at most ", kMostPixels, " are read."));
  if (width * height > most_pixels)
    throw IoError(str("The image ", name, " says that it has ", width, " x ", height,
                      " pixels, more than a file of its size can hold."));
}

Image decode_image(std::span<const std::byte> file, std::string_view mode, std::string_view name) {
  if (begins_with(file, kPngStart)) {
    Image image = decode_png(file, name);
    return image.mode == "I;16" && mode == "L" ? image : convert_image(std::move(image), mode);
  }
  if (begins_with(file, kJpegStart)) return convert_image(decode_jpeg(file, name), mode);
  throw IoError(str("cannot identify image file ", name,
                    ": it begins neither as a PNG nor as a JPEG file does."));
}

std::vector<std::byte> encode_image(const Image& image, std::string_view format) {
  if (format == "png") return encode_png(image);
  if (format == "jpeg" || format == "jpg") return encode_jpeg(image);
  throw ValueError(
      str("Images are written as \"png\" or \"jpeg\". Received: file_format=", format));
}

}  // namespace keras::utils
