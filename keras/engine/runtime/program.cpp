#include "keras/engine/runtime/program.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/runtime/backend.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"

namespace keras::engine {
namespace {

class CopyKernel final : public PreparedKernel {
 public:
  explicit CopyKernel(std::size_t bytes) : bytes_(bytes) {}
  void run(const Buffers& buffers) const override {
    if (bytes_ > 0) std::memcpy(buffers.outputs[0], buffers.inputs[0], bytes_);
  }

 private:
  std::size_t bytes_;
};

/// The engine's own operation: the same value elsewhere in memory.
const Op& copy_op() {
  static const Op op = define_op<NoAttrs>(
      {.name = "copy", .infer = [](const Specs& in, const NoAttrs&) { return in; }});
  return op;
}

/// A variable that takes another one's old value needs a copy of it first: the other may be
/// overwritten before, and two may change places.
void detach_swapped_variables(Graph& graph) {
  std::vector<ValueId> source(graph.values.size(), kNoValue);
  for (const auto& variable : graph.variables)
    source[static_cast<std::size_t>(variable.initial)] = variable.initial;
  for (const auto& call : graph.calls)
    if (call.op->traits.view)
      for (std::size_t i = 0; i < call.outputs.size(); ++i)
        source[static_cast<std::size_t>(call.outputs[i])] =
            source[static_cast<std::size_t>(call.inputs[i])];
  for (auto& variable : graph.variables) {
    if (variable.final == variable.initial) continue;
    if (source[static_cast<std::size_t>(variable.final)] == kNoValue) continue;
    const ValueId copied = graph.add_value(graph.spec(variable.final));
    graph.calls.push_back({&copy_op(), NoAttrs{}, {variable.final}, {copied}});
    graph.set_layout(copied, graph.layout(variable.final));
    variable.final = copied;
  }
}

std::string shapes_of(const Specs& specs) {
  std::vector<std::string> texts;
  for (const auto& spec : specs) texts.push_back(spec.shape.to_string());
  return join(texts, " ");
}

std::vector<std::string> describe_steps(const Graph& graph,
                                        const std::vector<std::unique_ptr<PreparedKernel>>& kernels,
                                        const std::vector<std::string_view>& names) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < graph.calls.size(); ++i) {
    if (!kernels[i]) continue;
    const GraphCall& call = graph.calls[i];
    texts.push_back(str(names[texts.size()], "  ", shapes_of(graph.specs(call.inputs)), " -> ",
                        shapes_of(graph.specs(call.outputs)), "  ", call.attrs.to_string()));
  }
  return texts;
}

bool is_fixed(const Location& location) {
  return location.kind == Location::Kind::kConstant || location.kind == Location::Kind::kArena;
}

}  // namespace

int threads_of(const Graph& graph) { return graph.threads > 0 ? graph.threads : num_threads(); }

Program::Program(Graph graph) : graph_(std::move(graph)) {
  detach_swapped_variables(graph_);
  prepare_kernels();
  plan_ = plan_memory(graph_, kernels_);
  lay_out_table();
  if (Profiler::kernels_to_print() > 0)
    profiler_ = std::make_unique<Profiler>(describe_steps(graph_, kernels_, kernel_names_));
}

void Program::prepare_kernels() {
  const int threads = threads_of(graph_);
  for (const auto& call : graph_.calls) {
    if (call.op->traits.view) {
      kernels_.push_back(nullptr);
      continue;
    }
    const Specs inputs = graph_.specs(call.inputs);
    const Specs outputs = graph_.specs(call.outputs);
    if (call.op == &copy_op()) {
      kernels_.push_back(std::make_unique<CopyKernel>(byte_size(outputs[0])));
      kernel_names_.push_back("copy");
      continue;
    }
    const auto input_layouts = graph_.layouts_of(call.inputs);
    const auto output_layouts = graph_.layouts_of(call.outputs);
    const KernelCall kernel_call{*call.op, call.attrs,    inputs,        outputs,
                                 threads,  input_layouts, output_layouts};
    std::string refusals;
    const Kernel* kernel = find_kernel(kernel_call, &refusals);
    if (!kernel)
      throw BackendError(str("No kernel of the backend ", active_backend().name, " takes ",
                             call.op->name, "(", call.attrs.to_string(), ").", refusals));
    kernels_.push_back(kernel->prepare(kernel_call));
    kernel_names_.push_back(kernel->name);
    scratch_bytes_ = std::max(scratch_bytes_, kernels_.back()->scratch_bytes());
  }
}

std::size_t Program::add_entry(const Location& location) {
  if (!is_fixed(location)) patches_.push_back({table_.size(), location});
  table_.push_back(location);
  return table_.size() - 1;
}

void Program::lay_out_table() {
  const auto place_of = [&](ValueId value) -> const Location& {
    return plan_.locations[static_cast<std::size_t>(value)];
  };
  for (std::size_t i = 0; i < graph_.calls.size(); ++i) {
    if (!kernels_[i]) continue;
    const GraphCall& call = graph_.calls[i];
    const std::size_t inputs = table_.size();
    for (const ValueId input : call.inputs) add_entry(place_of(input));
    const std::size_t outputs = table_.size();
    for (const ValueId output : call.outputs) add_entry(place_of(output));
    steps_.push_back({kernels_[i].get(), inputs, outputs});
  }
  for (const auto& copy : plan_.copies) {
    if (copy.bytes == 0) continue;
    const std::size_t from = add_entry(place_of(copy.from));
    copies_.push_back({from, add_entry(copy.to), copy.bytes});
  }
}

void Program::fill(void** table, std::byte* working_memory) const {
  for (std::size_t i = 0; i < table_.size(); ++i) {
    const Location& location = table_[i];
    if (location.kind == Location::Kind::kConstant)
      table[i] = graph_.constants[static_cast<std::size_t>(location.index)].storage.data();
    if (location.kind == Location::Kind::kArena) table[i] = working_memory + location.offset;
  }
}

void Program::run(void* const* table, std::byte* working_memory) const {
  void* const scratch = working_memory + plan_.arena_bytes;
  if (profiler_) {
    run_profiled(table, scratch);
  } else {
    for (const auto& step : steps_)
      step.kernel->run({&table[step.inputs], &table[step.outputs], scratch});
  }
  for (const auto& copy : copies_) std::memcpy(table[copy.to], table[copy.from], copy.bytes);
}

void Program::run_profiled(void* const* table, void* scratch) const {
  const std::int64_t run = profiler_->begin_run();
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    const auto start = Profiler::now();
    step.kernel->run({&table[step.inputs], &table[step.outputs], scratch});
    profiler_->add(run, i, Profiler::now() - start);
  }
}

}  // namespace keras::engine
