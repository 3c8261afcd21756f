#include "keras/layers/preprocessing/image_layer.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"

namespace keras::layers {

namespace bounding_boxes = utils::bounding_boxes;

namespace {

/// `change` of everything that is there.
template <typename F>
LabelledImages for_each(LabelledImages data, const F& change) {
  for (Tensor* x : {&data.images, &data.labels, &data.bounding_boxes.boxes,
                    &data.bounding_boxes.labels, &data.segmentation_masks})
    if (x->defined()) *x = change(*x);
  return data;
}

Shape shape_of(const Tensor& x) { return x.defined() ? x.shape() : Shape{}; }

}  // namespace

ImageLayer::ImageLayer(std::shared_ptr<ImageLayerImpl> impl) : Layer(std::move(impl)) {}

LabelledImages ImageLayer::operator()(const LabelledImages& data,
                                      const CallOptions& options) const {
  return static_cast<ImageLayerImpl&>(*impl_).call_labelled(data, options.training);
}

ImageLayerImpl::ImageLayerImpl(LayerBase base, const std::string& data_format,
                               std::optional<std::string> bounding_box_format)
    : LayerImpl(std::move(base)),
      data_format_(ops::standardize_data_format(data_format)),
      bounding_box_format_(std::move(bounding_box_format)) {}

LabelledImages ImageLayerImpl::call_labelled(const LabelledImages& data,
                                             std::optional<bool> training) {
  check(data);
  if (data.images.rank() == 4) return change(data, training.value_or(true));
  const LabelledImages batch =
      for_each(data, [](const Tensor& x) { return ops::expand_dims(x, {.axis = 0}); });
  return for_each(change(batch, training.value_or(true)),
                  [](const Tensor& x) { return ops::squeeze(x, {.axis = 0}); });
}

Config ImageLayerImpl::get_config() const {
  Config config = LayerImpl::get_config();
  config.set("data_format", data_format_);
  if (bounding_box_format_) config.set("bounding_box_format", *bounding_box_format_);
  return config;
}

BoundingBoxes ImageLayerImpl::boxes_as(const std::string& format, const BoundingBoxes& boxes,
                                       const ImageExtent& extent) const {
  return {bounding_boxes::convert_format(boxes.boxes, bounding_box_format_.value(), format,
                                         {.height = extent.height, .width = extent.width}),
          boxes.labels};
}

BoundingBoxes ImageLayerImpl::boxes_from(const std::string& format, const BoundingBoxes& boxes,
                                         const ImageExtent& extent) const {
  return {bounding_boxes::convert_format(boxes.boxes, format, bounding_box_format_.value(),
                                         {.height = extent.height, .width = extent.width}),
          boxes.labels};
}

BoundingBoxes ImageLayerImpl::clipped(const BoundingBoxes& xyxy, const ImageExtent& extent) const {
  return boxes_from(
      "xyxy",
      bounding_boxes::clip_to_image_size(xyxy, {.height = extent.height, .width = extent.width}),
      extent);
}

BoundingBoxes ImageLayerImpl::cut_boxes(const BoundingBoxes& boxes, const ImageExtent& picture,
                                        const Tensor& top, const Tensor& left,
                                        const ImageExtent& part, const ImageExtent& result) const {
  BoundingBoxes cut = boxes_as("xyxy", boxes, picture);
  cut.boxes = bounding_boxes::crop(cut.boxes, top, left, part.height, part.width);
  if (part.height != result.height || part.width != result.width) {
    cut.boxes = bounding_boxes::convert_format(cut.boxes, "xyxy", "rel_xyxy",
                                               {.height = part.height, .width = part.width});
    cut.boxes = bounding_boxes::convert_format(cut.boxes, "rel_xyxy", "xyxy",
                                               {.height = result.height, .width = result.width});
  }
  return clipped(cut, result);
}

void ImageLayerImpl::check(const LabelledImages& data) const {
  const Tensor &images = data.images, &masks = data.segmentation_masks;
  if (!images.defined() || (images.rank() != 3 && images.rank() != 4))
    throw ShapeError(str(class_name(),
                         ": `images` must have rank 3 (single image) or 4 (batch of images). "
                         "Received: images.shape=",
                         shape_of(images)));
  if (images.is_symbolic())
    throw ValueError(str(class_name(),
                         ": images are changed with what is known of them outside of models only."),
                     "call the layer in `Dataset::map`.");
  if (data.bounding_boxes.boxes.defined() || data.bounding_boxes.labels.defined())
    check_boxes(data);
  const bool fits =
      !masks.defined() || (masks.rank() == images.rank() &&
                           (masks.rank() == 3 || masks.shape()[0] == images.shape()[0]));
  if (!fits)
    throw ShapeError(str(class_name(),
                         ": `segmentation_masks` must have the axes of `images`, channels "
                         "included. Received: segmentation_masks.shape=",
                         masks.shape(), ", images.shape=", images.shape()));
}

void ImageLayerImpl::check_boxes(const LabelledImages& data) const {
  const auto& [boxes, labels] = data.bounding_boxes;
  if (!bounding_box_format_)
    throw ValueError(
        "You passed an input with a 'bounding_boxes' key, but you didn't specify a bounding box "
        "format.",
        str("Pass a `bounding_box_format` argument to your ", class_name(),
            " layer, e.g. `bounding_box_format='xyxy'`."));
  const bool single = data.images.rank() == 3;
  if (!boxes.defined() || !labels.defined() || boxes.rank() != (single ? 2 : 3) ||
      boxes.shape()[-1] != 4 || labels.shape() != boxes.shape().slice(0, boxes.rank() - 1) ||
      (!single && boxes.shape()[0] != data.images.shape()[0]))
    throw ShapeError(str(class_name(),
                         single ? ": `boxes` must have the shape (n, 4) and `labels` (n)"
                                : ": `boxes` must have the shape (batch, n, 4) and "
                                  "`labels` (batch, n)",
                         ". Received: boxes.shape=", shape_of(boxes), ", labels.shape=",
                         shape_of(labels), ", images.shape=", data.images.shape()));
}

}  // namespace keras::layers
