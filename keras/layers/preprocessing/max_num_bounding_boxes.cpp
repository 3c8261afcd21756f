#include "keras/layers/preprocessing/max_num_bounding_boxes.h"

#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/image_layer.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class MaxNumBoundingBoxesImpl final : public ImageLayerImpl {
 public:
  MaxNumBoundingBoxesImpl(std::int64_t max_number, const MaxNumBoundingBoxesOptions& options)
      : ImageLayerImpl({"MaxNumBoundingBoxes", options.name, options.trainable, options.dtype},
                       options.data_format, options.bounding_box_format),
        max_number_(max_number),
        fill_value_(options.fill_value) {
    if (max_number_ < 0)
      throw ValueError(
          str("MaxNumBoundingBoxes: `max_number` must not be negative. Received: "
              "max_number=",
              max_number_));
  }

  Tensor call(const Tensor& x, const CallContext&) override { return x; }

  LabelledImages change(const LabelledImages& data, bool /*training*/) override {
    LabelledImages out = data;
    const auto& [boxes, labels] = data.bounding_boxes;
    if (boxes.defined()) out.bounding_boxes = {limited(boxes), limited(labels)};
    return out;
  }

  Config get_config() const override {
    Config config = ImageLayerImpl::get_config();
    config.set("max_number", max_number_);
    // Keras forgets it, but reads it.
    if (fill_value_ != -1) config.set("fill_value", fill_value_);
    return config;
  }

 private:
  /// Of the axis after the batch.
  Tensor limited(const Tensor& x) const {
    const std::int64_t has = x.shape()[1];
    if (has >= max_number_) return ops::slice_axis(x, 1, 0, max_number_);
    std::vector<std::pair<std::int64_t, std::int64_t>> widths(static_cast<std::size_t>(x.rank()));
    widths[1].second = max_number_ - has;
    return ops::pad(x, widths, {.constant_values = static_cast<double>(fill_value_)});
  }

  std::int64_t max_number_;
  std::int64_t fill_value_;
};

}  // namespace

MaxNumBoundingBoxes::MaxNumBoundingBoxes(std::int64_t max_number,
                                         MaxNumBoundingBoxesOptions options)
    : ImageLayer(std::make_shared<MaxNumBoundingBoxesImpl>(max_number, std::move(options))) {}

MaxNumBoundingBoxes MaxNumBoundingBoxes::from_config(const Config& config) {
  ConfigReader reader("MaxNumBoundingBoxes", config);
  const std::int64_t max_number = reader.require("max_number").as_int();
  MaxNumBoundingBoxesOptions options;
  options.fill_value = reader.get_optional_int("fill_value").value_or(-1);
  read_image_options(reader, options);
  return MaxNumBoundingBoxes(max_number, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
