#include "keras/backend/cpu/fusions/lay_out.h"

#include <algorithm>
#include <memory>
#include <string>

#include "keras/backend/cpu/work.h"
#include "keras/engine/runtime/thread_pool.h"

namespace keras::backend::cpu {
namespace {

class LayOut final : public engine::PreparedKernel {
 public:
  explicit LayOut(const engine::KernelCall& call)
      : layout_(call.output_layout(0)),
        element_(dtype_size(call.inputs[0].dtype)),
        parts_(parts_for(call.inputs[0].shape.size(),
                         std::min<std::int64_t>(call.threads, layout_->rows()))) {}

  void run(const engine::Buffers& buffers) const override {
    engine::parallel_for(parts_, [&](int part) {
      const auto [first, last] = share_of(layout_->rows(), parts_, part);
      layout_->pack_rows(static_cast<const std::byte*>(buffers.inputs[0]),
                         static_cast<std::byte*>(buffers.outputs[0]), element_, first, last);
    });
  }

 private:
  engine::LayoutPtr layout_;
  std::size_t element_;
  int parts_;
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
