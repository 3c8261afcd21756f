#include "keras/datasets/row_selection.h"

#include <cstdint>
#include <cstring>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::datasets {

Tensor rows_of(const Tensor& table, std::span<const std::size_t> places) {
  TensorSpec spec = table.spec();
  const auto row = static_cast<std::size_t>(spec.shape.slice(1).size()) * dtype_size(spec.dtype);
  spec.shape[0] = static_cast<std::int64_t>(places.size());
  const Storage storage = Storage::allocate(row * places.size());
  const auto* from = static_cast<const std::byte*>(table.raw_data());
  for (std::size_t i = 0; i < places.size(); ++i)
    std::memcpy(storage.data() + i * row, from + places[i] * row, row);
  return Tensor::from_storage(spec, storage);
}

void check_split(double test_split) {
  if (!(test_split >= 0 && test_split < 1))
    throw ValueError(str("Invalid `test_split` argument: ", test_split,
                         ". It must be between 0 and 1 (exclusive of 1)."));
}

}  // namespace keras::datasets
