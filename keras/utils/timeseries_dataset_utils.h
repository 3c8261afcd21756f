#pragma once

#include <cstdint>
#include <optional>

#include "keras/engine/tensor/tensor.h"
#include "keras/trainers/data_adapters/dataset.h"

namespace keras::utils {

/// Further arguments of timeseries_dataset_from_array.
struct TimeseriesDatasetOptions {
  std::int64_t sequence_stride = 1;  ///< steps from the start of a window to that of the next
  std::int64_t sampling_rate = 1;    ///< steps between the elements of a window
  /// Windows a batch, of which the last may be smaller. Nothing: single windows, without an axis
  /// for the batch.
  std::optional<std::int64_t> batch_size = 128;
  bool shuffle = false;  ///< Whether the windows come in another order at each pass.
  std::optional<std::int64_t> seed = {};
  std::optional<std::int64_t> start_index = {};  ///< Earlier elements are left out.
  std::optional<std::int64_t> end_index = {};    ///< So are this one and later ones.
};

/// Windows of `sequence_length` elements over the first axis of `data`, in batches, with the target
/// that stands where each window starts (`targets` may be undefined). Throws ValueError for indices
/// and steps that do not lie inside the data. Keras: keras.utils.timeseries_dataset_from_array.
Dataset timeseries_dataset_from_array(const Tensor& data, const Tensor& targets,
                                      std::int64_t sequence_length,
                                      TimeseriesDatasetOptions options = {});

}  // namespace keras::utils
