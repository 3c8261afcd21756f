#include "keras/ops/image.h"
#include "keras/ops/registry/recorded_call.h"

namespace keras::ops {
namespace {

constexpr const char* kImage = "keras.src.ops.image";
using Call = const RecordedCall&;

RegistryRow row(const char* name, Tensor (*function)(const RecordedCall& call)) {
  return {name, kImage, [function](Call call) { return Tensors{function(call)}; }};
}

std::string text(Call c, const char* key, const char* fallback = "") {
  const Config* value = c.config().find(key);
  return value && !value->is_null() ? value->as_string() : std::string(fallback);
}

Tensor images(Call c) { return c.tensor(0, "images"); }

SpatialSizes sizes(Call c, const char* key) {
  const Config* value = c.config().find(key);
  return value ? SpatialSizes::from_config(*value) : SpatialSizes();
}

Tensor resized(Call c) {
  return image::resize(images(c), c.integers("size"),
                       {.interpolation = text(c, "interpolation", "bilinear"),
                        .antialias = c.flag("antialias"),
                        .crop_to_aspect_ratio = c.flag("crop_to_aspect_ratio"),
                        .pad_to_aspect_ratio = c.flag("pad_to_aspect_ratio"),
                        .fill_mode = text(c, "fill_mode", "constant"),
                        .fill_value = c.number("fill_value").value_or(0),
                        .data_format = text(c, "data_format")});
}

Tensor padded(Call c) {
  return image::pad_images(images(c), {.top_padding = c.integer("top_padding"),
                                       .left_padding = c.integer("left_padding"),
                                       .bottom_padding = c.integer("bottom_padding"),
                                       .right_padding = c.integer("right_padding"),
                                       .target_height = c.integer("target_height"),
                                       .target_width = c.integer("target_width"),
                                       .data_format = text(c, "data_format")});
}

Tensor cropped(Call c) {
  return image::crop_images(images(c), {.top_cropping = c.integer("top_cropping"),
                                        .left_cropping = c.integer("left_cropping"),
                                        .bottom_cropping = c.integer("bottom_cropping"),
                                        .right_cropping = c.integer("right_cropping"),
                                        .target_height = c.integer("target_height"),
                                        .target_width = c.integer("target_width"),
                                        .data_format = text(c, "data_format")});
}

Tensor patches(Call c) {
  const bool volumes = c.argument(0, "images") == nullptr;
  const image::ExtractPatchesOptions options{.strides = sizes(c, "strides"),
                                             .dilation_rate = sizes(c, "dilation_rate"),
                                             .padding = text(c, "padding", "valid"),
                                             .data_format = text(c, "data_format")};
  if (volumes) return image::extract_patches_3d(c.tensor(0, "volumes"), sizes(c, "size"), options);
  return image::extract_patches(images(c), sizes(c, "size"), options);
}

Tensor scaled(Call c) {
  const Config* shape = c.argument(1, "output_shape");
  std::vector<std::int64_t> output_shape;
  if (shape)
    for (const auto& size : shape->as_list()) output_shape.push_back(size.as_int());
  std::vector<int> spatial_dims;
  for (const auto axis : c.integers("spatial_dims")) spatial_dims.push_back(static_cast<int>(axis));
  return image::scale_and_translate(images(c), Shape(output_shape), c.tensor(2, "scale"),
                                    c.tensor(3, "translation"), spatial_dims, text(c, "method"),
                                    {.antialias = c.flag("antialias", true)});
}

Tensor transformed(Call c) {
  return image::affine_transform(images(c), c.tensor(1, "transform"),
                                 {.interpolation = text(c, "interpolation", "bilinear"),
                                  .fill_mode = text(c, "fill_mode", "constant"),
                                  .fill_value = c.number("fill_value").value_or(0),
                                  .data_format = text(c, "data_format")});
}

Tensor projected(Call c) {
  return image::perspective_transform(images(c), c.tensor(1, "start_points"),
                                      c.tensor(2, "end_points"),
                                      {.interpolation = text(c, "interpolation", "bilinear"),
                                       .fill_value = c.number("fill_value").value_or(0),
                                       .data_format = text(c, "data_format")});
}

Tensor distorted(Call c) {
  return image::elastic_transform(images(c), {.alpha = c.number("alpha").value_or(20),
                                              .sigma = c.number("sigma").value_or(5),
                                              .interpolation = text(c, "interpolation", "bilinear"),
                                              .fill_mode = text(c, "fill_mode", "reflect"),
                                              .fill_value = c.number("fill_value").value_or(0),
                                              .seed = c.integer("seed"),
                                              .data_format = text(c, "data_format")});
}

Tensor mapped(Call c) {
  return image::map_coordinates(c.tensor(0, "inputs"), c.tensor(1, "coordinates"),
                                static_cast<int>(c.integer("order").value_or(1)),
                                {.fill_mode = text(c, "fill_mode", "constant"),
                                 .fill_value = c.number("fill_value").value_or(0)});
}

Tensor blurred(Call c) {
  image::GaussianBlurOptions options{.data_format = text(c, "data_format")};
  const auto sizes_given = c.integers("kernel_size");
  if (sizes_given.size() == 2) options.kernel_size = {sizes_given[0], sizes_given[1]};
  if (const Config* sigma = c.config().find("sigma"); sigma && sigma->is_list())
    options.sigma = {sigma->at(std::size_t{0}).as_double(), sigma->at(std::size_t{1}).as_double()};
  return image::gaussian_blur(images(c), options);
}

}  // namespace

std::vector<RegistryRow> image_rows() {
  return {
      row("RGBToGrayscale",
          [](Call c) { return image::rgb_to_grayscale(images(c), {text(c, "data_format")}); }),
      row("RGBToHSV",
          [](Call c) { return image::rgb_to_hsv(images(c), {text(c, "data_format")}); }),
      row("HSVToRGB",
          [](Call c) { return image::hsv_to_rgb(images(c), {text(c, "data_format")}); }),
      row("Resize", resized),
      row("ScaleAndTranslate", scaled),
      row("PadImages", padded),
      row("CropImages", cropped),
      row("ExtractPatches", patches),
      row("AffineTransform", transformed),
      row("PerspectiveTransform", projected),
      row("ElasticTransform", distorted),
      row("MapCoordinates", mapped),
      row("GaussianBlur", blurred),
      row("SobelEdges",
          [](Call c) { return image::sobel_edges(images(c), {text(c, "data_format")}); }),
  };
}

}  // namespace keras::ops
