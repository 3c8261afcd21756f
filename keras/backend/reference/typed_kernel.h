#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/runtime/kernel.h"
#include "keras/engine/tensor/convert.h"

namespace keras::reference {

/// Runs a plan that is written once for all float types. `Plan` is made from a KernelCall and has
/// `template <typename T> void run(const void* const* inputs, void* const* outputs) const`, where
/// all float tensors hold T: double when the call has a float64 tensor, else float. Tensors of
/// another float type are converted around the run; those that are not floats are handed over as
/// they are.
template <typename Plan>
class FloatKernel final : public engine::PreparedKernel {
 public:
  explicit FloatKernel(const engine::KernelCall& call)
      : plan_(call), inputs_(call.inputs), outputs_(call.outputs) {
    for (const auto* specs : {&inputs_, &outputs_})
      for (const auto& spec : *specs)
        if (spec.dtype == DType::kFloat64) compute_ = DType::kFloat64;
    for (const auto* specs : {&inputs_, &outputs_})
      for (const auto& spec : *specs)
        if (is_converted(spec)) converted_bytes_ += compute_bytes(spec);
  }

  std::size_t scratch_bytes() const override {
    return converted_bytes_ + (inputs_.size() + outputs_.size()) * sizeof(void*);
  }

  void run(const engine::Buffers& buffers) const override {
    auto* next = static_cast<std::byte*>(buffers.scratch);
    void** in = reinterpret_cast<void**>(next + converted_bytes_);
    void** out = in + inputs_.size();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      in[i] = buffers.inputs[i];
      if (!is_converted(inputs_[i])) continue;
      engine::convert_elements(in[i], inputs_[i].dtype, next, compute_, count(inputs_[i]));
      in[i] = std::exchange(next, next + compute_bytes(inputs_[i]));
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      out[i] = is_converted(outputs_[i]) ? std::exchange(next, next + compute_bytes(outputs_[i]))
                                         : buffers.outputs[i];
    if (compute_ == DType::kFloat64) {
      plan_.template run<double>(in, out);
    } else {
      plan_.template run<float>(in, out);
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      if (is_converted(outputs_[i]))
        engine::convert_elements(out[i], compute_, buffers.outputs[i], outputs_[i].dtype,
                                 count(outputs_[i]));
  }

 private:
  static std::size_t count(const TensorSpec& spec) {
    return static_cast<std::size_t>(spec.shape.size());
  }
  bool is_converted(const TensorSpec& spec) const {
    return is_float(spec.dtype) && spec.dtype != compute_;
  }
  std::size_t compute_bytes(const TensorSpec& spec) const {
    constexpr std::size_t kAlignment = 64;
    const std::size_t bytes = count(spec) * dtype_size(compute_);
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
  }

  Plan plan_;
  Specs inputs_;
  Specs outputs_;
  DType compute_ = DType::kFloat32;
  std::size_t converted_bytes_ = 0;
};

template <typename Prepared>
std::unique_ptr<engine::PreparedKernel> prepare(const engine::KernelCall& call) {
  return std::make_unique<Prepared>(call);
}

inline std::string accept_all(const engine::KernelCall&) { return {}; }

}  // namespace keras::reference
