#include "keras/preprocessing/image/iterator.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/preprocessing/image/iterator_impl.h"
#include "keras/random/random.h"

namespace keras::preprocessing::image {

std::uint32_t numpy_seed(std::int64_t seed) {
  if (seed < 0 || seed > 0xffffffffll)
    throw ValueError(str("Seed must be between 0 and 2**32 - 1. Received: seed=", seed));
  return static_cast<std::uint32_t>(seed);
}

IteratorImpl::IteratorImpl(std::int64_t n, std::int64_t batch_size, bool shuffle,
                           std::optional<std::int64_t> seed)
    : n_(n),
      batch_size_(batch_size),
      shuffle_(shuffle),
      seed_(seed),
      random_(numpy_seed(seed ? *seed : random::make_default_seed())) {
  if (batch_size <= 0)
    throw ValueError(str("`batch_size` must be positive. Received: batch_size=", batch_size));
}

void IteratorImpl::begin_batch() {
  if (seed_) random_.seed(numpy_seed(*seed_ + total_batches_seen_));
  ++total_batches_seen_;
}

void IteratorImpl::set_index_array() {
  if (shuffle_) {
    index_array_ = random_.permutation(n_);
    return;
  }
  index_array_.resize(static_cast<std::size_t>(n_));
  std::iota(index_array_.begin(), index_array_.end(), 0);
}

Batch IteratorImpl::get(std::int64_t index) {
  const std::lock_guard lock(mutex_);
  if (index < 0 || index >= size())
    throw ValueError(
        str("Asked to retrieve element ", index, ", but the Sequence has length ", size()));
  begin_batch();
  if (index_array_.empty()) set_index_array();
  const auto begin = static_cast<std::size_t>(index * batch_size_);
  const auto count = static_cast<std::size_t>(std::min(batch_size_, n_ - index * batch_size_));
  return batch_of(std::span(index_array_).subspan(begin, count), random_);
}

void IteratorImpl::on_epoch_end() {
  const std::lock_guard lock(mutex_);
  set_index_array();
}

Batch IteratorImpl::next_batch() {
  const std::lock_guard lock(mutex_);
  if (n_ == 0) throw ValueError("There are no images to make a batch of.");
  begin_batch();
  if (batch_index_ == 0) set_index_array();
  const std::int64_t begin = batch_index_ * batch_size_ % n_;
  const std::int64_t count = std::min(batch_size_, n_ - begin);
  batch_index_ = n_ > begin + batch_size_ ? batch_index_ + 1 : 0;
  return batch_of(std::span(index_array_)
                      .subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(count)),
                  random_);
}

void IteratorImpl::restart() {
  const std::lock_guard lock(mutex_);
  batch_index_ = 0;
}

namespace {

IteratorImpl& impl_of(const Iterator& iterator) {
  return static_cast<IteratorImpl&>(iterator.impl());
}

}  // namespace

Iterator::Iterator(std::shared_ptr<IteratorImpl> impl) : Dataset(std::move(impl)) {}

std::int64_t Iterator::n() const { return impl_of(*this).n(); }
std::int64_t Iterator::batch_size() const { return impl_of(*this).batch_size(); }
std::int64_t Iterator::size() const { return impl_of(*this).size(); }
Batch Iterator::next() const { return impl_of(*this).next_batch(); }
Batch Iterator::operator[](std::int64_t index) const { return impl_of(*this).get(index); }
void Iterator::reset() const { impl_of(*this).restart(); }
const std::vector<std::string>& Iterator::filenames() const { return impl_of(*this).filenames; }
const std::vector<std::int64_t>& Iterator::classes() const { return impl_of(*this).classes; }
const std::map<std::string, std::int64_t>& Iterator::class_indices() const {
  return impl_of(*this).class_indices;
}
std::int64_t Iterator::skipped() const { return impl_of(*this).skipped; }

}  // namespace keras::preprocessing::image
