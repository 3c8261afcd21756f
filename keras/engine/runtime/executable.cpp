#include "keras/engine/runtime/executable.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/runtime/backend.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/tensor/variable_state.h"
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

bool reusable(const Tensor& tensor, const TensorSpec& spec) {
  return tensor.defined() && tensor.node().use_count() == 1 &&
         tensor.node()->kind == NodeKind::kConstant && tensor.spec() == spec &&
         tensor.storage().unique() && tensor.storage().writable();
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

}  // namespace

/// What one run works on; kept for the next.
struct Executable::Context {
  Storage arena;
  std::vector<void*> table;
  std::vector<void*> arguments;
  std::vector<void*> variables;
  std::uint64_t generation = 0;  ///< of the variables' addresses
  std::shared_ptr<const PrologueRun> prologue_run;
  std::vector<void*> results;
};

Executable::Executable(Graph graph) : graph_(std::move(graph)) {
  if (graph_.prologue) prologue_ = std::make_unique<const Executable>(*graph_.prologue);
  detach_swapped_variables(graph_);
  prepare_kernels();
  plan_ = plan_memory(graph_, kernels_);
  lay_out_steps();
  if (Profiler::kernels_to_print() > 0)
    profiler_ = std::make_unique<Profiler>(describe_steps(graph_, kernels_, kernel_names_));
}

Executable::~Executable() = default;

void Executable::prepare_kernels() {
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
    const KernelCall kernel_call{*call.op,      call.attrs,    inputs,        outputs,
                                 num_threads(), input_layouts, output_layouts};
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

void Executable::lay_out_steps() {
  const auto add_entry = [&](ValueId value) {
    const Location& location = plan_.locations[static_cast<std::size_t>(value)];
    if (location.kind != Location::Kind::kConstant && location.kind != Location::Kind::kArena)
      patches_.push_back({table_.size(), location});
    table_.push_back(location);
  };
  for (std::size_t i = 0; i < graph_.calls.size(); ++i) {
    if (!kernels_[i]) continue;
    const GraphCall& call = graph_.calls[i];
    const std::size_t inputs = table_.size();
    for (const ValueId input : call.inputs) add_entry(input);
    const std::size_t outputs = table_.size();
    for (const ValueId output : call.outputs) add_entry(output);
    steps_.push_back({kernels_[i].get(), inputs, outputs});
  }
}

std::unique_ptr<Executable::Context> Executable::make_context() const {
  auto context = std::make_unique<Context>();
  context->arena = Storage::allocate(plan_.arena_bytes + scratch_bytes_);
  context->arguments.resize(graph_.arguments.size());
  context->variables.resize(graph_.variables.size());
  context->results.resize(graph_.results.size());
  context->table.resize(table_.size());
  for (std::size_t i = 0; i < table_.size(); ++i)
    if (table_[i].kind == Location::Kind::kConstant || table_[i].kind == Location::Kind::kArena)
      context->table[i] = resolve(table_[i], *context);
  return context;
}

void* Executable::resolve(const Location& location, const Context& context) const {
  const auto index = static_cast<std::size_t>(location.index);
  switch (location.kind) {
    case Location::Kind::kArgument:
      return context.arguments[index];
    case Location::Kind::kVariable:
      return context.variables[index];
    case Location::Kind::kConstant:
      return graph_.constants[index].storage.data();
    case Location::Kind::kResult:
      return context.results[index];
    case Location::Kind::kArena:
      return context.arena.data() + location.offset;
    case Location::Kind::kNowhere:
      break;
  }
  return nullptr;
}

void Executable::run(std::span<const Tensor> arguments, std::span<Tensor> results) const {
  auto context = contexts_.acquire([this] { return make_context(); });
  for (std::size_t i = 0; i < arguments.size(); ++i)
    context->arguments[i] = arguments[i].storage().data();
  if (context->generation != variable_generation()) {
    bind_variables(*context);
    if (prologue_) bind_prologue(*context);
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    const TensorSpec& spec = graph_.spec(graph_.results[i]);
    if (!reusable(results[i], spec))
      results[i] = make_constant(spec, Storage::allocate(byte_size(spec)));
    context->results[i] = results[i].storage().data();
  }
  for (const auto& patch : patches_)
    context->table[patch.entry] = resolve(patch.location, *context);

  run_steps(*context);
  for (const auto& copy : plan_.copies) {
    const void* from = resolve(plan_.locations[static_cast<std::size_t>(copy.from)], *context);
    if (copy.bytes > 0) std::memcpy(resolve(copy.to, *context), from, copy.bytes);
  }
  contexts_.release(std::move(context));
}

void Executable::bind_variables(Context& context) const {
  context.generation = variable_generation();
  for (std::size_t i = 0; i < graph_.variables.size(); ++i) {
    const GraphVariable& variable = graph_.variables[i];
    const LayoutPtr layout = graph_.layout(variable.initial);
    VariableStorage& storage = variable.variable.state()->storage;
    context.variables[i] =
        variable.final != variable.initial ? storage.write(layout) : storage.read(layout);
  }
}

void Executable::bind_prologue(Context& context) const {
  const std::lock_guard lock(prologue_mutex_);
  auto next = std::make_shared<PrologueRun>();
  for (const auto& variable : graph_.prologue->variables)
    next->versions.push_back(variable.variable.state()->storage.watch());
  if (!prologue_run_ || prologue_run_->versions != next->versions) {
    next->results.resize(graph_.prologue->results.size());
    prologue_->run({}, next->results);
    prologue_run_ = std::move(next);
  }
  context.prologue_run = prologue_run_;
  const Tensors& results = prologue_run_->results;
  const std::size_t first = context.arguments.size() - results.size();
  for (std::size_t i = 0; i < results.size(); ++i)
    context.arguments[first + i] = results[i].storage().data();
}

void Executable::run_steps(const Context& context) const {
  void* const scratch = context.arena.data() + plan_.arena_bytes;
  const auto run_step = [&](const Step& step) {
    step.kernel->run({&context.table[step.inputs], &context.table[step.outputs], scratch});
  };
  if (!profiler_) {
    for (const auto& step : steps_) run_step(step);
    return;
  }
  profiler_->count_run();
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const auto start = Profiler::now();
    run_step(steps_[i]);
    profiler_->add(i, Profiler::now() - start);
  }
}

}  // namespace keras::engine
