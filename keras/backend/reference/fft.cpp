#include <cstddef>
#include <vector>

#include "keras/backend/reference/basic_kernels.h"
#include "keras/backend/reference/fft_plan.h"
#include "keras/engine/runtime/kernel.h"
#include "keras/engine/tensor/convert.h"
#include "keras/ops/op_list.h"
#include "keras/ops/signal/dft.h"

namespace keras::reference {
namespace {

/// Row by row, in double.
class DftKernel final : public engine::PreparedKernel {
 public:
  explicit DftKernel(const engine::KernelCall& call)
      : inverse_(call.attrs.as<ops::DftAttrs>().inverse),
        dtype_(call.inputs[0].dtype),
        length_(static_cast<std::size_t>(call.inputs[0].shape[-1])),
        rows_(length_ == 0 ? 0 : static_cast<std::size_t>(call.inputs[0].shape.size()) / length_),
        plan_(length_ == 0 ? 1 : length_) {}

  std::size_t scratch_bytes() const override {
    return (length_ + plan_.scratch_size()) * sizeof(ComplexNumber) + 2 * length_ * sizeof(double);
  }

  void run(const engine::Buffers& buffers) const override {
    auto* numbers = static_cast<ComplexNumber*>(buffers.scratch);
    auto* parts = reinterpret_cast<double*>(numbers + length_ + plan_.scratch_size());
    const std::size_t row_bytes = length_ * dtype_size(dtype_);
    for (std::size_t row = 0; row < rows_; ++row) {
      for (std::size_t i = 0; i < 2; ++i)
        engine::convert_elements(static_cast<const std::byte*>(buffers.inputs[i]) + row * row_bytes,
                                 dtype_, parts + i * length_, DType::kFloat64, length_);
      // With the parts exchanged before and after, the transform goes in the other direction.
      const double *real = parts + (inverse_ ? length_ : 0),
                   *imag = parts + (inverse_ ? 0 : length_);
      for (std::size_t k = 0; k < length_; ++k) numbers[k] = {real[k], imag[k]};
      plan_.run(numbers, numbers + length_);
      for (std::size_t k = 0; k < length_; ++k) {
        parts[k] = inverse_ ? numbers[k].imag : numbers[k].real;
        parts[length_ + k] = inverse_ ? numbers[k].real : numbers[k].imag;
      }
      for (std::size_t i = 0; i < 2; ++i)
        engine::convert_elements(parts + i * length_, DType::kFloat64,
                                 static_cast<std::byte*>(buffers.outputs[i]) + row * row_bytes,
                                 dtype_, length_);
    }
  }

 private:
  bool inverse_;
  DType dtype_;
  std::size_t length_;
  std::size_t rows_;
  FftPlan plan_;
};

const engine::Kernel kDft{
    "mixed_radix_dft", [](const engine::KernelCall&) { return std::string(); },
    [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
      return std::make_unique<DftKernel>(call);
    }};

}  // namespace

std::vector<engine::KernelRow> fft_kernel_rows() { return {{&ops::dft_op, {&kDft}}}; }

}  // namespace keras::reference
