#include "keras/layers/preprocessing/adapt_data.h"

#include <utility>

#include "keras/engine/error.h"

namespace keras::layers {

AdaptData::AdaptData(Tensors batches)
    : next_([batches = std::move(batches), place = std::size_t{0}](Tensor& batch) mutable {
        if (place == batches.size()) return false;
        batch = batches[place++];
        return true;
      }) {}

void AdaptData::for_each(const std::function<void(const Tensor& batch)>& visit,
                         std::optional<std::int64_t> steps) const {
  Tensor batch;
  std::int64_t seen = 0;
  for (; !steps || seen < *steps; ++seen) {
    if (!next_(batch)) break;
    if (!batch.defined()) throw ValueError("adapt() received an empty Tensor.");
    visit(batch);
  }
  if (seen == 0)
    throw ValueError(
        "adapt() received an empty iterable (no batches). Expected at least one batch.");
}

}  // namespace keras::layers
