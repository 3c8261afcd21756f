#pragma once

#include <memory>
#include <string>

#include "keras/engine/runtime/kernel.h"

namespace keras::reference {

/// A kernel that keeps the call and runs a function on it and the buffers.
template <void (*Function)(const engine::KernelCall&, const engine::Buffers&)>
class SimpleKernel final : public engine::PreparedKernel {
 public:
  explicit SimpleKernel(const engine::KernelCall& call)
      : op_(call.op), attrs_(call.attrs), inputs_(call.inputs), outputs_(call.outputs) {}
  void run(const engine::Buffers& buffers) const override {
    Function({op_, attrs_, inputs_, outputs_}, buffers);
  }

 private:
  const engine::Op& op_;
  engine::Attrs attrs_;
  Specs inputs_;
  Specs outputs_;
};

/// The kernel of that function, which takes every call.
template <void (*Function)(const engine::KernelCall&, const engine::Buffers&)>
const engine::Kernel* simple_kernel(std::string_view name) {
  static const engine::Kernel kernel{
      name, [](const engine::KernelCall&) { return std::string(); },
      [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
        return std::make_unique<SimpleKernel<Function>>(call);
      }};
  return &kernel;
}

}  // namespace keras::reference
