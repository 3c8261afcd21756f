#include "keras/backend/cpu/simd/program_kernels.h"

#include <memory>
#include <utility>
#include <vector>

#include "keras/backend/cpu/fusions/fused_elementwise.h"
#include "keras/backend/cpu/simd/program_builder.h"
#include "keras/engine/tensor/strings.h"
#include "keras/ops/reduction/reduce.h"
#include "keras/ops/shape/layout.h"

namespace keras::backend::cpu {
namespace {

using Typed = ProgramBuilder::Typed;

/// Which inputs an output may overwrite: those of its size and dtype, which are read at the place
/// that is written at the same moment.
std::vector<std::vector<bool>> overwritable(const Specs& inputs, const Specs& outputs) {
  std::vector<std::vector<bool>> out;
  for (const auto& input : inputs) {
    out.emplace_back();
    for (const auto& output : outputs) out.back().push_back(input == output);
  }
  return out;
}

std::vector<std::vector<bool>> never(const Specs& inputs, const Specs& outputs) {
  return {inputs.size(), std::vector<bool>(outputs.size(), false)};
}

std::unique_ptr<engine::PreparedKernel> make(const ProgramBuilder& builder,
                                             const engine::KernelCall& call,
                                             std::vector<std::vector<bool>> in_place) {
  return std::make_unique<ProgramKernel>(builder.program(), call.threads,
                                         static_cast<int>(call.inputs.size()), std::move(in_place));
}

std::unique_ptr<engine::PreparedKernel> prepare_single(const engine::KernelCall& call) {
  ProgramBuilder builder(call.outputs[0].shape);
  std::vector<Typed> sources;
  for (const auto& spec : call.inputs) sources.push_back(builder.input(spec));
  builder.output(builder.apply(call.op, call.attrs, sources));
  return make(builder, call, overwritable(call.inputs, call.outputs));
}

bool is_reduction(const engine::Op* op) {
  return op == &ops::reduce_op || op == &ops::arg_reduce_op;
}

std::unique_ptr<engine::PreparedKernel> prepare_fused(const engine::KernelCall& call) {
  const auto& attrs = call.attrs.as<FusedElementwiseAttrs>();
  ProgramBuilder builder(attrs.shape, attrs.reduced_axes);
  std::vector<Typed> values;
  for (const auto& spec : call.inputs) values.push_back(builder.input(spec));
  for (const auto& instruction : attrs.instructions) {
    std::vector<Typed> sources;
    for (const int source : instruction.sources)
      sources.push_back(values[static_cast<std::size_t>(source)]);
    values.push_back(is_reduction(instruction.op)
                         ? Typed{sources[0].value, instruction.dtype}
                         : builder.apply(*instruction.op, instruction.attrs, sources));
  }
  for (const int output : attrs.outputs) {
    const auto& instruction = attrs.instructions[static_cast<std::size_t>(output)];
    const Typed& value = values[call.inputs.size() + static_cast<std::size_t>(output)];
    if (is_reduction(instruction.op)) {
      const Typed& source = values[static_cast<std::size_t>(instruction.sources[0])];
      builder.reduce(*instruction.op, instruction.attrs, source, instruction.dtype);
    } else {
      builder.output(value);
    }
  }
  return make(builder, call, overwritable(call.inputs, call.outputs));
}

std::vector<int> reduced_axes(const engine::KernelCall& call) {
  if (&call.op == &ops::arg_reduce_op) return {call.attrs.as<ops::ArgReduceAttrs>().axis};
  return call.attrs.as<ops::ReduceAttrs>().axes;
}

std::unique_ptr<engine::PreparedKernel> prepare_reduce(const engine::KernelCall& call) {
  ProgramBuilder builder(call.inputs[0].shape, reduced_axes(call));
  const Typed value = builder.input(call.inputs[0]);
  builder.reduce(call.op, call.attrs, value, call.outputs[0].dtype);
  return make(builder, call, never(call.inputs, call.outputs));
}

/// Where the first element is read and with which strides.
struct Walk {
  std::vector<std::int64_t> strides;
  std::int64_t start = 0;
};

Walk walk_of(const engine::KernelCall& call) {
  const Shape& shape = call.inputs[0].shape;
  const auto own = row_major_strides(shape);
  Walk walk{own};
  if (&call.op == &ops::broadcast_to_op) {
    walk.strides = broadcast_strides(shape, call.outputs[0].shape);
  } else if (&call.op == &ops::transpose_op) {
    walk.strides.clear();
    for (const int axis : call.attrs.as<ops::TransposeAttrs>().order)
      walk.strides.push_back(own[static_cast<std::size_t>(axis)]);
  } else {
    const auto& attrs = call.attrs.as<ops::SliceAttrs>();
    for (std::size_t i = 0; i < own.size(); ++i) {
      walk.start += attrs.start[i] * own[i];
      walk.strides[i] = own[i] * attrs.step[i];
    }
  }
  return walk;
}

std::unique_ptr<engine::PreparedKernel> prepare_copy(const engine::KernelCall& call) {
  ProgramBuilder builder(call.outputs[0].shape);
  const Walk walk = walk_of(call);
  builder.output(builder.input(call.inputs[0].dtype, walk.strides));
  auto kernel = std::make_unique<ProgramKernel>(builder.program(), call.threads, 1,
                                                never(call.inputs, call.outputs));
  kernel->set_input_offset(0,
                           static_cast<std::size_t>(walk.start) * dtype_size(call.inputs[0].dtype));
  return kernel;
}

std::string refusal(const engine::KernelCall& call) {
  return ProgramBuilder::refusal(call.op, call.inputs);
}

std::string copy_refusal(const engine::KernelCall& call) {
  constexpr int kMostAxes = 12;
  if (call.outputs[0].dtype == kString) return "moves numbers only";
  return call.outputs[0].shape.rank() > kMostAxes ? "takes at most 12 axes" : "";
}

}  // namespace

const engine::Kernel simd_elementwise{"simd_elementwise", refusal, prepare_single};
const engine::Kernel simd_fused_elementwise{"simd_fused_elementwise",
                                            [](const engine::KernelCall&) { return std::string(); },
                                            prepare_fused};
const engine::Kernel simd_reduce{"simd_reduce", refusal, prepare_reduce};
const engine::Kernel simd_copy{"simd_copy", copy_refusal, prepare_copy};

}  // namespace keras::backend::cpu
