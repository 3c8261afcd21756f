#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "keras/trainers/data_adapters/dataset.h"

namespace keras::preprocessing::image {

class IteratorImpl;

/// Batches of images that an ImageDataGenerator prepares: a dataset for `fit`, `evaluate` and
/// `predict`, which fetch each batch on a thread of its own while the model works on the last one.
/// Large batches are prepared on all cores. What comes depends on the seed alone, never on threads.
/// A handle; copies share. Keras: the iterators that `flow` and its like return.
class Iterator : public Dataset {
 public:
  explicit Iterator(std::shared_ptr<IteratorImpl> impl);

  std::int64_t n() const;  ///< images
  std::int64_t batch_size() const;
  std::int64_t size() const;  ///< batches in a pass
  /// The next batch, pass after pass without end.
  Batch next() const;
  /// One batch of the pass. Throws ValueError for a number outside of it.
  Batch operator[](std::int64_t index) const;
  /// `next` begins a new pass.
  void reset() const;

  /// Of images from files, relative to their folder; else empty.
  const std::vector<std::string>& filenames() const;
  /// The class of each file.
  const std::vector<std::int64_t>& classes() const;
  const std::map<std::string, std::int64_t>& class_indices() const;
  /// How many images were left out so far because they could not be read.
  std::int64_t skipped() const;
};

}  // namespace keras::preprocessing::image
