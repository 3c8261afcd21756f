#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "keras/backend/reference/basic_kernels.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/executable.h"
#include "keras/engine/runtime/memory_plan.h"
#include "keras/engine/runtime/program.h"
#include "keras/ops/control/scan_op.h"
#include "keras/ops/control/while_op.h"

namespace keras::reference {
namespace {

using engine::Location;

/// Work on constants that was set apart to be done once becomes constants.
void compute_prologue(engine::Graph& graph) {
  if (!graph.prologue) return;
  Tensors results(graph.prologue->results.size());
  engine::Executable(*graph.prologue).run({}, results);
  const std::size_t first = graph.arguments.size() - results.size();
  for (std::size_t i = 0; i < results.size(); ++i)
    graph.constants.push_back({graph.arguments[first + i], results[i].storage()});
  graph.arguments.resize(first);
  graph.prologue = nullptr;
}

engine::Program program_of(const ops::Subgraph& body) {
  engine::Graph graph;
  {
    const engine::Trace scope(engine::Trace::Mode::kCompile);
    graph = engine::build_graph(body.parameters, body.results, scope);
  }
  graph = engine::optimize(std::move(graph));
  compute_prologue(graph);
  return engine::Program(std::move(graph));
}

/// Runs the compiled body once a step, on slices of the operands where they lie. What a step needs
/// is in the scratch memory: the table of addresses, two places for each carry that is not kept,
/// and what the body works in.
class ScanKernel final : public engine::PreparedKernel {
 public:
  explicit ScanKernel(const engine::KernelCall& call)
      : attrs_(call.attrs.as<ops::ScanAttrs>()), program_(program_of(*attrs_.body)) {
    scratch_ = engine::aligned(program_.table_size() * sizeof(void*));
    lay_out_carries();
    working_ = scratch_;
    scratch_ += program_.working_bytes();
    for (const auto& patch : program_.patches()) sort(patch);
  }

  std::size_t scratch_bytes() const override { return scratch_; }

  void run(const engine::Buffers& buffers) const override {
    auto* const scratch = static_cast<std::byte*>(buffers.scratch);
    auto** const table = static_cast<void**>(buffers.scratch);
    std::byte* const working = scratch + working_;
    program_.fill(table, working);
    for (const auto& fixed : fixed_) table[fixed.entry] = buffers.inputs[fixed.operand];
    for (const auto& slice : slices_)
      table[slice.entry] = static_cast<std::byte*>(
                               (slice.output ? buffers.outputs : buffers.inputs)[slice.operand]) +
                           slice.first;
    for (const auto& carry : carries_)
      if (carry.kept >= 0 && carry.bytes > 0)
        std::memcpy(buffers.outputs[carry.kept], buffers.inputs[carry.input], carry.bytes);
    for (std::int64_t step = 0; step < attrs_.length; ++step) {
      for (const auto& entry : carry_entries_)
        table[entry.entry] = place(carries_[entry.carry], step + (entry.after ? 1 : 0), buffers);
      program_.run(table, working);
      for (const auto& slice : slices_)
        table[slice.entry] = static_cast<std::byte*>(table[slice.entry]) + slice.stride;
    }
  }

 private:
  struct Fixed {
    std::size_t entry;
    std::size_t operand;
  };
  struct Slice {
    std::size_t entry;
    std::size_t operand;
    bool output;
    std::ptrdiff_t first;   ///< bytes from the operand's beginning
    std::ptrdiff_t stride;  ///< bytes from step to step
  };
  struct Carry {
    std::size_t input;
    std::size_t output;
    std::ptrdiff_t kept;  ///< the output that keeps its values, or -1
    std::size_t places;   ///< in the scratch memory
    std::size_t bytes;
  };
  struct CarryEntry {
    std::size_t entry;
    std::size_t carry;
    bool after;  ///< the step, not before it
  };

  void lay_out_carries() {
    const auto& body = *attrs_.body;
    auto kept = static_cast<std::ptrdiff_t>(body.results.size());
    for (std::size_t k = 0; k < attrs_.keeps.size(); ++k) {
      const std::size_t bytes = engine::byte_size(body.results[k].spec());
      const std::size_t input = static_cast<std::size_t>(attrs_.captures) + k;
      carries_.push_back({input, k, attrs_.keeps[k] ? kept++ : -1, scratch_, bytes});
      if (!attrs_.keeps[k]) scratch_ += 2 * engine::aligned(bytes);
    }
  }

  /// Where a carry is before step `step`.
  void* place(const Carry& carry, std::int64_t step, const engine::Buffers& buffers) const {
    if (step == 0) return buffers.inputs[carry.input];
    if (step == attrs_.length) return buffers.outputs[carry.output];
    if (carry.kept >= 0)
      return static_cast<std::byte*>(buffers.outputs[carry.kept]) +
             static_cast<std::size_t>(step) * carry.bytes;
    return static_cast<std::byte*>(buffers.scratch) + carry.places +
           static_cast<std::size_t>(step % 2) * engine::aligned(carry.bytes);
  }

  void sort(const engine::Program::Patch& patch) {
    const auto i = static_cast<std::size_t>(patch.location.index);
    const auto captures = static_cast<std::size_t>(attrs_.captures);
    if (patch.location.kind == Location::Kind::kResult) {
      if (i < carries_.size()) {
        carry_entries_.push_back({patch.entry, i, true});
      } else {
        add_slice(patch.entry, i, true, attrs_.body->results[i],
                  attrs_.y_backwards[i - carries_.size()]);
      }
    } else if (i < captures) {
      fixed_.push_back({patch.entry, i});
    } else if (i < captures + carries_.size()) {
      carry_entries_.push_back({patch.entry, i - captures, false});
    } else {
      add_slice(patch.entry, i, false, attrs_.body->parameters[i],
                attrs_.x_backwards[i - captures - carries_.size()]);
    }
  }

  void add_slice(std::size_t entry, std::size_t operand, bool output, const Tensor& slice,
                 bool backwards) {
    const auto bytes = static_cast<std::ptrdiff_t>(engine::byte_size(slice.spec()));
    slices_.push_back({entry, operand, output, backwards ? (attrs_.length - 1) * bytes : 0,
                       backwards ? -bytes : bytes});
  }

  const ops::ScanAttrs attrs_;
  const engine::Program program_;
  std::size_t scratch_ = 0;
  std::size_t working_ = 0;
  std::vector<Fixed> fixed_;
  std::vector<Slice> slices_;
  std::vector<Carry> carries_;
  std::vector<CarryEntry> carry_entries_;
};

/// Runs the compiled body until it says that no turn follows. The scratch memory holds the table,
/// two places for each result of the body, and what the body works in.
class WhileKernel final : public engine::PreparedKernel {
 public:
  explicit WhileKernel(const engine::KernelCall& call)
      : attrs_(call.attrs.as<ops::WhileAttrs>()), program_(program_of(*attrs_.body)) {
    scratch_ = engine::aligned(program_.table_size() * sizeof(void*));
    for (const auto& result : attrs_.body->results) {
      const std::size_t bytes = engine::byte_size(result.spec());
      results_.push_back({scratch_, bytes});
      scratch_ += 2 * engine::aligned(bytes);
    }
    working_ = scratch_;
    scratch_ += program_.working_bytes();
  }

  std::size_t scratch_bytes() const override { return scratch_; }

  void run(const engine::Buffers& buffers) const override {
    auto* const scratch = static_cast<std::byte*>(buffers.scratch);
    auto** const table = static_cast<void**>(buffers.scratch);
    const std::size_t carries = results_.size() - 1;
    program_.fill(table, scratch + working_);
    const void* again = buffers.inputs[static_cast<std::size_t>(attrs_.captures) + carries];
    std::int64_t turn = 0;
    for (; *static_cast<const bool*>(again) && turn != attrs_.maximum; ++turn) {
      for (const auto& patch : program_.patches())
        table[patch.entry] = patch.location.kind == Location::Kind::kResult
                                 ? place(index(patch), turn + 1, scratch)
                                 : argument(index(patch), turn, buffers);
      program_.run(table, scratch + working_);
      again = place(carries, turn + 1, scratch);
    }
    for (std::size_t k = 0; k < carries; ++k)
      if (results_[k].bytes > 0)
        std::memcpy(buffers.outputs[k],
                    argument(static_cast<std::size_t>(attrs_.captures) + k, turn, buffers),
                    results_[k].bytes);
  }

 private:
  struct Result {
    std::size_t places;  ///< in the scratch memory
    std::size_t bytes;
  };

  static std::size_t index(const engine::Program::Patch& patch) {
    return static_cast<std::size_t>(patch.location.index);
  }
  /// Where a result is before turn `turn`.
  void* place(std::size_t result, std::int64_t turn, std::byte* scratch) const {
    const Result& r = results_[result];
    return scratch + r.places + static_cast<std::size_t>(turn % 2) * engine::aligned(r.bytes);
  }
  void* argument(std::size_t i, std::int64_t turn, const engine::Buffers& buffers) const {
    const auto captures = static_cast<std::size_t>(attrs_.captures);
    if (i < captures || turn == 0) return buffers.inputs[i];
    return place(i - captures, turn, static_cast<std::byte*>(buffers.scratch));
  }

  const ops::WhileAttrs attrs_;
  const engine::Program program_;
  std::size_t scratch_ = 0;
  std::size_t working_ = 0;
  std::vector<Result> results_;
};

template <typename Prepared>
const engine::Kernel* loop_kernel(std::string_view name) {
  static const engine::Kernel kernel{
      name, [](const engine::KernelCall&) { return std::string(); },
      [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
        return std::make_unique<Prepared>(call);
      }};
  return &kernel;
}

}  // namespace

std::vector<engine::KernelRow> loop_kernel_rows() {
  return {{&ops::scan_op, {loop_kernel<ScanKernel>("scan")}},
          {&ops::while_op, {loop_kernel<WhileKernel>("while")}}};
}

}  // namespace keras::reference
