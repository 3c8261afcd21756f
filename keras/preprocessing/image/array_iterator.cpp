#include "keras/preprocessing/image/array_iterator.h"

#include <set>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/preprocessing/image/iterator_impl.h"
#include "keras/utils/io_utils.h"

namespace keras::preprocessing::image {
namespace {

struct Rows {
  std::int64_t begin, end;
};

class ArrayIterator final : public IteratorImpl {
 public:
  ArrayIterator(std::shared_ptr<const Pipeline> pipeline, const Data& x, Tensor y, Rows rows,
                const FlowOptions& o)
      : IteratorImpl(rows.end - rows.begin, o.batch_size, o.shuffle, o.seed),
        pipeline_(std::move(pipeline)),
        x_(x),
        images_(ops::cast(x[0], DType::kFloat32).eval()),
        y_(std::move(y)),
        sample_weight_(o.sample_weight),
        first_(rows.begin),
        size_(image_size_of(images_.shape(), pipeline_->channels_first)),
        save_to_{o.save_to_dir, o.save_prefix, o.save_format} {}

 protected:
  Batch batch_of(std::span<const std::int64_t> places, RandomState& random) override {
    std::vector<std::int64_t> indices(places.begin(), places.end());
    for (std::int64_t& index : indices) index += first_;
    const float* values = images_.data<float>().data();
    const ImageBatch images = make_image_batch(
        *pipeline_, size_, indices, random, [&](std::size_t place, std::vector<float>&) {
          return values + static_cast<std::size_t>(indices[place]) * size_.size();
        });
    save_images(images, save_to_, pipeline_->channels_first, random);
    Batch batch;
    Tensors inputs = {images.images};
    for (std::size_t i = 1; i < x_.size(); ++i) inputs.push_back(rows_of(x_[i], indices));
    batch.x = x_.with(inputs);
    if (y_.defined()) batch.y = rows_of(y_, indices);
    // As in Keras, weights without targets are left out.
    if (y_.defined() && sample_weight_.defined())
      batch.sample_weight = rows_of(sample_weight_, indices);
    return batch;
  }

 private:
  std::shared_ptr<const Pipeline> pipeline_;
  Data x_;
  Tensor images_, y_, sample_weight_;
  std::int64_t first_;
  ImageSize size_;
  SaveTo save_to_;
};

void check_lengths(const Data& x, const Tensor& y, const Tensor& sample_weight) {
  if (!x.defined()) throw ValueError("`flow` needs images.");
  const Tensor& images = x[0];
  if (images.rank() != 4)
    throw ValueError(str("Input data in `flow` should have rank 4. You passed an array with shape ",
                         images.shape()));
  const std::int64_t count = images.shape()[0];
  const auto length = [](const Tensor& t) { return t.rank() == 0 ? -1 : t.shape()[0]; };
  for (const Tensor& other : x.tensors())
    if (length(other) != count)
      throw ValueError(
          str("All of the arrays in `x` should have the same length. Found a pair "
              "with: len(x[0]) = ",
              count, ", len(x[?]) = ", length(other)));
  if (y.defined() && length(y) != count)
    throw ValueError(
        str("`x` (images tensor) and `y` (labels) should have the same length. Found: "
            "x.shape = ",
            images.shape(), ", y.shape = ", y.shape()));
  if (sample_weight.defined() && length(sample_weight) != count)
    throw ValueError(
        str("`x` (images tensor) and `sample_weight` should have the same length. "
            "Found: x.shape = ",
            images.shape(), ", sample_weight.shape = ", sample_weight.shape()));
}

Rows rows_of_subset(const Pipeline& pipeline, std::int64_t count, const Tensor& y,
                    const FlowOptions& o) {
  if (o.subset.empty()) return {0, count};
  if (o.subset != "training" && o.subset != "validation")
    throw ValueError(
        str("Invalid subset name: ", o.subset, "; expected \"training\" or \"validation\"."));
  const auto split =
      static_cast<std::int64_t>(static_cast<double>(count) * pipeline.validation_split);
  if (y.defined() && !o.ignore_class_split && count > 0) {
    const std::vector<double> labels = y.to_vector<double>();
    const auto middle = labels.begin() + split * (y.size() / count);
    if (std::set(labels.begin(), middle) != std::set(middle, labels.end()))
      throw ValueError(
          "Training and validation subsets have different number of classes after the split. If "
          "your arrays are sorted by the label, you might want to shuffle them.");
  }
  return o.subset == "validation" ? Rows{0, split} : Rows{split, count};
}

}  // namespace

void warn_of_channels(int channels, const Shape& shape) {
  if (channels == 1 || channels == 3 || channels == 4) return;
  utils::warn(str("Expected images with 1, 3 or 4 channels. However, an array with shape ", shape,
                  " (", channels, " channels) was passed."));
}

Iterator make_array_iterator(std::shared_ptr<const Pipeline> pipeline, const Data& x,
                             const Tensor& y, const FlowOptions& options) {
  check_lengths(x, y, options.sample_weight);
  const Shape& shape = x[0].shape();
  warn_of_channels(image_size_of(shape, pipeline->channels_first).channels, shape);
  const Rows rows = rows_of_subset(*pipeline, shape[0], y, options);
  pipeline->standardization.warn_of_missing_fit();
  return Iterator(std::make_shared<ArrayIterator>(std::move(pipeline), x, y, rows, options));
}

}  // namespace keras::preprocessing::image
