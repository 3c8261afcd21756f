#include "keras/backend/cpu/onednn/recurrence.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "keras/backend/cpu/onednn/brain_products.h"
#include "keras/backend/cpu/onednn/primitive.h"
#include "keras/backend/cpu/onednn/staged_kernel.h"
#include "keras/backend/cpu/onednn/step_products.h"
#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/engine/runtime/parallel_steps.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"
#include "keras/ops/nn/recurrence.h"

namespace keras::backend::cpu {
namespace {

/// Below this many multiplications another thread costs more than it brings.
constexpr std::int64_t kWorthAThread = 1 << 18;
/// The same for the threads that share each step.
constexpr std::int64_t kStepWorthAThread = 1 << 14;

std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }
std::size_t bytes_of(std::int64_t count, std::size_t element) {
  return aligned(static_cast<std::size_t>(count) * element);
}

struct Sizes {
  Sizes(const engine::KernelCall& call, const Shape& outputs)
      : attrs(call.attrs.as<ops::RecurrenceAttrs>()),
        dtype(call.outputs[0].dtype),
        element(dtype_size(dtype)),
        batch(outputs[0]),
        steps(outputs[1]),
        units(outputs[2]),
        gates(ops::gate_count(attrs.cell) * units),
        saved(ops::saved_count(attrs.cell) * units) {}

  const RecurrenceFunctions& functions() const {
    return nn_functions().recurrence[dtype == DType::kFloat32 ? 0 : 1];
  }
  std::int64_t time(std::int64_t i) const { return attrs.go_backwards ? steps - 1 - i : i; }
  std::size_t cell() const { return static_cast<std::size_t>(attrs.cell); }

  ops::RecurrenceAttrs attrs;
  DType dtype;
  std::size_t element;
  std::int64_t batch, steps, units, gates, saved;
};

std::vector<std::int64_t> cut_batch(const Sizes& sizes, int threads) {
  const std::int64_t work = sizes.batch * sizes.steps * sizes.units * (sizes.gates + 32);
  return cut(sizes.batch,
             static_cast<int>(std::clamp<std::int64_t>(work / kWorthAThread, 1, threads)));
}

/// What forward and backward kernels share: rows cut for threads, each with scratch of its own.
class RecurrenceKernel : public engine::PreparedKernel {
 public:
  std::size_t scratch_bytes() const override {
    return products_.packed_bytes() + part_bytes() * parts();
  }

 protected:
  RecurrenceKernel(const engine::KernelCall& call, const Shape& outputs, bool backward)
      : sizes_(call, outputs),
        bounds_(cut_batch(sizes_, call.threads)),
        products_(backward ? sizes_.gates : sizes_.units, backward ? sizes_.units : sizes_.gates,
                  onednn_type(sizes_.dtype), backward, backward, bounds_,
                  backward ? nullptr : call.input_layout(1)) {}

  std::size_t parts() const { return bounds_.size() - 1; }
  std::int64_t part_rows() const { return bounds_[1] - bounds_[0] + 1; }
  /// h·U or its gradient, h or its gradient, c or its gradient, and what the product needs; room
  /// for float32 in each.
  std::size_t part_bytes() const {
    return bytes_of(part_rows() * sizes_.gates, sizeof(float)) +
           2 * bytes_of(part_rows() * sizes_.units, sizeof(float)) + products_.scratchpad_bytes();
  }
  struct Scratch {
    void *inner, *h;
    float* c;
    void* scratchpad;
  };
  Scratch scratch_of(std::byte* base, std::size_t part) const {
    const std::size_t units = bytes_of(part_rows() * sizes_.units, sizeof(float));
    std::byte* inner = base + products_.packed_bytes() + part * part_bytes();
    std::byte* h = inner + bytes_of(part_rows() * sizes_.gates, sizeof(float));
    std::byte* c = h + units;
    return {inner, h, reinterpret_cast<float*>(c), c + units};
  }

  /// Where an operand's elements from `first` on lie.
  const void* input(const engine::Buffers& buffers, int i, std::int64_t first) const {
    return static_cast<const std::byte*>(buffers.inputs[i]) + offset(first);
  }
  void* output(const engine::Buffers& buffers, int i, std::int64_t first) const {
    return static_cast<std::byte*>(buffers.outputs[i]) + offset(first);
  }
  std::size_t offset(std::int64_t count) const {
    return static_cast<std::size_t>(count) * sizes_.element;
  }

  Sizes sizes_;
  std::vector<std::int64_t> bounds_;
  StepProducts products_;
};

class ForwardKernel final : public RecurrenceKernel {
 public:
  explicit ForwardKernel(const engine::KernelCall& call)
      : RecurrenceKernel(call, call.outputs[0].shape, false),
        mask_(sizes_.attrs.masked ? static_cast<int>(call.inputs.size()) - 1 : -1),
        shares_(count_shares(call.threads)) {}

  /// Where threads share a step, besides, the h that it makes, while others read the one before.
  std::size_t scratch_bytes() const override {
    const std::size_t other_h = bytes_of(sizes_.batch * sizes_.units, sizeof(float));
    return RecurrenceKernel::scratch_bytes() + (shares_ > 1 ? other_h : 0);
  }

  void run(const engine::Buffers& buffers) const override {
    auto* base = static_cast<std::byte*>(buffers.scratch);
    void* kernel = products_.packed(buffers.inputs[1], base);
    if (shares_ > 1) {
      run_shared(buffers, kernel, scratch_of(base, 0));
    } else {
      engine::parallel_for(static_cast<int>(parts()), [&](int part) {
        run_part(buffers, kernel, static_cast<std::size_t>(part),
                 scratch_of(base, static_cast<std::size_t>(part)));
      });
    }
  }

 private:
  /// By how many threads a step is shared: where the batch has work for one only.
  int count_shares(int threads) const {
    const Sizes& s = sizes_;
    if (parts() > 1 || s.attrs.saves || mask_ >= 0) return 1;
    const std::int64_t worth = s.batch * s.units * s.gates / kStepWorthAThread;
    return products_.shares(
        ops::gate_count(s.attrs.cell),
        static_cast<int>(std::min<std::int64_t>({worth, threads, engine::kMostStepParts})));
  }

  RecurrentStep first_step(const engine::Buffers& buffers, const Scratch& scratch,
                           std::int64_t first, std::int64_t rows) const {
    const Sizes& s = sizes_;
    std::memcpy(scratch.h, input(buffers, 2, first * s.units), offset(rows * s.units));
    if (s.attrs.cell == ops::RecurrentCell::kLstm)
      s.functions().widen(rows * s.units, input(buffers, 3, first * s.units), scratch.c);
    RecurrentStep step{};
    step.rows = rows;
    step.units = step.end_unit = s.units;
    step.x_stride = s.steps * s.gates;
    step.output_stride = s.steps * s.units;
    step.saved_stride = s.steps * s.saved;
    step.mask_stride = s.steps;
    step.zero_masked = s.attrs.zero_masked;
    step.inner = static_cast<const float*>(scratch.inner);
    step.bias = s.attrs.cell == ops::RecurrentCell::kGru ? buffers.inputs[3] : nullptr;
    step.h = step.next_h = scratch.h;
    step.c = scratch.c;
    return step;
  }

  void finish(const engine::Buffers& buffers, const RecurrentStep& last, std::int64_t first) const {
    const Sizes& s = sizes_;
    std::memcpy(output(buffers, 1, first * s.units), last.next_h, offset(last.rows * s.units));
    if (s.attrs.cell == ops::RecurrentCell::kLstm)
      s.functions().narrow(last.rows * s.units, last.c,
                           output(buffers, s.attrs.saves ? 4 : 2, first * s.units));
  }

  void run_part(const engine::Buffers& buffers, void* kernel, std::size_t part,
                const Scratch& scratch) const {
    const Sizes& s = sizes_;
    const std::int64_t first = bounds_[part], rows = bounds_[part + 1] - first;
    RecurrentStep step = first_step(buffers, scratch, first, rows);
    for (std::int64_t i = 0; i < s.steps; ++i) {
      const std::int64_t row = first * s.steps + s.time(i);
      products_.run(rows, scratch.h, kernel, scratch.inner, scratch.scratchpad);
      step.mask = mask_ < 0 ? nullptr : static_cast<const bool*>(buffers.inputs[mask_]) + row;
      step.x = input(buffers, 0, row * s.gates);
      step.output = output(buffers, 0, (first * s.steps + i) * s.units);
      step.before = s.attrs.saves ? output(buffers, 2, row * s.units) : nullptr;
      step.saved = s.attrs.saves ? output(buffers, 3, row * s.saved) : nullptr;
      s.functions().step[s.cell()](step);
    }
    finish(buffers, step, first);
  }

  /// Each thread computes some units, with their columns of the kernel, of each step.
  void run_shared(const engine::Buffers& buffers, void* kernel, const Scratch& scratch) const {
    const Sizes& s = sizes_;
    const RecurrentStep whole = first_step(buffers, scratch, 0, s.batch);
    void* const h[] = {
        scratch.h, static_cast<std::byte*>(buffers.scratch) + RecurrenceKernel::scratch_bytes()};
    const auto at_step = [&](int i) {
      RecurrentStep step = whole;
      step.x = input(buffers, 0, s.time(i) * s.gates);
      step.output = output(buffers, 0, i * s.units);
      step.h = h[i % 2];
      step.next_h = h[(i + 1) % 2];
      return step;
    };
    const auto share = [&](int i, int part) {
      RecurrentStep step = at_step(i);
      step.first_unit = s.units / shares_ * part;
      step.end_unit = step.first_unit + s.units / shares_;
      products_.run_share(ops::gate_count(s.attrs.cell), part, shares_, s.batch, h[i % 2], kernel,
                          scratch.inner);
      s.functions().step[s.cell()](step);
    };
    const int steps = static_cast<int>(s.steps);
    engine::parallel_steps(steps, shares_, engine::StepFunction(share));
    finish(buffers, at_step(steps - 1), 0);
  }

  int mask_, shares_;
};

class GradientKernel final : public RecurrenceKernel {
 public:
  explicit GradientKernel(const engine::KernelCall& call)
      : RecurrenceKernel(call, call.inputs[1].shape, true) {
    int next = 3;
    const auto take = [&](bool given) { return given ? next++ : -1; };
    mask_ = take(sizes_.attrs.masked);
    outputs_ = take(sizes_.attrs.from_outputs);
    state_ = take(sizes_.attrs.from_state);
    carry_ = take(sizes_.attrs.from_carry);
  }

  void run(const engine::Buffers& buffers) const override {
    auto* base = static_cast<std::byte*>(buffers.scratch);
    void* kernel = products_.packed(buffers.inputs[0], base);
    engine::parallel_for(static_cast<int>(parts()), [&](int part) {
      run_part(buffers, kernel, static_cast<std::size_t>(part),
               scratch_of(base, static_cast<std::size_t>(part)));
    });
  }

 private:
  void start(const engine::Buffers& buffers, int from, float* to, std::int64_t first,
             std::int64_t count) const {
    if (from < 0) {
      std::memset(to, 0, static_cast<std::size_t>(count) * sizeof(float));
    } else {
      sizes_.functions().widen(count, input(buffers, from, first), to);
    }
  }

  void run_part(const engine::Buffers& buffers, void* kernel, std::size_t part,
                const Scratch& scratch) const {
    const Sizes& s = sizes_;
    const std::int64_t first = bounds_[part], rows = bounds_[part + 1] - first;
    const bool gru = s.attrs.cell == ops::RecurrentCell::kGru;
    auto* const dh = static_cast<float*>(scratch.h);
    start(buffers, state_, dh, first * s.units, rows * s.units);
    start(buffers, carry_, scratch.c, first * s.units, rows * s.units);
    RecurrentStepGradient step{};
    step.rows = rows;
    step.units = s.units;
    step.x_stride = s.steps * s.gates;
    step.output_stride = s.steps * s.units;
    step.saved_stride = s.steps * s.saved;
    step.mask_stride = s.steps;
    step.zero_masked = s.attrs.zero_masked;
    step.dh = dh;
    step.dc = scratch.c;
    step.inner = scratch.inner;
    for (std::int64_t i = s.steps; i-- > 0;) {
      const std::int64_t row = first * s.steps + s.time(i);
      step.mask = mask_ < 0 ? nullptr : static_cast<const bool*>(buffers.inputs[mask_]) + row;
      step.before = input(buffers, 1, row * s.units);
      step.saved = input(buffers, 2, row * s.saved);
      step.d_output =
          outputs_ < 0 ? nullptr : input(buffers, outputs_, (first * s.steps + i) * s.units);
      step.dx = output(buffers, 0, row * s.gates);
      step.d_candidate = gru ? output(buffers, 2, row * s.units) : nullptr;
      s.functions().step_gradient[s.cell()](step);
      products_.run(rows, scratch.inner, kernel, scratch.h, scratch.scratchpad);
    }
    s.functions().narrow(rows * s.units, dh, output(buffers, 1, first * s.units));
    if (s.attrs.cell == ops::RecurrentCell::kLstm)
      s.functions().narrow(rows * s.units, scratch.c, output(buffers, 2, first * s.units));
  }

  int mask_, outputs_, state_, carry_;
};

std::string refusal(const engine::KernelCall& call) {
  const TensorSpec& output = call.outputs[0];
  if (output.dtype != DType::kFloat32 &&
      !(output.dtype == DType::kBfloat16 && has_brain_products()))
    return str("takes float32, and bfloat16 where the processor multiplies it, not ", output.dtype);
  return output.shape.size() == 0 ? "takes no empty operands" : "";
}

template <typename Kernel>
std::unique_ptr<engine::PreparedKernel> prepare(const engine::KernelCall& call) {
  return std::make_unique<Kernel>(call);
}

}  // namespace

engine::LayoutPtr recurrence_kernel_layout(const engine::KernelCall& call) {
  if (call.inputs[1].dtype != DType::kFloat32 || !refusal(call).empty()) return nullptr;
  const std::vector<std::int64_t> bounds =
      cut_batch(Sizes(call, call.outputs[0].shape), call.threads);
  return StepProducts::wanted_layout(call.inputs[1].shape, bounds[1] - bounds[0]);
}

const engine::Kernel onednn_recurrence{"onednn_recurrence", refusal, prepare<ForwardKernel>};
const engine::Kernel onednn_recurrence_gradient{"onednn_recurrence_gradient", refusal,
                                                prepare<GradientKernel>};

}  // namespace keras::backend::cpu
