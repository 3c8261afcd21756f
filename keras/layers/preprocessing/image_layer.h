#pragma once

#include <optional>
#include <string>

#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/preprocessing/labelled_images.h"

namespace keras::layers {

/// Height and width in pixels.
struct ImageExtent {
  std::int64_t height, width;
};

/// What the layers have in common that change images together with what is known of them.
class ImageLayerImpl : public LayerImpl {
 public:
  ImageLayerImpl(LayerBase base, const std::string& data_format,
                 std::optional<std::string> bounding_box_format);

  LabelledImages call_labelled(const LabelledImages& data, std::optional<bool> training);
  /// The same for what has a batch axis and has been looked at.
  virtual LabelledImages change(const LabelledImages& data, bool training) = 0;
  Config get_config() const override;

 protected:
  bool channels_first() const { return data_format_ == "channels_first"; }
  int row_axis() const { return channels_first() ? 2 : 1; }
  const std::string& data_format() const { return data_format_; }
  ImageExtent extent_of(const Tensor& images) const {
    return {images.shape()[row_axis()], images.shape()[row_axis() + 1]};
  }
  /// The layer's boxes in another format, of pictures of that size, and back.
  BoundingBoxes boxes_as(const std::string& format, const BoundingBoxes& boxes,
                         const ImageExtent& extent) const;
  BoundingBoxes boxes_from(const std::string& format, const BoundingBoxes& boxes,
                           const ImageExtent& extent) const;
  /// Boxes "xyxy" cut at the picture's edges, in the layer's format.
  BoundingBoxes clipped(const BoundingBoxes& xyxy, const ImageExtent& extent) const;
  /// Boxes of a part of the picture that is brought to another size.
  BoundingBoxes cut_boxes(const BoundingBoxes& boxes, const ImageExtent& picture, const Tensor& top,
                          const Tensor& left, const ImageExtent& part,
                          const ImageExtent& result) const;

 private:
  void check(const LabelledImages& data) const;
  void check_boxes(const LabelledImages& data) const;

  std::string data_format_;
  std::optional<std::string> bounding_box_format_;
};

/// Reads what all these layers have.
template <typename Options>
void read_image_options(ConfigReader& reader, Options& options) {
  if (const Config& format = reader.get("bounding_box_format"); !format.is_null())
    options.bounding_box_format = format.as_string();
  options.data_format = reader.get("data_format", "");
}

}  // namespace keras::layers
