#include "keras/backend/cpu/onednn/recurrence.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

#include "keras/backend/cpu/onednn/primitive.h"
#include "keras/backend/cpu/onednn/staged_kernel.h"
#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"
#include "keras/ops/nn/recurrence.h"

namespace keras::backend::cpu {
namespace {

using Dims = dnnl::memory::dims;
using Tag = dnnl::memory::format_tag;
constexpr auto kF32 = dnnl::memory::data_type::f32;

/// Below this many multiplications another thread costs more than it brings.
constexpr std::int64_t kWorthAThread = 1 << 18;

std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }
std::size_t floats(std::int64_t count) {
  return aligned(static_cast<std::size_t>(count) * sizeof(float));
}

struct Sizes {
  Sizes(const engine::KernelCall& call, const Shape& outputs)
      : attrs(call.attrs.as<ops::RecurrenceAttrs>()),
        batch(outputs[0]),
        steps(outputs[1]),
        units(outputs[2]),
        gates(ops::gate_count(attrs.cell) * units),
        saved(ops::saved_count(attrs.cell) * units) {}

  std::int64_t time(std::int64_t i) const { return attrs.go_backwards ? steps - 1 - i : i; }
  std::size_t cell() const { return static_cast<std::size_t>(attrs.cell); }

  ops::RecurrenceAttrs attrs;
  std::int64_t batch, steps, units, gates, saved;
};

/// dense (rows, k) times a kernel (k, n), for each number of rows that a part has. The kernel is
/// brought once a run into the layout that the products want.
class StepProducts {
 public:
  /// `turned`: the kernel lies as (n, k); `adds`: the product is added to what is there.
  StepProducts(std::int64_t k, std::int64_t n, bool turned, bool adds,
               const std::vector<std::int64_t>& bounds)
      : given_({k, n}, kF32, turned ? Tag::ba : Tag::ab) {
    const SequentialOpenMp sequential;
    wanted_ =
        descriptor(bounds[1] - bounds[0], k, n, adds, {{k, n}, kF32, Tag::any}).weights_desc();
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      const std::int64_t rows = bounds[i + 1] - bounds[i];
      if (products_.contains(rows)) continue;
      const auto made = descriptor(rows, k, n, adds, wanted_);
      products_.emplace(rows, std::make_unique<Primitive>(made, dnnl::matmul(made),
                                                          std::vector<Primitive::Argument>{
                                                              {DNNL_ARG_SRC, made.src_desc()},
                                                              {DNNL_ARG_WEIGHTS, wanted_},
                                                              {DNNL_ARG_DST, made.dst_desc()}}));
    }
    if (wanted_ == given_) return;
    const dnnl::reorder::primitive_desc reorder(onednn_engine(), given_, onednn_engine(), wanted_,
                                                user_scratchpad());
    reorder_ = std::make_unique<Primitive>(
        reorder, dnnl::reorder(reorder),
        std::vector<Primitive::Argument>{{DNNL_ARG_SRC, given_}, {DNNL_ARG_DST, wanted_}});
  }

  std::size_t packed_bytes() const {
    return reorder_ ? aligned(wanted_.get_size()) + aligned(reorder_->scratchpad_bytes()) : 0;
  }
  std::size_t scratchpad_bytes() const {
    std::size_t most = 0;
    for (const auto& [rows, product] : products_)
      most = std::max(most, product->scratchpad_bytes());
    return aligned(most);
  }

  /// The kernel as the products want it; `place` has `packed_bytes`.
  void* packed(void* kernel, std::byte* place) const {
    if (!reorder_) return kernel;
    void* const addresses[] = {kernel, place};
    reorder_->run(addresses, place + aligned(wanted_.get_size()));
    return place;
  }
  void run(std::int64_t rows, void* x, void* kernel, void* y, void* scratchpad) const {
    void* const addresses[] = {x, kernel, y};
    products_.at(rows)->run(addresses, scratchpad);
  }

 private:
  static dnnl::matmul::primitive_desc descriptor(std::int64_t rows, std::int64_t k, std::int64_t n,
                                                 bool adds, const dnnl::memory::desc& kernel) {
    auto attributes = user_scratchpad();
    if (adds) {
      dnnl::post_ops sum;
      sum.append_sum();
      attributes.set_post_ops(sum);
    }
    return {onednn_engine(),
            {{rows, k}, kF32, Tag::ab},
            kernel,
            {{rows, n}, kF32, Tag::ab},
            attributes};
  }

  dnnl::memory::desc given_, wanted_;
  std::map<std::int64_t, std::unique_ptr<Primitive>> products_;
  std::unique_ptr<Primitive> reorder_;
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
                  backward, backward, bounds_) {}

  std::size_t parts() const { return bounds_.size() - 1; }
  /// h·U or its gradient, h, c, and what the product needs.
  std::size_t part_bytes() const {
    const std::int64_t rows = bounds_[1] - bounds_[0] + 1;
    return floats(rows * sizes_.gates) + 2 * floats(rows * sizes_.units) +
           products_.scratchpad_bytes();
  }
  struct Scratch {
    float *inner, *h, *c;
    void* scratchpad;
  };
  Scratch scratch_of(std::byte* base, std::size_t part) const {
    const std::int64_t rows = bounds_[1] - bounds_[0] + 1;
    std::byte* at = base + products_.packed_bytes() + part * part_bytes();
    std::byte* h = at + floats(rows * sizes_.gates);
    std::byte* c = h + floats(rows * sizes_.units);
    return {reinterpret_cast<float*>(at), reinterpret_cast<float*>(h), reinterpret_cast<float*>(c),
            c + floats(rows * sizes_.units)};
  }

  Sizes sizes_;
  std::vector<std::int64_t> bounds_;
  StepProducts products_;
};

void copy(const void* from, void* to, std::int64_t count) {
  std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(float));
}

class ForwardKernel final : public RecurrenceKernel {
 public:
  explicit ForwardKernel(const engine::KernelCall& call)
      : RecurrenceKernel(call, call.outputs[0].shape, false),
        mask_(sizes_.attrs.masked ? static_cast<int>(call.inputs.size()) - 1 : -1) {}

  void run(const engine::Buffers& buffers) const override {
    auto* base = static_cast<std::byte*>(buffers.scratch);
    void* kernel = products_.packed(buffers.inputs[1], base);
    engine::parallel_for(static_cast<int>(parts()), [&](int part) {
      run_part(buffers, kernel, static_cast<std::size_t>(part),
               scratch_of(base, static_cast<std::size_t>(part)));
    });
  }

 private:
  void run_part(const engine::Buffers& buffers, void* kernel, std::size_t part,
                const Scratch& scratch) const {
    const Sizes& s = sizes_;
    const std::int64_t first = bounds_[part], rows = bounds_[part + 1] - first;
    const auto in = [&](int i) { return static_cast<const float*>(buffers.inputs[i]); };
    const auto out = [&](int i) { return static_cast<float*>(buffers.outputs[i]); };
    const bool lstm = s.attrs.cell == ops::RecurrentCell::kLstm;
    copy(in(2) + first * s.units, scratch.h, rows * s.units);
    if (lstm) copy(in(3) + first * s.units, scratch.c, rows * s.units);
    RecurrentStep step{};
    step.rows = rows;
    step.units = s.units;
    step.x_stride = s.steps * s.gates;
    step.output_stride = s.steps * s.units;
    step.saved_stride = s.steps * s.saved;
    step.mask_stride = s.steps;
    step.zero_masked = s.attrs.zero_masked;
    step.inner = scratch.inner;
    step.bias = s.attrs.cell == ops::RecurrentCell::kGru ? in(3) : nullptr;
    step.h = scratch.h;
    step.c = scratch.c;
    for (std::int64_t i = 0; i < s.steps; ++i) {
      const std::int64_t row = first * s.steps + s.time(i);
      products_.run(rows, scratch.h, kernel, scratch.inner, scratch.scratchpad);
      step.mask = mask_ < 0 ? nullptr : static_cast<const bool*>(buffers.inputs[mask_]) + row;
      step.x = in(0) + row * s.gates;
      step.output = out(0) + (first * s.steps + i) * s.units;
      step.before = out(2) + row * s.units;
      step.saved = out(3) + row * s.saved;
      nn_functions().recurrent_step[s.cell()](step);
    }
    copy(scratch.h, out(1) + first * s.units, rows * s.units);
    if (lstm) copy(scratch.c, out(4) + first * s.units, rows * s.units);
  }

  int mask_;
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
  void start(const engine::Buffers& buffers, int input, float* to, std::int64_t first,
             std::int64_t count) const {
    if (input < 0) {
      std::memset(to, 0, static_cast<std::size_t>(count) * sizeof(float));
    } else {
      copy(static_cast<const float*>(buffers.inputs[input]) + first, to, count);
    }
  }

  void run_part(const engine::Buffers& buffers, void* kernel, std::size_t part,
                const Scratch& scratch) const {
    const Sizes& s = sizes_;
    const std::int64_t first = bounds_[part], rows = bounds_[part + 1] - first;
    const auto in = [&](int i) { return static_cast<const float*>(buffers.inputs[i]); };
    const auto out = [&](int i) { return static_cast<float*>(buffers.outputs[i]); };
    const bool gru = s.attrs.cell == ops::RecurrentCell::kGru;
    start(buffers, state_, scratch.h, first * s.units, rows * s.units);
    start(buffers, carry_, scratch.c, first * s.units, rows * s.units);
    RecurrentStepGradient step{};
    step.rows = rows;
    step.units = s.units;
    step.x_stride = s.steps * s.gates;
    step.output_stride = s.steps * s.units;
    step.saved_stride = s.steps * s.saved;
    step.mask_stride = s.steps;
    step.zero_masked = s.attrs.zero_masked;
    step.dh = scratch.h;
    step.dc = scratch.c;
    step.inner = scratch.inner;
    for (std::int64_t i = s.steps; i-- > 0;) {
      const std::int64_t row = first * s.steps + s.time(i);
      step.mask = mask_ < 0 ? nullptr : static_cast<const bool*>(buffers.inputs[mask_]) + row;
      step.before = in(1) + row * s.units;
      step.saved = in(2) + row * s.saved;
      step.d_output = outputs_ < 0 ? nullptr : in(outputs_) + (first * s.steps + i) * s.units;
      step.dx = out(0) + row * s.gates;
      step.d_candidate = gru ? out(2) + row * s.units : nullptr;
      nn_functions().recurrent_step_gradient[s.cell()](step);
      products_.run(rows, scratch.inner, kernel, scratch.h, scratch.scratchpad);
    }
    copy(scratch.h, out(1) + first * s.units, rows * s.units);
    if (s.attrs.cell == ops::RecurrentCell::kLstm)
      copy(scratch.c, out(2) + first * s.units, rows * s.units);
  }

  int mask_, outputs_, state_, carry_;
};

std::string refusal(const engine::KernelCall& call) {
  const TensorSpec& output = call.outputs[0];
  if (output.dtype != DType::kFloat32) return str("takes float32, not ", output.dtype);
  return output.shape.size() == 0 ? "takes no empty operands" : "";
}

template <typename Kernel>
std::unique_ptr<engine::PreparedKernel> prepare(const engine::KernelCall& call) {
  return std::make_unique<Kernel>(call);
}

}  // namespace

const engine::Kernel onednn_recurrence{"onednn_recurrence", refusal, prepare<ForwardKernel>};
const engine::Kernel onednn_recurrence_gradient{"onednn_recurrence_gradient", refusal,
                                                prepare<GradientKernel>};

}  // namespace keras::backend::cpu
