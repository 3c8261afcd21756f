#include "keras/ops/linalg/matmul.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "keras/backend/reference/nn_kernels.h"
#include "keras/backend/reference/typed_kernel.h"

namespace keras::reference {
namespace {

/// For each matrix of the output, where the matrix of an operand starts, under broadcasting.
std::vector<std::int64_t> batch_offsets(const Shape& operand, const Shape& output) {
  const Shape batch = output.slice(0, output.rank() - 2);
  const int missing = output.rank() - operand.rank();
  std::vector<std::int64_t> offsets{0};
  std::int64_t matrix = operand[-1] * operand[-2];
  std::vector<std::int64_t> strides(static_cast<std::size_t>(batch.rank()), 0);
  for (int axis = batch.rank() - 1; axis >= missing; --axis) {
    const std::int64_t size = operand[axis - missing];
    if (size > 1) strides[static_cast<std::size_t>(axis)] = matrix;
    matrix *= size;
  }
  for (int axis = 0; axis < batch.rank(); ++axis) {
    std::vector<std::int64_t> wider;
    for (const std::int64_t offset : offsets)
      for (std::int64_t i = 0; i < batch[axis]; ++i)
        wider.push_back(offset + i * strides[static_cast<std::size_t>(axis)]);
    offsets = std::move(wider);
  }
  return offsets;
}

class MatmulPlan {
 public:
  explicit MatmulPlan(const engine::KernelCall& call) {
    const auto& attrs = call.attrs.as<ops::MatmulAttrs>();
    const Shape& a = call.inputs[0].shape;
    const Shape& b = call.inputs[1].shape;
    const Shape& out = call.outputs[0].shape;
    rows_ = out[-2];
    columns_ = out[-1];
    depth_ = attrs.transpose_a ? a[-2] : a[-1];
    a_row_ = attrs.transpose_a ? 1 : depth_;
    a_depth_ = attrs.transpose_a ? rows_ : 1;
    b_depth_ = attrs.transpose_b ? 1 : columns_;
    b_column_ = attrs.transpose_b ? depth_ : 1;
    a_offsets_ = batch_offsets(a, out);
    b_offsets_ = batch_offsets(b, out);
  }

  template <typename T>
  void run(const void* const* inputs, void* const* outputs) const {
    const auto* a = static_cast<const T*>(inputs[0]);
    const auto* b = static_cast<const T*>(inputs[1]);
    auto* out = static_cast<T*>(outputs[0]);
    for (std::size_t i = 0; i < a_offsets_.size(); ++i) {
      multiply(a + a_offsets_[i], b + b_offsets_[i], out);
      out += rows_ * columns_;
    }
  }

 private:
  template <typename T>
  void multiply(const T* a, const T* b, T* out) const {
    for (std::int64_t row = 0; row < rows_; ++row) {
      T* target = out + row * columns_;
      std::fill(target, target + columns_, T{0});
      for (std::int64_t k = 0; k < depth_; ++k) {
        const T factor = a[row * a_row_ + k * a_depth_];
        const T* source = b + k * b_depth_;
        for (std::int64_t column = 0; column < columns_; ++column)
          target[column] = static_cast<T>(target[column] + factor * source[column * b_column_]);
      }
    }
  }

  std::int64_t rows_, columns_, depth_;
  std::int64_t a_row_, a_depth_, b_depth_, b_column_;
  std::vector<std::int64_t> a_offsets_;
  std::vector<std::int64_t> b_offsets_;
};

class IntegerMatmul final : public engine::PreparedKernel {
 public:
  explicit IntegerMatmul(const engine::KernelCall& call)
      : plan_(call), dtype_(call.outputs[0].dtype) {}

  void run(const engine::Buffers& buffers) const override {
    switch (dtype_) {
      case DType::kUint8:
        return plan_.run<std::uint8_t>(buffers.inputs, buffers.outputs);
      case DType::kUint16:
        return plan_.run<std::uint16_t>(buffers.inputs, buffers.outputs);
      case DType::kUint32:
        return plan_.run<std::uint32_t>(buffers.inputs, buffers.outputs);
      case DType::kInt8:
        return plan_.run<std::int8_t>(buffers.inputs, buffers.outputs);
      case DType::kInt16:
        return plan_.run<std::int16_t>(buffers.inputs, buffers.outputs);
      case DType::kInt64:
        return plan_.run<std::int64_t>(buffers.inputs, buffers.outputs);
      default:
        return plan_.run<std::int32_t>(buffers.inputs, buffers.outputs);
    }
  }

 private:
  MatmulPlan plan_;
  DType dtype_;
};

std::string refuse_integers(const engine::KernelCall& call) {
  return is_float(call.inputs[0].dtype) ? std::string() : "only floats";
}

std::string refuse_floats(const engine::KernelCall& call) {
  return is_integer(call.inputs[0].dtype) ? std::string() : "only integers";
}

}  // namespace

const engine::Kernel kMatmul{"reference_matmul", refuse_integers, prepare<FloatKernel<MatmulPlan>>};
const engine::Kernel kIntegerMatmul{"reference_integer_matmul", refuse_floats,
                                    prepare<IntegerMatmul>};

}  // namespace keras::reference
