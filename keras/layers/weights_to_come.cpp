#include "keras/layers/weights_to_come.h"

#include <sys/mman.h>

#include <cstring>
#include <memory>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {
namespace {

thread_local int expected_count = 0;

/// Smaller ones are not worth a page of their own.
constexpr std::size_t kSmall = std::size_t{1} << 14;
constexpr std::size_t kAddressable = std::size_t{1} << 46;

std::size_t bytes_of(const TensorSpec& spec) {
  std::size_t bytes = dtype_size(spec.dtype);
  for (int axis = 0; axis < spec.shape.rank(); ++axis) {
    const auto size = static_cast<std::size_t>(spec.shape[axis]);
    if (spec.shape[axis] < 0 || (size > 0 && bytes > kAddressable / size))
      throw ValueError(str("A weight of shape ", spec.shape, " cannot be."));
    bytes *= size;
  }
  return bytes;
}

Storage untouched_zeros(std::size_t bytes) {
  void* data =
      ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) throw ValueError(str("A weight of ", bytes, " bytes does not fit."));
  const std::shared_ptr<const void> owner(
      data, [bytes](const void* mapped) { ::munmap(const_cast<void*>(mapped), bytes); });
  return Storage::view(static_cast<std::byte*>(data), bytes, owner);
}

}  // namespace

WeightsToCome::WeightsToCome() { ++expected_count; }
WeightsToCome::~WeightsToCome() { --expected_count; }
bool WeightsToCome::expected() { return expected_count > 0; }

Tensor WeightsToCome::stand_in(const TensorSpec& spec) {
  const std::size_t bytes = bytes_of(spec);
  if (bytes > kSmall) return Tensor::from_storage(spec, untouched_zeros(bytes));
  const Storage zeros = Storage::allocate(bytes);
  if (bytes > 0) std::memset(zeros.data(), 0, bytes);
  return Tensor::from_storage(spec, zeros);
}

}  // namespace keras
