#include "keras/utils/png_codec.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <bit>
#include <csetjmp>
#include <cstring>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::utils {
namespace {

/// Shared with libpng's callbacks. libpng leaves by longjmp, so that each function that calls
/// setjmp owns nothing: buffers belong to its caller.
struct PngState {
  std::span<const std::byte> file = {};
  std::size_t position = 0;
  std::vector<std::byte>* written = nullptr;
  std::array<char, 200> problem = {};
};

PngState& state_of(png_structp png) { return *static_cast<PngState*>(png_get_error_ptr(png)); }

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  PngState& state = state_of(png);
  std::strncpy(state.problem.data(), message, state.problem.size() - 1);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void read_bytes(png_structp png, png_bytep to, std::size_t count) {
  PngState& state = state_of(png);
  if (state.file.size() - state.position < count) png_error(png, "the file ends too early");
  std::memcpy(to, state.file.data() + state.position, count);
  state.position += count;
}

void write_bytes(png_structp png, png_bytep from, std::size_t count) {
  bool done = false;
  try {
    const auto* bytes = reinterpret_cast<const std::byte*>(from);
    std::vector<std::byte>& out = *state_of(png).written;
    out.insert(out.end(), bytes, bytes + count);
    done = true;
  } catch (const std::bad_alloc&) {
  }
  if (!done) png_error(png, "out of memory");
}

void flush_nothing(png_structp) {}

struct PngHeader {
  png_uint_32 width = 0;
  png_uint_32 height = 0;
  int depth = 0;
  int color = 0;
  int channels = 0;
  int passes = 0;
};

/// Asks for samples of 8 bits, palettes resolved and transparency as alpha; grey of 16 bits alone
/// stays as it is.
void ask_for_plain_samples(png_structp png, const PngHeader& header) {
  if (header.color == PNG_COLOR_TYPE_GRAY && header.depth == 16) {
    if constexpr (std::endian::native == std::endian::little) png_set_swap(png);
    return;
  }
  png_set_expand(png);
  png_set_strip_16(png);
}

bool read_header(png_structp png, png_infop info, PngHeader& header) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_read_info(png, info);
  png_get_IHDR(png, info, &header.width, &header.height, &header.depth, &header.color, nullptr,
               nullptr, nullptr);
  ask_for_plain_samples(png, header);
  header.passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  header.channels = png_get_channels(png, info);
  return true;
}

bool read_rows(png_structp png, png_bytepp rows) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_read_image(png, rows);
  return true;
}

class PngReader {
 public:
  explicit PngReader(std::span<const std::byte> file) {
    state_.file = file;
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state_, on_error, on_warning);
    info_ = png_ ? png_create_info_struct(png_) : nullptr;
    if (!info_) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw IoError("libpng cannot be started.");
    }
    png_set_read_fn(png_, nullptr, read_bytes);
    png_set_chunk_malloc_max(png_, 8'000'000);
    png_set_user_limits(png_, 0x7fffffff, 0x7fffffff);
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  png_structp png() { return png_; }
  png_infop info() { return info_; }
  const char* problem() const { return state_.problem.data(); }

 private:
  PngState state_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

template <typename T>
std::vector<png_bytep> rows_of(std::vector<T>& samples, std::size_t height, std::size_t a_row) {
  samples.resize(height * a_row);
  std::vector<png_bytep> rows(height);
  for (std::size_t row = 0; row < height; ++row)
    rows[row] = reinterpret_cast<png_bytep>(samples.data() + row * a_row);
  return rows;
}

std::string_view mode_of(const PngHeader& header) {
  if (header.color == PNG_COLOR_TYPE_GRAY && header.depth == 16) return "I;16";
  constexpr std::array<std::string_view, 4> kModes = {"L", "LA", "RGB", "RGBA"};
  return kModes[static_cast<std::size_t>(std::clamp(header.channels, 1, 4) - 1)];
}

bool write_rows(png_structp png, png_infop info, const Image& image, png_bytepp rows, int color) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.width),
               static_cast<png_uint_32>(image.height), image.mode == "I;16" ? 16 : 8, color,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  if (image.mode == "I;16" && std::endian::native == std::endian::little) png_set_swap(png);
  png_write_image(png, rows);
  png_write_end(png, nullptr);
  return true;
}

int color_type_of(const Image& image) {
  if (image.mode == "RGB") return PNG_COLOR_TYPE_RGB;
  return image.mode == "RGBA" ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_GRAY;
}

}  // namespace

Image decode_png(std::span<const std::byte> file, std::string_view name) {
  PngReader reader(file);
  PngHeader header;
  if (!read_header(reader.png(), reader.info(), header))
    throw IoError(str("The PNG file ", name, " is damaged: ", reader.problem(), "."));
  // Deflate makes at most 1032 bytes of one, each of at most 8 pixels.
  check_image_extent(header.width, header.height, std::uint64_t{file.size()} * 1032 * 8, name);
  Image image;
  image.width = static_cast<int>(header.width);
  image.height = static_cast<int>(header.height);
  image.mode = mode_of(header);
  const std::size_t a_row = std::size_t{header.width} * static_cast<std::size_t>(image.channels());
  std::vector<png_bytep> rows = image.mode == "I;16" ? rows_of(image.pixels16, header.height, a_row)
                                                     : rows_of(image.pixels, header.height, a_row);
  if (!read_rows(reader.png(), rows.data()))
    throw IoError(str("The PNG file ", name, " is damaged: ", reader.problem(), "."));
  return image;
}

std::vector<std::byte> encode_png(const Image& image) {
  std::vector<std::byte> file;
  PngState state;
  state.written = &file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  if (!info) {
    png_destroy_write_struct(&png, nullptr);
    throw IoError("libpng cannot be started.");
  }
  png_set_write_fn(png, nullptr, write_bytes, flush_nothing);
  Image copy = image;
  const auto height = static_cast<std::size_t>(image.height);
  const std::size_t a_row =
      static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.channels());
  std::vector<png_bytep> rows = image.mode == "I;16" ? rows_of(copy.pixels16, height, a_row)
                                                     : rows_of(copy.pixels, height, a_row);
  const bool written = write_rows(png, info, copy, rows.data(), color_type_of(copy));
  png_destroy_write_struct(&png, &info);
  if (!written) throw IoError(str("An image cannot be written as PNG: ", state.problem.data()));
  return file;
}

}  // namespace keras::utils
