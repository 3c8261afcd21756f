#include "keras/layers/preprocessing/max_num_bounding_boxes.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/core.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class MaxNumBoundingBoxesImpl final : public LayerImpl {
 public:
  MaxNumBoundingBoxesImpl(std::int64_t max_number, MaxNumBoundingBoxesOptions options)
      : LayerImpl({"MaxNumBoundingBoxes", options.name, options.trainable, options.dtype}),
        max_number_(max_number),
        options_(std::move(options)) {
    if (max_number_ < 0)
      throw ValueError(
          str("MaxNumBoundingBoxes: `max_number` must not be negative. Received: "
              "max_number=",
              max_number_));
    options_.data_format = ops::standardize_data_format(options_.data_format);
  }

  Tensor call(const Tensor& x, const CallContext&) override { return x; }

  LabelledImages limit(const LabelledImages& data) const {
    const auto& [boxes, labels] = data.bounding_boxes;
    if (!boxes.defined() && !labels.defined()) return data;
    if (!options_.bounding_box_format)
      throw ValueError(
          "You passed an input with a 'bounding_boxes' key, but you didn't specify a bounding box "
          "format.",
          "Pass a `bounding_box_format` argument to your MaxNumBoundingBoxes layer, e.g. "
          "`bounding_box_format='xyxy'`.");
    if (!boxes.defined() || !labels.defined() || boxes.rank() != 3 || boxes.shape()[2] != 4 ||
        labels.shape() != boxes.shape().slice(0, 2))
      throw ShapeError(
          str("MaxNumBoundingBoxes: `boxes` must have the shape (batch, n, 4) and `labels` "
              "(batch, n). Received: boxes.shape=",
              boxes.defined() ? boxes.shape() : Shape{},
              ", labels.shape=", labels.defined() ? labels.shape() : Shape{}));
    return {data.images, data.labels, {limit(boxes), limit(labels)}};
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("data_format", options_.data_format);
    if (options_.bounding_box_format)
      config.set("bounding_box_format", *options_.bounding_box_format);
    config.set("max_number", max_number_);
    // Keras forgets it, but reads it.
    if (options_.fill_value != -1) config.set("fill_value", options_.fill_value);
    return config;
  }

 private:
  /// Of the axis after the batch.
  Tensor limit(const Tensor& x) const {
    const std::int64_t has = x.shape()[1];
    if (has >= max_number_) return ops::slice_axis(x, 1, 0, max_number_);
    std::vector<std::pair<std::int64_t, std::int64_t>> widths(static_cast<std::size_t>(x.rank()));
    widths[1].second = max_number_ - has;
    return ops::pad(x, widths, {.constant_values = static_cast<double>(options_.fill_value)});
  }

  std::int64_t max_number_;
  MaxNumBoundingBoxesOptions options_;
};

}  // namespace

MaxNumBoundingBoxes::MaxNumBoundingBoxes(std::int64_t max_number,
                                         MaxNumBoundingBoxesOptions options)
    : Layer(std::make_shared<MaxNumBoundingBoxesImpl>(max_number, std::move(options))) {}

MaxNumBoundingBoxes MaxNumBoundingBoxes::from_config(const Config& config) {
  ConfigReader reader("MaxNumBoundingBoxes", config);
  const std::int64_t max_number = reader.require("max_number").as_int();
  MaxNumBoundingBoxesOptions options;
  options.fill_value = reader.get_optional_int("fill_value").value_or(-1);
  if (const Config& format = reader.get("bounding_box_format"); !format.is_null())
    options.bounding_box_format = format.as_string();
  options.data_format = reader.get("data_format", "");
  return MaxNumBoundingBoxes(max_number, finish_options(reader, std::move(options)));
}

LabelledImages MaxNumBoundingBoxes::operator()(const LabelledImages& data,
                                               const CallOptions&) const {
  return static_cast<const MaxNumBoundingBoxesImpl&>(*impl_).limit(data);
}

}  // namespace keras::layers
