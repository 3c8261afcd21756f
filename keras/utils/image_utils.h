#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/utils/image_codecs.h"

namespace keras::utils {

struct LoadImgOptions {
  std::string color_mode = "rgb";  ///< "grayscale", "rgb" or "rgba"
  /// (height, width); empty: as in the file.
  std::vector<int> target_size = {};
  /// "nearest", "bilinear", "bicubic", "lanczos", "box" or "hamming", to the bit as Pillow's.
  std::string interpolation = "nearest";
  /// Cuts the middle out in the proportions of `target_size` before resizing.
  bool keep_aspect_ratio = false;
};

/// The image of a PNG or JPEG file; its first bytes, not its name, say which it is. Throws IoError
/// naming the file when it is missing, damaged, of another format, or larger than such a file can
/// be. Keras: keras.utils.load_img.
Image load_img(const std::filesystem::path& path, LoadImgOptions options = {});

struct ImgToArrayOptions {
  std::string data_format = {};  ///< "channels_last" or "channels_first"; empty: the global setting
  std::string dtype = {};        ///< empty: `config::floatx`
};

/// The samples as they are, (height, width, channels) or (channels, height, width). Keras:
/// keras.utils.img_to_array.
Tensor img_to_array(const Image& image, ImgToArrayOptions options = {});

struct ArrayToImgOptions {
  std::string data_format = {};
  bool scale = true;  ///< to [0, 255], by the array's smallest and largest value
  std::string dtype = {};
};

/// An image from an array of rank 3 with 1, 3 or 4 channels. Fractions are cut off. One channel
/// with values above 255 gives 16 bits. Throws ValueError for other shapes. Keras:
/// keras.utils.array_to_img.
Image array_to_img(const Tensor& x, ArrayToImgOptions options = {});

struct SaveImgOptions {
  std::string data_format = {};
  /// "png" or "jpeg"; empty: as the file's extension says.
  std::string file_format = {};
  bool scale = true;
};

/// Writes an array as an image; the file appears whole or not at all. Keras: keras.utils.save_img.
void save_img(const std::filesystem::path& path, const Tensor& x, SaveImgOptions options = {});

struct SmartResizeOptions {
  /// "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
  std::string interpolation = "bilinear";
  std::string data_format = "channels_last";
};

/// Images, one or a batch of them, cut in the middle to the proportions of `size` = (height, width)
/// and resized. Keras: keras.preprocessing.image.smart_resize.
Tensor smart_resize(const Tensor& x, const std::vector<int>& size, SmartResizeOptions options = {});

}  // namespace keras::utils
