#include "keras/utils/timeseries_dataset_utils.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/random/random.h"

namespace keras::utils {
namespace {

void check_range(std::int64_t length, const TimeseriesDatasetOptions& o) {
  const std::int64_t start = o.start_index.value_or(0);
  if (start < 0)
    throw ValueError(str("`start_index` must be 0 or greater. Received: start_index=", start));
  if (start > 0 && start >= length)
    throw ValueError(
        str("`start_index` must be lower than the length of the data. Received: "
            "start_index=",
            start, ", for data of length ", length));
  if (!o.end_index) return;
  const std::int64_t end = *o.end_index;
  if (start > 0 && end <= start)
    throw ValueError(str("`end_index` must be higher than `start_index`. Received: start_index=",
                         start, ", and end_index=", end));
  if (end >= length)
    throw ValueError(
        str("`end_index` must be lower than the length of the data. Received: "
            "end_index=",
            end, ", for data of length ", length));
  if (end <= 0)
    throw ValueError(str("`end_index` must be higher than 0. Received: end_index=", end));
}

void check_step(const char* name, std::int64_t step, std::int64_t length) {
  if (step <= 0)
    throw ValueError(str("`", name, "` must be higher than 0. Received: ", name, "=", step));
  if (step >= length)
    throw ValueError(str("`", name, "` must be lower than the length of the data. Received: ", name,
                         "=", step, ", for data of length ", length));
}

class Windows final : public SequenceImpl {
 public:
  Windows(const Tensor& data, const Tensor& targets, std::int64_t sequence_length,
          const TimeseriesDatasetOptions& o)
      : data_(data), targets_(targets), length_(sequence_length), options_(o) {
    first_ = o.start_index.value_or(0);
    const std::int64_t end = o.end_index.value_or(data.shape()[0]);
    const std::int64_t room = end - first_;
    std::int64_t count =
        length_ - 1 > room / o.sampling_rate ? 0 : room - (length_ - 1) * o.sampling_rate;
    if (targets.defined()) count = std::min(count, targets.shape()[0]);
    for (std::int64_t at = 0; at < count; at += o.sequence_stride) starts_.push_back(at);
    if (targets.defined() && !starts_.empty() && first_ + starts_.back() >= targets.shape()[0])
      throw ValueError(str("timeseries_dataset_from_array: the last window starts at ",
                           first_ + starts_.back(), ", for which `targets` of length ",
                           targets.shape()[0], " has no element."));
    if (o.shuffle) {
      generator_.emplace(o.seed);
      shuffle();
    }
  }

  std::int64_t size() const override {
    const auto windows = static_cast<std::int64_t>(starts_.size());
    const std::int64_t batch = options_.batch_size.value_or(1);
    return (windows + batch - 1) / batch;
  }

  Batch get(std::int64_t index) override {
    const std::int64_t batch = options_.batch_size.value_or(1);
    const auto begin = starts_.begin() + index * batch;
    const std::int64_t windows = std::min(batch, static_cast<std::int64_t>(starts_.end() - begin));
    std::vector<std::int64_t> elements, places;
    for (auto start = begin; start != begin + windows; ++start) {
      places.push_back(first_ + *start);
      for (std::int64_t i = 0; i < length_; ++i)
        elements.push_back(first_ + *start + i * options_.sampling_rate);
    }
    Batch out;
    out.x = chosen(data_, elements, {windows, length_});
    if (targets_.defined()) out.y = chosen(targets_, places, {windows});
    return out;
  }

  void on_epoch_end() override {
    if (generator_) shuffle();
  }

 private:
  Tensor chosen(const Tensor& from, const std::vector<std::int64_t>& elements,
                const Shape& shape) const {
    const Tensor taken = ops::take(from, Tensor::from(elements, shape), {.axis = 0});
    return options_.batch_size ? taken : ops::squeeze(taken, {.axis = 0});
  }

  void shuffle() {
    const auto count = static_cast<std::int64_t>(starts_.size());
    starts_ = random::shuffle(Tensor::from(starts_, {count}), {.seed = *generator_})
                  .to_vector<std::int64_t>();
  }

  Tensor data_, targets_;
  std::int64_t length_;
  TimeseriesDatasetOptions options_;
  std::int64_t first_ = 0;
  std::vector<std::int64_t> starts_;
  std::optional<random::SeedGenerator> generator_;
};

}  // namespace

Dataset timeseries_dataset_from_array(const Tensor& data, const Tensor& targets,
                                      std::int64_t sequence_length,
                                      TimeseriesDatasetOptions options) {
  if (data.rank() == 0 || (targets.defined() && targets.rank() == 0))
    throw ValueError("timeseries_dataset_from_array: data and targets need an axis of time steps.");
  const std::int64_t length = data.shape()[0];
  check_range(length, options);
  check_step("sampling_rate", options.sampling_rate, length);
  check_step("sequence_stride", options.sequence_stride, length);
  if (sequence_length <= 0)
    throw ValueError(str("`sequence_length` must be higher than 0. Received: sequence_length=",
                         sequence_length));
  if (options.batch_size && *options.batch_size <= 0)
    throw ValueError(
        str("`batch_size` must be higher than 0. Received: batch_size=", *options.batch_size));
  return make_dataset<Windows>(data, targets, sequence_length, options);
}

}  // namespace keras::utils
