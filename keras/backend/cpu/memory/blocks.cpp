#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "keras/backend/cpu/memory/memory_kernels.h"
#include "keras/backend/cpu/work.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/tensor/convert.h"
#include "keras/ops/shape/layout.h"

namespace keras::backend::cpu {
namespace {

std::size_t bytes_of(const Shape& shape, DType dtype) {
  return static_cast<std::size_t>(shape.size()) * dtype_size(dtype);
}

class ConcatenateKernel final : public engine::PreparedKernel {
 public:
  explicit ConcatenateKernel(const engine::KernelCall& call) {
    const int axis = call.attrs.as<ops::ConcatenateAttrs>().axis;
    const TensorSpec& out = call.outputs[0];
    rows_ = out.shape.slice(0, axis).size();
    row_bytes_ = bytes_of(out.shape.slice(axis), out.dtype);
    for (const auto& input : call.inputs)
      part_bytes_.push_back(bytes_of(input.shape.slice(axis), input.dtype));
    parts_ = parts_for(out.shape.size(), std::min<std::int64_t>(call.threads, rows_));
  }

  void run(const engine::Buffers& buffers) const override {
    auto* to = static_cast<std::byte*>(buffers.outputs[0]);
    engine::parallel_for(parts_, [&](int part) {
      const auto [first, last] = share_of(rows_, parts_, part);
      for (auto row = static_cast<std::size_t>(first); row < static_cast<std::size_t>(last);
           ++row) {
        std::byte* target = to + row * row_bytes_;
        for (std::size_t i = 0; i < part_bytes_.size(); ++i) {
          const std::size_t bytes = part_bytes_[i];
          if (bytes == 0) continue;
          std::memcpy(target, static_cast<const std::byte*>(buffers.inputs[i]) + row * bytes,
                      bytes);
          target += bytes;
        }
      }
    });
  }

 private:
  std::int64_t rows_ = 0;
  std::size_t row_bytes_ = 0;
  std::vector<std::size_t> part_bytes_;
  int parts_ = 1;
};

/// Works on rows along the last axis that is padded; what lies behind it is one block.
class PadKernel final : public engine::PreparedKernel {
 public:
  explicit PadKernel(const engine::KernelCall& call) : attrs_(call.attrs.as<ops::PadAttrs>()) {
    const TensorSpec &in = call.inputs[0], &out = call.outputs[0];
    int axis = in.shape.rank() - 1;
    while (axis > 0 && in.shape[axis] == out.shape[axis]) --axis;
    element_ = dtype_size(out.dtype);
    engine::convert_elements(&attrs_.value, DType::kFloat64, value_.data(), out.dtype, 1);
    zero_ =
        std::all_of(value_.begin(), value_.end(), [](std::byte b) { return b == std::byte{0}; });
    in_outer_ = in.shape.slice(0, axis).dims();
    out_outer_ = out.shape.slice(0, axis).dims();
    rows_ = out.shape.slice(0, axis).size();
    const std::size_t block = bytes_of(in.shape.slice(axis + 1), in.dtype);
    const auto last = static_cast<std::size_t>(axis);
    before_ = static_cast<std::size_t>(attrs_.low[last]) * block;
    middle_ = static_cast<std::size_t>(in.shape[axis]) * block;
    after_ = static_cast<std::size_t>(attrs_.high[last]) * block;
    parts_ = parts_for(out.shape.size(), std::min<std::int64_t>(call.threads, rows_));
  }

  void run(const engine::Buffers& buffers) const override {
    const auto* from = static_cast<const std::byte*>(buffers.inputs[0]);
    auto* to = static_cast<std::byte*>(buffers.outputs[0]);
    engine::parallel_for(parts_, [&](int part) {
      const auto [first, last] = share_of(rows_, parts_, part);
      for (std::int64_t row = first; row < last; ++row) {
        std::byte* target = to + static_cast<std::size_t>(row) * (before_ + middle_ + after_);
        const std::int64_t source = source_row(row);
        if (source < 0) {
          fill(target, before_ + middle_ + after_);
          continue;
        }
        fill(target, before_);
        if (middle_ > 0)
          std::memcpy(target + before_, from + static_cast<std::size_t>(source) * middle_, middle_);
        fill(target + before_ + middle_, after_);
      }
    });
  }

 private:
  /// The input's row that a row of the output is a copy of; -1 for padding.
  std::int64_t source_row(std::int64_t row) const {
    std::int64_t source = 0, stride = 1;
    for (std::size_t axis = out_outer_.size(); axis-- > 0;) {
      const std::int64_t place = row % out_outer_[axis] - attrs_.low[axis];
      if (place < 0 || place >= in_outer_[axis]) return -1;
      source += place * stride;
      stride *= in_outer_[axis];
      row /= out_outer_[axis];
    }
    return source;
  }

  void fill(std::byte* target, std::size_t bytes) const {
    if (zero_) {
      std::memset(target, 0, bytes);
      return;
    }
    for (std::size_t i = 0; i < bytes; i += element_)
      std::memcpy(target + i, value_.data(), element_);
  }

  ops::PadAttrs attrs_;
  alignas(8) std::array<std::byte, 8> value_ = {};
  bool zero_ = false;
  std::size_t element_ = 0;
  std::vector<std::int64_t> in_outer_, out_outer_;
  std::int64_t rows_ = 0;
  std::size_t before_ = 0, middle_ = 0, after_ = 0;
  int parts_ = 1;
};

std::string pad_refusal(const engine::KernelCall& call) {
  const auto& attrs = call.attrs.as<ops::PadAttrs>();
  if (attrs.low.empty()) return "takes one axis at least";
  for (std::size_t i = 0; i < attrs.low.size(); ++i)
    if (attrs.low[i] < 0 || attrs.high[i] < 0 || attrs.interior[i] != 0)
      return "takes padding that adds elements at the ends only";
  return {};
}

}  // namespace

const engine::Kernel memory_concatenate{
    "memory_concatenate", [](const engine::KernelCall&) { return std::string(); },
    [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
      return std::make_unique<ConcatenateKernel>(call);
    }};

const engine::Kernel memory_pad{
    "memory_pad", pad_refusal,
    [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
      return std::make_unique<PadKernel>(call);
    }};

}  // namespace keras::backend::cpu
