#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "keras/backend/cpu/memory/memory_kernels.h"
#include "keras/backend/cpu/work.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/tensor/convert.h"
#include "keras/ops/indexing/indexing.h"

namespace keras::backend::cpu {
namespace {

/// Index i of 32 or 64 bits, negative ones counted from the end; -1 where it is out of range.
class Indices {
 public:
  Indices(DType dtype, std::int64_t size) : wide_(dtype == DType::kInt64), size_(size) {}
  std::int64_t at(const void* data, std::int64_t i) const {
    const std::int64_t given = wide_ ? static_cast<const std::int64_t*>(data)[i]
                                     : static_cast<const std::int32_t*>(data)[i];
    const std::int64_t index = given < 0 ? given + size_ : given;
    return index < 0 || index >= size_ ? -1 : index;
  }

 private:
  bool wide_;
  std::int64_t size_;
};

std::string index_refusal(DType dtype) {
  if (dtype == DType::kInt32 || dtype == DType::kInt64) return {};
  return "takes indices of 32 and 64 bits only";
}

class TakeKernel final : public engine::PreparedKernel {
 public:
  explicit TakeKernel(const engine::KernelCall& call)
      : size_(call.inputs[0].shape[axis_of(call)]),
        count_(call.inputs[1].shape.size()),
        rows_(call.inputs[0].shape.slice(0, axis_of(call)).size() * count_),
        element_(dtype_size(call.outputs[0].dtype)),
        row_bytes_(static_cast<std::size_t>(call.inputs[0].shape.slice(axis_of(call) + 1).size()) *
                   element_),
        indices_(call.inputs[1].dtype, size_),
        parts_(
            parts_for(call.outputs[0].shape.size(), std::min<std::int64_t>(call.threads, rows_))) {
    const double missing = is_float(call.outputs[0].dtype)
                               ? std::numeric_limits<double>::quiet_NaN()
                               : static_cast<double>(std::numeric_limits<std::int64_t>::lowest());
    engine::convert_elements(&missing, DType::kFloat64, missing_.data(), call.outputs[0].dtype, 1);
  }

  void run(const engine::Buffers& buffers) const override {
    const auto* from = static_cast<const std::byte*>(buffers.inputs[0]);
    auto* to = static_cast<std::byte*>(buffers.outputs[0]);
    engine::parallel_for(parts_, [&](int part) {
      const auto [first, last] = share_of(rows_, parts_, part);
      for (std::int64_t row = first; row < last; ++row) {
        const std::int64_t index = indices_.at(buffers.inputs[1], row % count_);
        std::byte* target = to + static_cast<std::size_t>(row) * row_bytes_;
        if (index < 0) {
          fill(target);
        } else {
          const auto place = static_cast<std::size_t>(row / count_ * size_ + index);
          std::memcpy(target, from + place * row_bytes_, row_bytes_);
        }
      }
    });
  }

 private:
  static int axis_of(const engine::KernelCall& call) {
    return call.attrs.as<ops::TakeAttrs>().axis;
  }
  void fill(std::byte* row) const {
    for (std::size_t i = 0; i < row_bytes_; i += element_)
      std::memcpy(row + i, missing_.data(), element_);
  }

  std::int64_t size_;
  std::int64_t count_;
  std::int64_t rows_;
  std::size_t element_;
  std::size_t row_bytes_;
  Indices indices_;
  int parts_;
  alignas(8) std::array<std::byte, 8> missing_ = {};
};

/// Each part adds up some columns of all rows: the order of the sums does not depend on how many
/// parts there are.
template <typename T>
class ScatterAddKernel final : public engine::PreparedKernel {
 public:
  explicit ScatterAddKernel(const engine::KernelCall& call)
      : count_(call.inputs[0].shape.size()),
        size_(call.outputs[0].shape[0]),
        row_(call.outputs[0].shape.slice(1).size()),
        indices_(call.inputs[0].dtype, size_),
        parts_(parts_for(count_ * row_ + size_ * row_,
                         std::min<std::int64_t>(call.threads, row_ / kColumnsWorthAPart))) {}

  void run(const engine::Buffers& buffers) const override {
    const auto* updates = static_cast<const T*>(buffers.inputs[1]);
    auto* out = static_cast<T*>(buffers.outputs[0]);
    engine::parallel_for(parts_, [&](int part) {
      const auto [first, last] = share_of(row_, parts_, part);
      for (std::int64_t i = 0; i < size_; ++i)
        std::fill(out + i * row_ + first, out + i * row_ + last, T{0});
      for (std::int64_t i = 0; i < count_; ++i) {
        const std::int64_t index = indices_.at(buffers.inputs[0], i);
        if (index < 0) continue;
        T* total = out + index * row_;
        const T* update = updates + i * row_;
        for (std::int64_t k = first; k < last; ++k) total[k] += update[k];
      }
    });
  }

 private:
  static constexpr std::int64_t kColumnsWorthAPart = 16;
  std::int64_t count_;
  std::int64_t size_;
  std::int64_t row_;
  Indices indices_;
  int parts_;
};

}  // namespace

const engine::Kernel memory_take{
    "memory_take",
    [](const engine::KernelCall& call) { return index_refusal(call.inputs[1].dtype); },
    [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
      return std::make_unique<TakeKernel>(call);
    }};

const engine::Kernel memory_scatter_add{
    "memory_scatter_add",
    [](const engine::KernelCall& call) -> std::string {
      const DType dtype = call.outputs[0].dtype;
      if (dtype != DType::kFloat32 && dtype != DType::kFloat64)
        return "takes float32 and float64 only";
      return index_refusal(call.inputs[0].dtype);
    },
    [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
      if (call.outputs[0].dtype == DType::kFloat64)
        return std::make_unique<ScatterAddKernel<double>>(call);
      return std::make_unique<ScatterAddKernel<float>>(call);
    }};

}  // namespace keras::backend::cpu
