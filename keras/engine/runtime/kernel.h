#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keras/engine/graph/op.h"
#include "keras/engine/tensor/layout.h"

namespace keras::engine {

/// One call of an operation as a kernel sees it: every shape is known.
struct KernelCall {
  const Op& op;
  const Attrs& attrs;
  const Specs& inputs;
  const Specs& outputs;
  /// How many threads the work may be cut for.
  int threads = 1;
  /// Where operands do not lie in row-major order; either empty or one an operand.
  std::span<const LayoutPtr> input_layouts = {};
  std::span<const LayoutPtr> output_layouts = {};

  LayoutPtr input_layout(std::size_t i) const {
    return i < input_layouts.size() ? input_layouts[i] : nullptr;
  }
  LayoutPtr output_layout(std::size_t i) const {
    return i < output_layouts.size() ? output_layouts[i] : nullptr;
  }
};

/// The addresses of one run, in the order of the call; row-major or as the call says, 64-byte
/// aligned unless they are a program's own memory.
struct Buffers {
  void* const* inputs;
  void* const* outputs;
  /// `scratch_bytes()` bytes that nobody else uses during the run.
  void* scratch;
};

/// A kernel made ready for one call's shapes. `run` may be entered by several threads at once with
/// different buffers, and neither allocates nor locks.
class PreparedKernel {
 public:
  virtual ~PreparedKernel() = default;
  virtual void run(const Buffers& buffers) const = 0;
  virtual std::size_t scratch_bytes() const { return 0; }
  /// True when output `output` may lie in the memory of input `input`, which is then lost.
  virtual bool may_overwrite(int /*input*/, int /*output*/) const { return false; }
};

/// One way to compute an operation. `refusal` says why it does not take a call, or nothing.
struct Kernel {
  std::string_view name;
  std::string (*refusal)(const KernelCall& call);
  std::unique_ptr<PreparedKernel> (*prepare)(const KernelCall& call);
};

/// An operation's kernels on one backend, best first.
struct KernelRow {
  const Op* op;
  std::vector<const Kernel*> kernels;
};

}  // namespace keras::engine
