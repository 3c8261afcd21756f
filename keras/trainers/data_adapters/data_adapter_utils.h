#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "keras/trainers/data.h"
#include "keras/trainers/data_adapters/data_adapter.h"

namespace keras::trainers {

/// A weight for each example of y: labels as integers, or one-hot. Throws ValueError for several
/// outputs.
Tensor class_weight_to_sample_weights(const Data& y, const ClassWeight& class_weight);

/// Throws ValueError, in Keras's words, unless all tensors have the same first axis; gives it.
std::int64_t check_data_cardinality(const Batch& arrays);

/// One weight tensor for each output of y: a single one is used for all. Throws ValueError where
/// they do not fit.
Data match_sample_weight(const Data& sample_weight, const Data& y);

/// The rows [begin, end) of the first axis, sharing the bytes.
Tensor view_rows(const Tensor& x, std::int64_t begin, std::int64_t end);
Data view_rows(const Data& data, std::int64_t begin, std::int64_t end);

/// The first and the last part of all examples. Throws ValueError when either would be empty.
std::pair<Batch, Batch> train_validation_split(const Batch& arrays, double validation_split);

/// Floats in Keras's default float type, as Keras feeds them to models.
Data to_floatx(const Data& data);

/// The numbers [0, count) in random order, the same for the same seed.
class Shuffler {
 public:
  /// The seed is drawn from the global one.
  Shuffler();
  void shuffle(std::vector<std::int64_t>& order);
  void shuffle(std::int64_t* begin, std::int64_t* end);

 private:
  std::uint64_t state_;
};

}  // namespace keras::trainers
