#include "keras/utils/image_utils.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "keras/utils/image_codecs.h"
#include "tests/support/temp_folder.h"

namespace keras::utils {
namespace {

using test_support::read_file;
using test_support::TempFolder;
using test_support::write_file;

// Files that Pillow 13 wrote, and what it makes of them.
const std::filesystem::path kData = "keras/utils/testdata";

template <typename F>
std::string message_of(F&& function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

int largest_difference(const Image& a, const Image& b) {
  EXPECT_EQ(a.mode, b.mode);
  EXPECT_EQ(a.height, b.height);
  EXPECT_EQ(a.width, b.width);
  int largest = a.pixels.size() == b.pixels.size() ? 0 : 1000;
  for (std::size_t i = 0; largest < 1000 && i < a.pixels.size(); ++i)
    largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  return largest;
}

/// Columns [from, to) of an image.
Image columns(const Image& image, int from, int to) {
  Image out = image;
  out.width = to - from;
  out.pixels.clear();
  const int channels = image.channels();
  for (int row = 0; row < image.height; ++row)
    out.pixels.insert(out.pixels.end(),
                      image.pixels.begin() + (row * image.width + from) * channels,
                      image.pixels.begin() + (row * image.width + to) * channels);
  return out;
}

TEST(LoadImg, ReadsJpegAsPillowDoes) {
  // Versions of libjpeg may round differently by one.
  EXPECT_LE(largest_difference(load_img(kData / "photo.jpg"), load_img(kData / "photo.png")), 1);
  EXPECT_LE(largest_difference(load_img(kData / "cmyk.jpg"), load_img(kData / "cmyk.png")), 2);
}

TEST(LoadImg, ConvertsColors) {
  EXPECT_EQ(largest_difference(load_img(kData / "photo.png", {.color_mode = "grayscale"}),
                               load_img(kData / "photo_grey.png", {.color_mode = "grayscale"})),
            0);
  EXPECT_EQ(largest_difference(load_img(kData / "palette.png", {.color_mode = "rgba"}),
                               load_img(kData / "palette_rgba.png", {.color_mode = "rgba"})),
            0);
  using Bytes = std::vector<std::uint8_t>;
  EXPECT_EQ(load_img(kData / "grey_alpha.png").pixels, (Bytes{10, 10, 10, 20, 20, 20}));
  EXPECT_EQ(load_img(kData / "grey_alpha.png", {.color_mode = "rgba"}).pixels,
            (Bytes{10, 10, 10, 200, 20, 20, 20, 100}));
  EXPECT_EQ(load_img(kData / "bits.png", {.color_mode = "grayscale"}).pixels, (Bytes{255, 0, 255}));
}

TEST(LoadImg, KeepsGreyOfSixteenBits) {
  const Image grey = load_img(kData / "grey16.png", {.color_mode = "grayscale"});
  EXPECT_EQ(grey.mode, "I;16");
  EXPECT_EQ(grey.pixels16[11], 55000);
  EXPECT_EQ(img_to_array(grey).to_vector<float>()[3], 15000.0f);
  EXPECT_EQ(load_img(kData / "grey16.png").pixels[3], 255);
  const auto resized = [](const char* interpolation) {
    return load_img(
               kData / "grey16.png",
               {.color_mode = "grayscale", .target_size = {2, 2}, .interpolation = interpolation})
        .pixels16;
  };
  using Samples = std::vector<std::uint16_t>;
  EXPECT_EQ(resized("nearest"), (Samples{5000, 15000, 45000, 55000}));
  EXPECT_EQ(resized("bilinear"), (Samples{11071, 18929, 36071, 43929}));
  EXPECT_EQ(resized("bicubic"), (Samples{9130, 18262, 36738, 45870}));
  EXPECT_EQ(resized("lanczos"), (Samples{8170, 17788, 37212, 46830}));
}

TEST(LoadImg, ResizesToTheBitAsPillowDoes) {
  for (const std::string name : {"nearest", "bilinear", "bicubic", "hamming", "box", "lanczos"}) {
    SCOPED_TRACE(name);
    const Image expected = load_img(kData / ("photo_" + name + ".png"));
    const Image resized =
        load_img(kData / "photo.png", {.target_size = {13, 9}, .interpolation = name});
    EXPECT_EQ(largest_difference(resized, expected), 0);
  }
  EXPECT_EQ(largest_difference(load_img(kData / "palette.png", {.color_mode = "rgba",
                                                                .target_size = {30, 10},
                                                                .interpolation = "bicubic"}),
                               load_img(kData / "palette_bicubic.png", {.color_mode = "rgba"})),
            0);
}

TEST(LoadImg, CutsTheMiddleOutWhereProportionsAreKept) {
  const Image kept =
      load_img(kData / "photo.png",
               {.target_size = {20, 12}, .interpolation = "nearest", .keep_aspect_ratio = true});
  EXPECT_EQ(largest_difference(kept, columns(load_img(kData / "photo.png"), 6, 18)), 0);
}

TEST(LoadImg, RefusesWrongArguments) {
  EXPECT_NE(message_of([] {
              load_img(kData / "photo.png", {.color_mode = "cmyk"});
            }).find("color_mode must be \"grayscale\", \"rgb\", or \"rgba\""),
            std::string::npos);
  EXPECT_NE(message_of([] {
              load_img(kData / "photo.png", {.target_size = {2, 2}, .interpolation = "cubic"});
            }).find("Invalid interpolation method cubic specified. Supported methods are nearest"),
            std::string::npos);
  EXPECT_THROW(load_img(kData / "photo.png", {.target_size = {2}}), ValueError);
  EXPECT_THROW(load_img(kData / "photo.png", {.target_size = {2, 0}}), ValueError);
}

TEST(LoadImg, NamesTheFileThatCannotBeRead) {
  const TempFolder folder;
  write_file(folder / "text.png", "no image");
  write_file(folder / "empty.jpg", "");
  for (const char* name : {"missing.png", "text.png", "empty.jpg"})
    EXPECT_NE(message_of([&] { load_img(folder / name); }).find(name), std::string::npos) << name;
  EXPECT_NE(message_of([&] { load_img(folder / "text.png"); }).find("cannot identify image file"),
            std::string::npos);
}

TEST(LoadImg, RefusesUnfinishedFilesEverywhere) {
  const TempFolder folder;
  for (const std::string name : {"photo.jpg", "photo.png", "grey16.png"}) {
    const std::string whole = read_file(kData / name);
    for (std::size_t size = 0; size + 41 < whole.size(); size += 41) {
      write_file(folder / name, std::string_view(whole).substr(0, size));
      EXPECT_THROW(load_img(folder / name), IoError) << name << " of " << size << " bytes";
    }
  }
}

TEST(LoadImg, SurvivesDamage) {
  const TempFolder folder;
  for (const std::string name : {"photo.jpg", "palette.png"}) {
    const std::string whole = read_file(kData / name);
    for (std::size_t place = 8; place < whole.size(); place += 19) {
      std::string damaged = whole;
      damaged[place] = static_cast<char>(damaged[place] ^ 0x55);
      write_file(folder / name, damaged);
      const std::string message = message_of([&] { load_img(folder / name); });
      EXPECT_TRUE(message.empty() || message.find(name) != std::string::npos) << message;
    }
  }
}

TEST(LoadImg, RefusesSizesThatTheFileCannotHold) {
  const TempFolder folder;
  std::string jpeg = read_file(kData / "photo.jpg");
  const std::size_t frame = jpeg.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  jpeg.replace(frame + 5, 4, "\x1f\xff\x1f\xff");
  write_file(folder / "bomb.jpg", jpeg);
  EXPECT_NE(message_of([&] {
              load_img(folder / "bomb.jpg");
            }).find("more than a file of its size can hold"),
            std::string::npos);
}

TEST(ImgToArray, LaysChannelsWhereAsked) {
  const Image image = load_img(kData / "photo.png");
  const Tensor last = img_to_array(image);
  EXPECT_EQ(last.shape(), (Shape{20, 24, 3}));
  const Tensor first = img_to_array(image, {.data_format = "channels_first", .dtype = "float64"});
  EXPECT_EQ(first.dtype(), DType::kFloat64);
  EXPECT_EQ(ops::transpose(first, {.axes = {1, 2, 0}}).to_vector<float>(), last.to_vector<float>());
}

TEST(ArrayToImg, ScalesAndCutsOff) {
  const Tensor x = Tensor::from(std::vector<float>{0, 1, 2, 3, 4, 5}, {1, 2, 3});
  EXPECT_EQ(array_to_img(x).pixels, (std::vector<std::uint8_t>{0, 51, 102, 153, 204, 255}));
  const Tensor wild =
      Tensor::from(std::vector<float>{-50.7f, 49.3f, 149.3f, 249.3f, 349.3f, 449.3f}, {1, 2, 3});
  EXPECT_EQ(array_to_img(wild, {.scale = false}).pixels,
            (std::vector<std::uint8_t>{206, 49, 149, 249, 93, 193}));
  EXPECT_EQ(
      array_to_img(Tensor::from(std::vector<float>{300, 2}, {2, 1, 1}), {.scale = false}).pixels16,
      (std::vector<std::uint16_t>{300, 2}));
}

TEST(ArrayToImg, RefusesOtherShapes) {
  EXPECT_NE(message_of([] {
              array_to_img(Tensor::of<float>({1, 2}));
            })
                .find("Expected image array to have rank 3 (single image). Got array with shape: "
                      "(2,)"),
            std::string::npos);
  EXPECT_NE(message_of([] {
              array_to_img(Tensor::from(std::vector<float>(2), {1, 1, 2}));
            }).find("Unsupported channel number: 2"),
            std::string::npos);
}

TEST(SaveImg, WritesWhatIsReadBack) {
  const TempFolder folder;
  const Tensor photo = img_to_array(load_img(kData / "photo.png"));
  save_img(folder / "copy.png", photo, {.scale = false});
  EXPECT_EQ(largest_difference(load_img(folder / "copy.png"), load_img(kData / "photo.png")), 0);
  save_img(folder / "copy.JPG", photo, {.scale = false});
  EXPECT_LE(largest_difference(load_img(folder / "copy.JPG"), load_img(kData / "photo.png")), 24);
  save_img(folder / "named", photo, {.file_format = "jpeg"});
  EXPECT_EQ(read_file(folder / "named").substr(0, 2), "\xff\xd8");
  const Tensor grey = Tensor::from(std::vector<float>{300, 2}, {2, 1, 1});
  save_img(folder / "deep.png", grey, {.scale = false});
  EXPECT_EQ(load_img(folder / "deep.png", {.color_mode = "grayscale"}).pixels16,
            (std::vector<std::uint16_t>{300, 2}));
}

TEST(SaveImg, RefusesOtherFormats) {
  const TempFolder folder;
  const Tensor x = Tensor::from(std::vector<float>{0, 1, 2}, {1, 1, 3});
  EXPECT_NE(message_of([&] { save_img(folder / "x.bmp", x); }).find("file_format=bmp"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder / "x.bmp"));
}

TEST(SmartResize, CutsAndResizesAsKerasDoes) {
  std::vector<float> values(40);
  std::iota(values.begin(), values.end(), 0.0f);
  const Tensor x = Tensor::from(values, {5, 8, 1});
  EXPECT_EQ(smart_resize(x, {2, 4}).to_vector<float>(),
            (std::vector<float>{4.5f, 6.5f, 8.5f, 10.5f, 20.5f, 22.5f, 24.5f, 26.5f}));
  const Tensor batch = ops::reshape(x, {1, 1, 5, 8});
  EXPECT_EQ(
      smart_resize(batch, {3, 3}, {.interpolation = "nearest", .data_format = "channels_first"})
          .to_vector<float>(),
      (std::vector<float>{1, 3, 5, 17, 19, 21, 33, 35, 37}));
  EXPECT_THROW(smart_resize(x, {2}), ValueError);
  EXPECT_NE(message_of([] {
              smart_resize(Tensor::of<float>({1}), {2, 2});
            }).find("got input with incorrect rank, of shape (1,)"),
            std::string::npos);
}

}  // namespace
}  // namespace keras::utils
