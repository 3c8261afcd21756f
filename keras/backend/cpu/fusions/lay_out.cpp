#include "keras/backend/cpu/fusions/lay_out.h"

#include <memory>
#include <string>

namespace keras::backend::cpu {
namespace {

class LayOut final : public engine::PreparedKernel {
 public:
  explicit LayOut(const engine::KernelCall& call)
      : layout_(call.output_layout(0)), element_(dtype_size(call.inputs[0].dtype)) {}

  void run(const engine::Buffers& buffers) const override {
    layout_->pack(static_cast<const std::byte*>(buffers.inputs[0]),
                  static_cast<std::byte*>(buffers.outputs[0]), element_);
  }

 private:
  engine::LayoutPtr layout_;
  std::size_t element_;
};

}  // namespace

const engine::Op lay_out_op = engine::define_op<engine::NoAttrs>({
    .name = "lay_out",
    .infer = [](const Specs& in, const engine::NoAttrs&) { return Specs{in[0]}; },
});

const engine::Kernel memory_lay_out{
    "memory_lay_out",
    [](const engine::KernelCall& call) {
      return std::string(call.input_layout(0) || !call.output_layout(0)
                             ? "takes a row-major operand into a layout"
                             : "");
    },
    [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
      return std::make_unique<LayOut>(call);
    }};

}  // namespace keras::backend::cpu
