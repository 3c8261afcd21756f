#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "keras/preprocessing/image/random_state.h"
#include "keras/trainers/data_adapters/dataset.h"

namespace keras::preprocessing::image {

/// The order of images, as Keras's Iterator takes it, and the random numbers behind it.
class IteratorImpl : public SequenceImpl {
 public:
  IteratorImpl(std::int64_t n, std::int64_t batch_size, bool shuffle,
               std::optional<std::int64_t> seed);

  std::int64_t size() const override { return (n_ + batch_size_ - 1) / batch_size_; }
  Batch get(std::int64_t index) override;
  void on_epoch_end() override;
  Batch next_batch();
  void restart();

  std::int64_t n() const { return n_; }
  std::int64_t batch_size() const { return batch_size_; }

  std::vector<std::string> filenames;
  std::vector<std::int64_t> classes;
  std::map<std::string, std::int64_t> class_indices;
  std::int64_t skipped = 0;

 protected:
  /// The images of these numbers. Draws from `random`, in the order in which Keras does.
  virtual Batch batch_of(std::span<const std::int64_t> indices, RandomState& random) = 0;

 private:
  void begin_batch();
  void set_index_array();

  std::int64_t n_;
  std::int64_t batch_size_;
  bool shuffle_;
  std::optional<std::int64_t> seed_;
  std::mutex mutex_;
  RandomState random_;
  std::vector<std::int64_t> index_array_;
  std::int64_t batch_index_ = 0;
  std::int64_t total_batches_seen_ = 0;
};

/// A seed as NumPy takes it. Throws ValueError outside [0, 2³² - 1].
std::uint32_t numpy_seed(std::int64_t seed);

}  // namespace keras::preprocessing::image
