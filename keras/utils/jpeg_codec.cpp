#include "keras/utils/jpeg_codec.h"

#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/png_codec.h"

// After <cstdio>, which they need.
#include <jerror.h>
#include <jpeglib.h>

namespace keras::utils {
namespace {

/// libjpeg leaves by longjmp, so that each function that calls setjmp owns nothing: buffers belong
/// to its caller.
struct JpegErrors {
  jpeg_error_mgr manager = {};  // first: libjpeg hands back its address
  std::jmp_buf way_out = {};
  std::array<char, JMSG_LENGTH_MAX> problem = {};
};

JpegErrors& errors_of(j_common_ptr jpeg) { return *reinterpret_cast<JpegErrors*>(jpeg->err); }

[[noreturn]] void on_error(j_common_ptr jpeg) {
  JpegErrors& errors = errors_of(jpeg);
  jpeg->err->format_message(jpeg, errors.problem.data());
  std::longjmp(errors.way_out, 1);
}

/// A file that ends too early is an error, as with Pillow; other damage shows in the picture.
void on_message(j_common_ptr jpeg, int level) {
  if (level < 0 && jpeg->err->msg_code == JWRN_JPEG_EOF) on_error(jpeg);
}

/// Many scans over a large image are cheap to write and dear to read.
void on_progress(j_common_ptr jpeg) {
  constexpr int kMostScans = 500;
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > kMostScans)
    ERREXIT(jpeg, JERR_BAD_PROGRESSION);
}

void install(JpegErrors& errors, jpeg_error_mgr*& place) {
  place = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = on_error;
  errors.manager.emit_message = on_message;
}

class JpegReader {
 public:
  JpegReader() {
    install(errors_, jpeg_.err);
    progress_.progress_monitor = on_progress;
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  bool read_header(std::span<const std::byte> file) {
    if (setjmp(errors_.way_out) != 0) return false;
    jpeg_create_decompress(&jpeg_);
    jpeg_.progress = &progress_;
    // Without the const: older versions ask for that.
    jpeg_mem_src(&jpeg_, reinterpret_cast<unsigned char*>(const_cast<std::byte*>(file.data())),
                 static_cast<unsigned long>(file.size()));
    jpeg_read_header(&jpeg_, TRUE);
    if (jpeg_.num_components == 4) jpeg_.out_color_space = JCS_CMYK;
    jpeg_calc_output_dimensions(&jpeg_);
    return true;
  }

  bool read_rows(std::uint8_t* to, std::size_t a_row) {
    if (setjmp(errors_.way_out) != 0) return false;
    jpeg_start_decompress(&jpeg_);
    while (jpeg_.output_scanline < jpeg_.output_height) {
      JSAMPROW row = to + jpeg_.output_scanline * a_row;
      jpeg_read_scanlines(&jpeg_, &row, 1);
    }
    jpeg_finish_decompress(&jpeg_);
    return true;
  }

  const jpeg_decompress_struct& jpeg() const { return jpeg_; }
  const char* problem() const { return errors_.problem.data(); }

 private:
  JpegErrors errors_;
  jpeg_progress_mgr progress_ = {};
  jpeg_decompress_struct jpeg_ = {};
};

struct JpegOutput {
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
};

bool write_rows(jpeg_compress_struct& jpeg, JpegErrors& errors, const Image& image,
                JpegOutput& out) {
  if (setjmp(errors.way_out) != 0) return false;
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, &out.bytes, &out.size);
  jpeg.image_width = static_cast<JDIMENSION>(image.width);
  jpeg.image_height = static_cast<JDIMENSION>(image.height);
  jpeg.input_components = image.channels();
  jpeg.in_color_space = image.channels() == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  const auto a_row =
      static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.channels());
  while (jpeg.next_scanline < jpeg.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(image.pixels.data() + jpeg.next_scanline * a_row);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  return true;
}

}  // namespace

Image decode_jpeg(std::span<const std::byte> file, std::string_view name) {
  JpegReader reader;
  if (!reader.read_header(file))
    throw IoError(str("The JPEG file ", name, " is damaged: ", reader.problem(), "."));
  const jpeg_decompress_struct& jpeg = reader.jpeg();
  const int channels = jpeg.output_components;
  if (channels != 1 && channels != 3 && channels != 4)
    throw IoError(str("The JPEG file ", name, " has ", channels, " channels; 1, 3 or 4 are read."));
  // Each block of 64 pixels takes a bit at the least.
  check_image_extent(jpeg.output_width, jpeg.output_height, std::uint64_t{file.size()} * 64 * 8,
                     name);
  Image image;
  image.width = static_cast<int>(jpeg.output_width);
  image.height = static_cast<int>(jpeg.output_height);
  if (channels == 1) image.mode = "L";
  if (channels == 4) image.mode = "CMYK";
  const auto a_row = std::size_t{jpeg.output_width} * static_cast<std::size_t>(channels);
  image.pixels.resize(a_row * jpeg.output_height);
  const bool inverted = jpeg.saw_Adobe_marker != 0;
  if (!reader.read_rows(image.pixels.data(), a_row))
    throw IoError(str("The JPEG file ", name, " is damaged: ", reader.problem(), "."));
  // What Adobe's programs write holds the light that each ink leaves, not the ink.
  if (image.mode == "CMYK" && inverted)
    for (std::uint8_t& ink : image.pixels) ink = static_cast<std::uint8_t>(255 - ink);
  return image;
}

std::vector<std::byte> encode_jpeg(const Image& image) {
  if (image.mode != "L" && image.mode != "RGB")
    throw ValueError(str("cannot write mode ", image.mode, " as JPEG"));
  JpegErrors errors;
  jpeg_compress_struct jpeg = {};
  install(errors, jpeg.err);
  JpegOutput out;
  const bool written = write_rows(jpeg, errors, image, out);
  jpeg_destroy_compress(&jpeg);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(out.bytes, &std::free);
  if (!written) throw IoError(str("An image cannot be written as JPEG: ", errors.problem.data()));
  const auto* bytes = reinterpret_cast<const std::byte*>(out.bytes);
  return {bytes, bytes + out.size};
}

}  // namespace keras::utils
